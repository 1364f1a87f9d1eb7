// A large language model on GPUs: how much memory it takes, and how long a replica takes to read a
// prompt and to write a token.
//
// Reading a prompt (prefill) is bound by arithmetic, writing tokens (decode) by memory: every step
// reads all weights and the keys and values of all tokens before it (Pope et al., "Efficiently
// Scaling Transformer Inference", MLSys 2023, section 2).
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "models/fleet/gpu.h"

namespace orrery::workload {

// A decoder-only transformer. The default is Llama 3 8B.
struct LlmModel {
  double parameters_b = 8.03;  // billions
  uint32_t layers = 32;
  uint32_t width = 4096;     // of the residual stream
  uint32_t kv_width = 1024;  // of the keys of a token in a layer, and of its values: heads × width
  uint32_t weight_bits = 16;
  uint32_t kv_bits = 16;

  double WeightBytes() const { return parameters_b * 1e9 * weight_bits / 8; }
  // Of the keys and values of one token in all layers.
  double KvBytes() const { return 2.0 * layers * kv_width * kv_bits / 8; }
};

struct LlmPreset {
  const char* name;  // "llama-3-8b"
  LlmModel model;
  const char* source;
};
std::span<const LlmPreset> LlmPresets();
// nullptr where there is none of that name.
const LlmPreset* FindLlm(const std::string& name);

// How well a server uses its GPUs.
struct ServingParams {
  // Share of the tensor cores' peak that prefill reaches. Assumption: prefill_efficiency: the best
  // of Pope et al. is 76%, on long prompts in large batches.
  double prefill_efficiency = 0.5;
  // Share of the memory bandwidth that decoding reaches. Assumption: decode_efficiency.
  double decode_efficiency = 0.6;
  // Time of a step that no GPU computes in. Assumption: step_overhead.
  double step_overhead_s = 0.002;
  // Share of the GPUs' memory that weights and keys and values may take: vLLM's default of
  // gpu_memory_utilization.
  double memory_use = 0.9;
  // Most requests in a batch: vLLM's default of max_num_seqs.
  uint32_t max_batch = 256;
  // Most prompt tokens of one step; a longer prompt is read alone. vLLM's default of
  // max_num_batched_tokens.
  uint32_t prefill_tokens = 2048;
  // Whether replicas keep the keys and values of prompts: vLLM's default of enable_prefix_caching.
  bool prefix_cache = true;
};

// What one replica does its work with. Its GPUs share every matrix evenly and are taken to lose
// nothing by it (Assumption: tensor_parallel; the efficiencies are of the whole).
struct ServingSpeed {
  double weights_s = 0;    // to read all weights once
  double kv_s = 0;         // to read the keys and values of one token
  double token_s = 0;      // arithmetic of one token, without attention
  double attention_s = 0;  // arithmetic of one token's attention to one other
  double overhead_s = 0;   // of each step
  int64_t kv_tokens = 0;   // tokens whose keys and values there is room for; at most 0: no room

  // One step in which `batch` requests write a token each, having `context` tokens in all.
  double DecodeStep(double batch, double context) const {
    return Larger(token_s * batch + attention_s * context, weights_s + kv_s * context) + overhead_s;
  }
  // One step that reads prompts of `tokens` tokens in all, which attend to others in `pairs` pairs.
  double PrefillStep(double tokens, double pairs) const {
    return Larger(token_s * tokens + attention_s * pairs, weights_s) + overhead_s;
  }
  // A request that has a replica for itself, from reading its prompt to its last token [s]. Exact
  // where arithmetic binds all steps of writing, or memory does.
  double Alone(double prompt, double output) const;
  // With a share of the time, as where others use the same GPUs.
  ServingSpeed AtPace(double share) const {
    ServingSpeed paced = *this;
    for (double* seconds :
         {&paced.weights_s, &paced.kv_s, &paced.token_s, &paced.attention_s, &paced.overhead_s}) {
      *seconds /= share;
    }
    return paced;
  }

 private:
  static double Larger(double a, double b) { return a < b ? b : a; }
};

// Pairs of tokens that attend to each other when tokens `from` to `to` − 1 of a prompt are read,
// every one seeing those before it and itself.
inline double AttentionPairs(double from, double to) {
  return (to * (to + 1) - from * (from + 1)) / 2;
}

// `gpus` of one model; its catalogue figures must be known.
ServingSpeed SpeedOf(const LlmModel& model, const ServingParams& params, const fleet::GpuModel& gpu,
                     uint32_t gpus);

// The least memory [MiB] of each of `gpus` GPUs that holds the weights and the keys and values of
// `context` tokens.
uint32_t LeastGpuMemoryMib(const LlmModel& model, const ServingParams& params, uint32_t gpus,
                           uint32_t context);

}  // namespace orrery::workload
