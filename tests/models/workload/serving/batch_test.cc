// Continuous batching: schedules worked by hand, and closed sums against steps taken one by one.
#include "models/workload/serving/batch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>

#include "sim/base/random.h"

namespace orrery::workload {
namespace {

// Weights take 10 ms to read, keys and values 1 µs a token, arithmetic 100 µs a token, attention
// nothing, and a step 2 ms more.
constexpr ServingSpeed kSpeed{.weights_s = 0.010,
                              .kv_s = 1e-6,
                              .token_s = 1e-4,
                              .attention_s = 0,
                              .overhead_s = 0.002,
                              .kv_tokens = 2000};

SimTime Micros(int64_t us) { return SimTime::Zero() + Duration::Micros(us); }

struct Times {
  int64_t first_us = -1, done_us = -1;
  bool operator==(const Times&) const = default;
};

// Serves what arrives, and tells when.
class Server {
 public:
  explicit Server(const ServingSpeed& speed, const ServingParams& params = {})
      : batch_(speed, params) {}
  // In order of `sent`; it is there at `at`.
  void Send(const Sequence& sequence, SimTime sent, SimTime at) {
    RunTo(sent);
    batch_.Arrive(sequence, at, sent);
  }
  void RunTo(SimTime until) {
    ContinuousBatch::Changes changes;
    while (batch_.next() <= until && batch_.next() != SimTime::Never()) {
      const int64_t now_us = batch_.next().nanos() / 1000;
      batch_.Advance(&changes);
      ++events;
      for (uint32_t request : changes.first) times[request].first_us = now_us;
      for (uint32_t request : changes.done) times[request].done_us = now_us;
    }
  }
  ContinuousBatch& batch() { return batch_; }
  std::map<uint32_t, Times> times;
  int events = 0;

 private:
  ContinuousBatch batch_;
};

TEST(ContinuousBatchTest, ThreeRequestsWorkedByHand) {
  Server server(kSpeed);
  server.Send({.request = 0, .prompt = 300, .output = 4}, Micros(0), Micros(0));
  server.Send({.request = 1, .prompt = 50, .output = 3}, Micros(40'000), Micros(40'000));
  server.Send({.request = 2, .prompt = 200, .output = 1}, Micros(41'000), Micros(50'000));
  server.RunTo(Micros(1'000'000));
  // 0 is read until 0.1 ms × 300 + 2 ms = 32 ms, and then has 301 tokens: its first step takes
  // 10 + 0.301 + 2 ms. 1 came meanwhile and joins at 44.301 ms.
  EXPECT_EQ(server.times[0].first_us, 32'000);
  // Its 50 tokens take 5 ms of arithmetic, less than reading the weights: until 56.301 ms. 2 has
  // come by then and is read at once, in 22 ms.
  EXPECT_EQ(server.times[1].first_us, 56'301);
  EXPECT_EQ(server.times[2], (Times{78'301, 78'301}));
  // Two steps with 302 + 51 and 303 + 52 tokens: 12.353 and 12.355 ms. Both are done then: 0 has
  // written 1 + 1 + 2 tokens, 1 has written 1 + 2.
  EXPECT_EQ(server.times[0].done_us, 78'301 + 12'353 + 12'355);
  EXPECT_EQ(server.times[1].done_us, 78'301 + 12'353 + 12'355);
  // Three of joining, one of 2 reaching its end there, and the steps between.
  EXPECT_LE(server.events, 6);
  EXPECT_TRUE(server.batch().empty());
  // Busy from 0 on without a break.
  EXPECT_NEAR(server.batch().BusySeconds(Micros(1'000'000)), 0.103009, 1e-9);
}

TEST(ContinuousBatchTest, ARequestWaitsForRoom) {
  // 1,500 of 2,000 tokens are taken: 1 waits until 0 is done, and 2, which would fit, behind it.
  Server server(kSpeed);
  server.Send({.request = 0, .prompt = 1490, .output = 10}, Micros(0), Micros(0));
  server.Send({.request = 1, .prompt = 600, .output = 1}, Micros(1), Micros(1));
  server.Send({.request = 2, .prompt = 10, .output = 1}, Micros(2), Micros(2));
  server.RunTo(Micros(200'000));
  EXPECT_EQ(server.batch().queued(), 2u);
  EXPECT_EQ(server.batch().active(), 1u);
  server.RunTo(Micros(1'000'000));
  // 151 ms for the prompt, 9 steps with 1491 … 1499 tokens.
  const int64_t done = 151'000 + 9 * 12'000 + 9 * 1495;
  EXPECT_EQ(server.times[0].done_us, done);
  // 610 tokens are read together.
  EXPECT_EQ(server.times[1].first_us, done + 63'000);
  EXPECT_EQ(server.times[2].first_us, done + 63'000);
}

TEST(ContinuousBatchTest, PromptsBeyondAStepsTokensAreReadLater) {
  Server server(kSpeed, {.prefill_tokens = 500});
  for (uint32_t i = 0; i < 3; ++i) {
    server.Send({.request = i, .prompt = 300, .output = 1}, Micros(i), Micros(5));
  }
  server.RunTo(Micros(1'000'000));
  EXPECT_EQ(server.times[0].first_us, 5 + 32'000);
  EXPECT_EQ(server.times[1].first_us, 5 + 64'000);
  EXPECT_EQ(server.times[2].first_us, 5 + 96'000);
}

TEST(ContinuousBatchTest, WhatIsCachedIsNotRead) {
  Server server(kSpeed);
  server.Send({.request = 0, .prompt = 300, .cached = 100, .output = 1}, Micros(0), Micros(0));
  server.RunTo(Micros(1'000'000));
  EXPECT_EQ(server.times[0].first_us, 22'000);
}

// As in the first test, 0 is read by 32 ms, and its first step ends at 44.301 ms. At 35 ms the
// replica gets half as fast, from that step's end on: two more take 2 × (12.302 + 12.303) ms.
TEST(ContinuousBatchTest, AnotherSpeedHoldsFromTheNextStepOn) {
  Server server(kSpeed);
  server.Send({.request = 0, .prompt = 300, .output = 4}, Micros(0), Micros(0));
  server.RunTo(Micros(35'000));
  server.batch().SetSpeed(kSpeed.AtPace(0.5), Micros(35'000));
  // What is sent then is read at the new speed: 2 × 22 ms.
  server.Send({.request = 1, .prompt = 200, .output = 1}, Micros(36'000), Micros(200'000));
  server.RunTo(Micros(1'000'000));
  EXPECT_EQ(server.times[0], (Times{32'000, 44'301 + 24'604 + 24'606}));
  EXPECT_EQ(server.times[1], (Times{244'000, 244'000}));
}

// While it reads, and while it has nothing to do.
TEST(ContinuousBatchTest, AnotherSpeedWaitsForThePromptAtHand) {
  Server server(kSpeed);
  server.batch().SetSpeed(kSpeed.AtPace(0.5), Micros(0));
  server.Send({.request = 0, .prompt = 300, .output = 2}, Micros(0), Micros(0));
  server.RunTo(Micros(1'000));
  server.batch().SetSpeed(kSpeed, Micros(1'000));
  server.RunTo(Micros(1'000'000));
  EXPECT_EQ(server.times[0], (Times{64'000, 64'000 + 12'301}));
}

TEST(ContinuousBatchTest, AClearedReplicaTellsWhomItLost) {
  Server server(kSpeed);
  server.Send({.request = 3, .prompt = 1490, .output = 10}, Micros(0), Micros(0));
  server.Send({.request = 1, .prompt = 600, .output = 1}, Micros(1), Micros(1));
  server.Send({.request = 2, .prompt = 10, .output = 1}, Micros(2), Micros(90'000));
  EXPECT_EQ(server.batch().Clear(Micros(50'000)), (std::vector<uint32_t>{1, 2, 3}));
  EXPECT_EQ(server.batch().next(), SimTime::Never());
  server.Send({.request = 4, .prompt = 300, .output = 1}, Micros(60'000), Micros(60'000));
  server.RunTo(Micros(1'000'000));
  EXPECT_EQ(server.times[4].first_us, 92'000);
}

// The same rules, one step at a time.
std::map<uint32_t, Times> StepByStep(const ServingSpeed& speed, const ServingParams& params,
                                     std::deque<std::pair<SimTime, Sequence>> coming) {
  struct Running {
    Sequence sequence;
    uint32_t written;
  };
  std::map<uint32_t, Times> times;
  std::deque<Sequence> waiting;
  std::vector<Running> batch;
  SimTime now;
  while (!coming.empty() || !waiting.empty() || !batch.empty()) {
    if (waiting.empty() && batch.empty()) now = std::max(now, coming.front().first);
    while (!coming.empty() && coming.front().first <= now) {
      waiting.push_back(coming.front().second);
      coming.pop_front();
    }
    int64_t reserved = 0;
    for (const Running& r : batch) reserved += r.sequence.prompt + r.sequence.output;
    std::vector<Sequence> read;
    double tokens = 0, pairs = 0;
    while (!waiting.empty() && batch.size() + read.size() < params.max_batch) {
      const Sequence& s = waiting.front();
      if (reserved + s.prompt + s.output > speed.kv_tokens) break;
      if (!read.empty() && tokens + s.prompt > params.prefill_tokens) break;
      reserved += s.prompt + s.output;
      tokens += s.prompt;
      pairs += AttentionPairs(0, s.prompt);
      read.push_back(s);
      waiting.pop_front();
    }
    if (!read.empty()) {
      now += Duration::FromSeconds(speed.PrefillStep(tokens, pairs));
      for (const Sequence& s : read) {
        times[s.request].first_us = now.nanos() / 1000;
        batch.push_back({s, 1});
      }
    } else {
      double context = 0;
      for (const Running& r : batch) context += r.sequence.prompt + r.written;
      now += Duration::FromSeconds(speed.DecodeStep(static_cast<double>(batch.size()), context));
      for (Running& r : batch) ++r.written;
    }
    std::erase_if(batch, [&](const Running& r) {
      if (r.written < r.sequence.output) return false;
      times[r.sequence.request].done_us = now.nanos() / 1000;
      return true;
    });
  }
  return times;
}

// Arithmetic binds in large batches, memory in small ones: sums cross from the one to the other.
TEST(ContinuousBatchTest, ClosedSumsAgreeWithStepsTakenOneByOne) {
  const ServingSpeed speed{.weights_s = 0.010,
                           .kv_s = 3e-6,
                           .token_s = 9e-4,
                           .attention_s = 1e-7,
                           .overhead_s = 0.001,
                           .kv_tokens = 12'000};
  const ServingParams params{.max_batch = 20, .prefill_tokens = 800};
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Draw draw = RandomStreams(seed, 0).Stream("test").At(0);
    std::deque<std::pair<SimTime, Sequence>> coming;
    Server server(speed, params);
    int64_t us = 0;
    for (uint32_t i = 0; i < 300; ++i) {
      us += static_cast<int64_t>(draw.Exponential(seed % 2 == 0 ? 300'000 : 100'000));
      const Sequence sequence{.request = i,
                              .prompt = 1 + static_cast<uint32_t>(draw.UniformInt(700)),
                              .output = 1 + static_cast<uint32_t>(draw.UniformInt(100))};
      coming.push_back({Micros(us), sequence});
      server.Send(sequence, Micros(us), Micros(us));
    }
    server.RunTo(Micros(1'000'000'000'000));
    const auto expected = StepByStep(speed, params, coming);
    ASSERT_EQ(server.times.size(), expected.size());
    for (const auto& [request, times] : expected) {
      // Each step is rounded to a nanosecond there.
      EXPECT_NEAR(server.times[request].first_us, times.first_us, 2) << request;
      EXPECT_NEAR(server.times[request].done_us, times.done_us, 2) << request;
    }
    // However many tokens: an event to begin, to join, to leave.
    EXPECT_LE(server.events, 3 * 300);
  }
}

// With one request at a time and one token each, it is M/D/1: Pollaczek and Khinchine's
// ρ / (2 (1 − ρ)) service times of waiting.
TEST(ContinuousBatchTest, OneAtATimeWaitsAsInMD1) {
  const ServingSpeed speed{.weights_s = 0.010, .kv_s = 0, .token_s = 0, .kv_tokens = 1000};
  const ServingParams params{.max_batch = 1};
  Server server(speed, params);
  Draw draw = RandomStreams(1, 0).Stream("test").At(0);
  constexpr int kRequests = 200'000;
  constexpr double kLoad = 0.7, kServiceUs = 10'000;
  double ns = 0, wait_us = 0;
  std::vector<double> sent_us;
  for (int i = 0; i < kRequests; ++i) {
    ns += draw.Exponential(kServiceUs * 1000 / kLoad);
    const SimTime at = SimTime::FromNanos(static_cast<int64_t>(ns));
    sent_us.push_back(ns / 1000);
    server.Send({.request = static_cast<uint32_t>(i)}, at, at);
  }
  server.RunTo(SimTime::FromNanos(static_cast<int64_t>(ns) + 1'000'000'000'000));
  for (int i = 0; i < kRequests; ++i) {
    wait_us += static_cast<double>(server.times[i].first_us) - sent_us[i] - kServiceUs;
  }
  const double expected = kServiceUs * kLoad / (2 * (1 - kLoad));
  EXPECT_NEAR(wait_us / kRequests, expected, 0.02 * expected);
}

}  // namespace
}  // namespace orrery::workload
