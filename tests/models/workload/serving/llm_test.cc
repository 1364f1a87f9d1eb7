// Times and memory of a model on a GPU, worked by hand from the catalogue's figures.
#include "models/workload/serving/llm.h"

#include <gtest/gtest.h>

namespace orrery::workload {
namespace {

fleet::GpuModel H100() {
  fleet::GpuModel gpu;
  gpu.id = "h100-sxm";
  gpu.fp16_tflops = 989.4;
  gpu.bandwidth_gbs = 3350;
  gpu.memory_mib = 80 * 1024;
  return gpu;
}

TEST(LlmTest, LlamaEightBOnAnH100) {
  const LlmModel& model = FindLlm("llama-3-8b")->model;
  EXPECT_DOUBLE_EQ(model.WeightBytes(), 16.06e9);
  // 32 layers × 8 heads × 128 numbers × 2 bytes, twice: 128 KiB.
  EXPECT_DOUBLE_EQ(model.KvBytes(), 131'072);
  const ServingSpeed speed = SpeedOf(model, {}, H100(), 1);
  // 16.06 GB at 60% of 3.35 TB/s.
  EXPECT_NEAR(speed.weights_s, 7.9900e-3, 1e-6);
  // 16.06 GFLOP a token at half of 989.4 TFLOP/s.
  EXPECT_NEAR(speed.token_s, 32.464e-6, 1e-9);
  // 0.9 × 80 GiB − 16.06 GB, in units of 128 KiB.
  EXPECT_EQ(speed.kv_tokens, 467'295);
  // A prompt of 1,000 tokens: 32.46 ms, 0.53 ms of attention to 500,500 pairs, 2 ms.
  EXPECT_NEAR(speed.PrefillStep(1000, AttentionPairs(0, 1000)), 34.99e-3, 1e-5);
  // 32 requests with 1,000 tokens each: arithmetic takes 1.1 ms, memory 10.1 ms.
  EXPECT_NEAR(speed.DecodeStep(32, 32'000), 7.99e-3 + 2.087e-3 + 2e-3, 1e-5);
}

// 300 × 0.1 + 2 ms to read; steps with 301, 302 and 303 tokens take 10 + 0.302 + 2 ms on average.
TEST(LlmTest, ARequestAloneIsReadAndWrittenStepByStep) {
  const ServingSpeed speed{
      .weights_s = 0.01, .kv_s = 1e-6, .token_s = 1e-4, .overhead_s = 0.002, .kv_tokens = 1000};
  EXPECT_NEAR(speed.Alone(300, 4), 0.032 + 3 * 0.012302, 1e-12);
  EXPECT_NEAR(speed.Alone(300, 1), 0.032, 1e-12);
  EXPECT_NEAR(speed.AtPace(0.5).Alone(300, 4), 2 * speed.Alone(300, 4), 1e-12);
}

// Of 1,020 tokens an RTX 4090 reads 0.204 s and writes 128 × 28.79 ms, a 3090 0.471 s and 128 ×
// 30.85 ms: 3.89 s and 4.42 s.
TEST(LlmTest, ASlowerCardTakesLongerForTheMedianRequest) {
  fleet::GpuModel fast = H100(), slow = H100();
  fast.fp16_tflops = 165.2;
  fast.bandwidth_gbs = 1008;
  slow.fp16_tflops = 71;
  slow.bandwidth_gbs = 936;
  const double fast_s = SpeedOf({}, {}, fast, 1).Alone(1020, 129);
  const double slow_s = SpeedOf({}, {}, slow, 1).Alone(1020, 129);
  EXPECT_NEAR(fast_s, 3.889, 0.001);
  EXPECT_NEAR(slow_s, 4.420, 0.001);
  EXPECT_NEAR(fast_s / slow_s, 0.88, 0.001);
}

TEST(LlmTest, GpusOfAReplicaShareTheWork) {
  const LlmModel& model = FindLlm("llama-3-70b")->model;
  const ServingSpeed two = SpeedOf(model, {}, H100(), 2);
  const ServingSpeed four = SpeedOf(model, {}, H100(), 4);
  EXPECT_DOUBLE_EQ(two.weights_s, 2 * four.weights_s);
  EXPECT_DOUBLE_EQ(two.token_s, 2 * four.token_s);
  EXPECT_GT(four.kv_tokens, 2 * two.kv_tokens);
}

TEST(LlmTest, TheLeastMemoryHasRoomForItsContextAndNotForLess) {
  for (const LlmPreset& preset : LlmPresets()) {
    for (uint32_t gpus : {1, 8}) {
      fleet::GpuModel gpu = H100();
      gpu.memory_mib = LeastGpuMemoryMib(preset.model, {}, gpus, 8192);
      EXPECT_GE(SpeedOf(preset.model, {}, gpu, gpus).kv_tokens, 8192) << preset.name;
      gpu.memory_mib -= 10;
      EXPECT_LT(SpeedOf(preset.model, {}, gpu, gpus).kv_tokens, 8192) << preset.name;
    }
  }
}

TEST(LlmTest, PairsAreCountedOneByOne) {
  double pairs = 0;
  for (int token = 3; token < 7; ++token) pairs += token + 1;
  EXPECT_EQ(AttentionPairs(3, 7), pairs);
}

}  // namespace
}  // namespace orrery::workload
