#include "models/workload/serving/llm.h"

#include <cmath>

namespace orrery::workload {
namespace {

constexpr double kMib = 1 << 20;

constexpr LlmPreset kPresets[] = {
    {"llama-3-8b",
     {.parameters_b = 8.03, .layers = 32, .width = 4096, .kv_width = 1024},
     "Llama Team, The Llama 3 Herd of Models, arXiv 2407.21783 (2024), table 3"},
    {"llama-3-70b",
     {.parameters_b = 70.6, .layers = 80, .width = 8192, .kv_width = 1024},
     "Llama Team 2024, table 3"},
    {"llama-3-405b",
     {.parameters_b = 405, .layers = 126, .width = 16384, .kv_width = 1024},
     "Llama Team 2024, table 3"},
    {"mistral-7b",
     {.parameters_b = 7.24, .layers = 32, .width = 4096, .kv_width = 1024},
     "Jiang et al., Mistral 7B, arXiv 2310.06825 (2023), table 1"},
};

}  // namespace

std::span<const LlmPreset> LlmPresets() { return kPresets; }

const LlmPreset* FindLlm(const std::string& name) {
  for (const LlmPreset& preset : kPresets) {
    if (name == preset.name) return &preset;
  }
  return nullptr;
}

// The first token comes with reading; the others follow one by one, with prompt + 1 tokens to
// prompt + output - 1 before them.
double ServingSpeed::Alone(double prompt, double output) const {
  return PrefillStep(prompt, AttentionPairs(0, prompt)) +
         (output - 1) * DecodeStep(1, prompt + output / 2);
}

ServingSpeed SpeedOf(const LlmModel& model, const ServingParams& params, const fleet::GpuModel& gpu,
                     uint32_t gpus) {
  const double flops = 1e12 * gpu.fp16_tflops * gpus * params.prefill_efficiency;
  const double bytes_s = 1e9 * gpu.bandwidth_gbs * gpus * params.decode_efficiency;
  ServingSpeed speed;
  speed.weights_s = model.WeightBytes() / bytes_s;
  speed.kv_s = model.KvBytes() / bytes_s;
  // A multiplication and an addition for each weight; in attention, for each of `width` numbers of
  // a layer, once with the keys and once with the values.
  speed.token_s = 2e9 * model.parameters_b / flops;
  speed.attention_s = 4.0 * model.layers * model.width / flops;
  speed.overhead_s = params.step_overhead_s;
  const double room = gpu.memory_mib * kMib * gpus * params.memory_use - model.WeightBytes();
  speed.kv_tokens = static_cast<int64_t>(std::floor(room / model.KvBytes()));
  return speed;
}

uint32_t LeastGpuMemoryMib(const LlmModel& model, const ServingParams& params, uint32_t gpus,
                           uint32_t context) {
  const double bytes = model.WeightBytes() + model.KvBytes() * context;
  // More than any GPU has is as much as need be told.
  return static_cast<uint32_t>(std::min(std::ceil(bytes / (params.memory_use * gpus * kMib)), 4e9));
}

}  // namespace orrery::workload
