// The formulas of simple services: limits that are known, and batches served one request at a time.
#include "models/workload/serving/queueing.h"

#include <gtest/gtest.h>

#include <vector>

#include "models/workload/serving/batch.h"
#include "sim/base/random.h"

namespace orrery::workload {
namespace {

// One request at a time that writes one token: M/D/1.
TEST(ReplicaQueueTest, WithoutDecodingItIsPollaczekAndKhinchine) {
  const ServingSpeed speed{.weights_s = 0.010, .kv_s = 0, .token_s = 0, .kv_tokens = 1000};
  const LengthMix lengths = LengthMix::Of({{1, 1}}, 100);
  for (double load : {0.1, 0.5, 0.9}) {
    const ReplicaQueue queue(speed, {}, lengths, load / 0.010, 1);
    ASSERT_TRUE(queue.stable());
    EXPECT_NEAR(queue.mean_first_token(), 0.010 * (1 + load / (2 * (1 - load))), 1e-12);
    EXPECT_NEAR(queue.busy(), load, 1e-12);
  }
  EXPECT_FALSE(ReplicaQueue(speed, {}, lengths, 101, 1).stable());
  EXPECT_NEAR(ReplicaQueue::Capacity(speed, {}, lengths), 100, 1e-9);
}

// Without prompts, a step that takes as long for any batch serves everybody at once: M/G/∞, and the
// batch has as many requests as Little's law says.
TEST(ReplicaQueueTest, WithoutPromptsItIsMGInfinity) {
  const ServingSpeed speed{.weights_s = 0, .kv_s = 0, .overhead_s = 1e-9, .kv_tokens = 1'000'000};
  ServingSpeed slow = speed;
  slow.overhead_s = 0.01;
  const LengthMix lengths = LengthMix::Of({{1, 101}}, 1000);
  // 100 steps of 10 ms; reading takes a step, too, which is small against that.
  const ReplicaQueue queue(slow, {}, lengths, 5, 1);
  ASSERT_TRUE(queue.stable());
  EXPECT_NEAR(queue.mean_between_tokens(), 0.01 / (1 - 0.05), 1e-12);
  EXPECT_NEAR(queue.requests(), 5 * (1.0 / 0.95 + queue.mean_first_token()), 1e-9);
}

// Room for one: a request has the replica to itself, as in M/G/1 without sharing.
TEST(ReplicaQueueTest, WithRoomForOneRequestsWaitForEachOther) {
  const ServingSpeed speed{.weights_s = 0.01, .kv_s = 0, .token_s = 0, .kv_tokens = 1'000'000};
  const LengthMix lengths = LengthMix::Of({{1, 101}}, 1000);
  const ReplicaQueue queue(speed, {.max_batch = 1}, lengths, 0.5, 1);
  ASSERT_TRUE(queue.stable());
  // Insensitive sharing stands in for first come first served: as M/M/1 with a load of one half.
  EXPECT_NEAR(queue.mean_first_token(), 1.0, 0.1);
}

struct Measured {
  double first = 0, between = 0;
};

// Poisson arrivals at one replica, served one by one.
Measured Serve(const ServingSpeed& speed, const ServingParams& params, double rate, int requests) {
  ContinuousBatch batch(speed, params);
  std::vector<double> sent(static_cast<size_t>(requests)), first(sent), done(sent), tokens(sent);
  ContinuousBatch::Changes changes;
  const auto run_to = [&](SimTime until) {
    while (batch.next() <= until && batch.next() != SimTime::Never()) {
      const double now = batch.next().seconds();
      batch.Advance(&changes);
      for (uint32_t r : changes.first) first[r] = now;
      for (uint32_t r : changes.done) done[r] = now;
    }
  };
  Draw draw = RandomStreams(3, 0).Stream("test").At(0);
  double now = 0;
  for (int i = 0; i < requests; ++i) {
    now += draw.Exponential(1 / rate);
    const auto r = static_cast<uint32_t>(i);
    const Sequence sequence{.request = r,
                            .prompt = 100 + static_cast<uint32_t>(draw.UniformInt(1500)),
                            .output = 20 + static_cast<uint32_t>(draw.UniformInt(400))};
    sent[r] = now;
    tokens[r] = sequence.output;
    run_to(SimTime::FromSeconds(now));
    batch.Arrive(sequence, SimTime::FromSeconds(now), SimTime::FromSeconds(now));
  }
  run_to(SimTime::FromSeconds(now + 10'000));
  Measured measured;
  for (size_t i = 0; i < sent.size(); ++i) {
    measured.first += (first[i] - sent[i]) / requests;
    measured.between += (done[i] - first[i]) / (tokens[i] - 1) / requests;
  }
  return measured;
}

// Llama 3 8B on an RTX 4090. Nearer to its capacity, at 0.9, the formula waits too little.
TEST(ReplicaQueueTest, AgreesWithBatchesServedOneByOne) {
  fleet::GpuModel gpu;
  gpu.fp16_tflops = 165.2;
  gpu.bandwidth_gbs = 1008;
  gpu.memory_mib = 24 * 1024;
  const ServingParams params;
  const ServingSpeed speed = SpeedOf({}, params, gpu, 1);
  RequestParams requests;
  requests.prompt = {.law = Uniform{100, 1600}};
  requests.output = {.law = Uniform{20, 420}};
  const LengthMix lengths = LengthMix::Of(requests, 16'384);
  const double capacity = ReplicaQueue::Capacity(speed, params, lengths);
  for (double load : {0.25, 0.5, 0.75}) {
    const ReplicaQueue queue(speed, params, lengths, load * capacity, 1);
    ASSERT_TRUE(queue.stable());
    const Measured measured = Serve(speed, params, load * capacity, 60'000);
    EXPECT_NEAR(queue.mean_between_tokens(), measured.between, 0.10 * measured.between) << load;
    EXPECT_NEAR(queue.mean_first_token(), measured.first, 0.25 * measured.first) << load;
  }
}

TEST(ReplicaQueueTest, QuantilesHaveTheMean) {
  const ServingSpeed speed{.weights_s = 0.01, .kv_s = 1e-6, .token_s = 1e-4, .kv_tokens = 20'000};
  const LengthMix lengths = LengthMix::Of({{100, 50}, {400, 100}, {900, 20}}, 2000);
  const double capacity = ReplicaQueue::Capacity(speed, {}, lengths);
  const ReplicaQueue queue(speed, {}, lengths, 0.7 * capacity, 1);
  double first = 0, between = 0;
  constexpr int kLooks = 64;
  for (int i = 0; i < kLooks; ++i) {
    between += queue.BetweenTokens((i + 0.5) / kLooks) / kLooks;
    for (int j = 0; j < kLooks; ++j) {
      first += queue.FirstToken((i + 0.5) / kLooks, (j + 0.5) / kLooks) / (kLooks * kLooks);
    }
  }
  EXPECT_NEAR(first, queue.mean_first_token(), 0.05 * first);
  EXPECT_NEAR(between, queue.mean_between_tokens(), 0.05 * between);
}

TEST(LengthMixTest, LeavesOutWhatIsTooLong) {
  const LengthMix mix = LengthMix::Of({{100, 11}, {300, 21}, {5000, 7}}, 1000);
  EXPECT_NEAR(mix.too_long, 1.0 / 3, 1e-12);
  EXPECT_EQ(mix.outputs, 16);
  EXPECT_NEAR(mix.reserved, (10 * 111 + 20 * 321) / 30.0, 1e-9);
  EXPECT_NEAR(mix.held, (10 * 105.5 + 20 * 310.5) / 30, 1e-9);
  EXPECT_EQ(mix.prompts.front(), 100);
  EXPECT_EQ(mix.prompts.back(), 300);
}

}  // namespace
}  // namespace orrery::workload
