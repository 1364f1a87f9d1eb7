// How often the route role of a simple service is asked, and what happens in between.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <span>

#include "policies/api/registry.h"
#include "policies/api/service.h"
#include "sim/driver/parcels.h"
#include "tests/sim/driver/rate_bench.h"

namespace orrery {
namespace {

using driver::ParcelsOf;
using driver::Split;
using results::ServiceFigures;
using scenario::Service;
using testing::At;
using testing::Bench;
using testing::Metronome;
using testing::Window;

uint64_t g_asked = 0;

// To so many replicas, the first ones, each in its turn.
class InTurn final : public policies::RoutePolicy {
 public:
  explicit InTurn(Params& params)
      : replicas_(static_cast<size_t>(params.Integer(
            "replicas",
            {.value = 1000, .unit = "", .min = 1, .max = 1000, .doc = "", .source = ""}))) {}

  size_t Route(const policies::RequestInfo&,
               std::span<const policies::ReplicaInfo> replicas) override {
    ++g_asked;
    return next_++ % std::min(replicas_, replicas.size());
  }

 private:
  size_t replicas_;
  size_t next_ = 0;
};

ORRERY_REGISTER_POLICY(policies::RoutePolicy, InTurn, "in_turn", "", "");

// 320 replicas of 10 requests a second each, in parcels of 2.5. Ten of them may come or go before
// it is asked again.
TEST(RatePlanTest, APlanOutlastsAFewOfManyReplicas) {
  Service service = Metronome();
  service.window = Duration::Seconds(100);
  service.route = {"in_turn", {}};
  Bench bench(service, {Window(320'000)});
  for (uint32_t number = 0; number < 320; ++number) bench.Add(number, 0);
  g_asked = 0;
  bench.gateway().TakeWindow(At(0));
  EXPECT_EQ(g_asked, 1280u);
  for (uint32_t number = 0; number < 5; ++number) bench.gateway().Drain(number, At(10));
  for (uint32_t number = 320; number < 325; ++number) bench.Add(number, 20);
  bench.gateway().TakeWindow(At(30));
  EXPECT_EQ(g_asked, 1280u);
  EXPECT_FALSE(bench.gateway().Healthy(4));
  EXPECT_TRUE(bench.gateway().Healthy(5));
  // Those that stay do everything, those that are new nothing yet.
  EXPECT_EQ(bench.Figures(40).served, 128'000u);
  EXPECT_GT(bench.gateway().Outstanding(319), 0u);
  EXPECT_EQ(bench.gateway().Outstanding(324), 0u);
  bench.gateway().Drain(5, At(40));
  bench.gateway().TakeWindow(At(40));
  EXPECT_EQ(g_asked, 1280u + 4 * 319);
  EXPECT_GT(bench.gateway().Outstanding(324), 0u);
}

// Two of 320 have all the requests, and one of them goes.
TEST(RatePlanTest, AReplicaThatIsMissedIsReplacedAtOnce) {
  Service service = Metronome();
  service.window = Duration::Seconds(100);
  service.route = {"in_turn", {{"replicas", "2"}}};
  Bench bench(service, {Window(2000)});
  for (uint32_t number = 0; number < 320; ++number) bench.Add(number, 0);
  bench.gateway().TakeWindow(At(0));
  EXPECT_GT(bench.gateway().Outstanding(1), 0u);
  EXPECT_EQ(bench.gateway().Outstanding(2), 0u);
  bench.gateway().Drain(0, At(10));
  bench.gateway().TakeWindow(At(10));
  EXPECT_GT(bench.gateway().Outstanding(2), 0u);
}

// All that have requests go at once: none of them had a sixteenth, and they are less than a 32nd.
TEST(RatePlanTest, ThoseThatAreMissedTogetherAreReplacedAtOnce) {
  Service service = Metronome();
  service.window = Duration::Seconds(100);
  service.route = {"in_turn", {{"replicas", "24"}}};
  Bench bench(service, {Window(2000)});
  for (uint32_t number = 0; number < 1000; ++number) bench.Add(number, 0);
  bench.gateway().TakeWindow(At(0));
  for (uint32_t number = 0; number < 24; ++number) bench.gateway().Drain(number, At(10));
  const ServiceFigures figures = bench.Figures(100);
  EXPECT_EQ(figures.requests, 2000u);
  EXPECT_NEAR(static_cast<double>(figures.served), 2000, 5);
}

TEST(RatePlanTest, AFewReplicasAreAskedForWheneverOneComes) {
  Service service = Metronome();
  service.route = {"in_turn", {}};
  Bench bench(service, {Window(3000)});
  for (uint32_t number = 0; number < 200; ++number) bench.Add(number, 0);
  bench.gateway().TakeWindow(At(0));
  g_asked = 0;
  bench.Add(200, 10);
  bench.gateway().TakeWindow(At(10));
  EXPECT_EQ(g_asked, 804u);
}

// One at a time, two of three to the first; then a third one comes, and later the first one goes.
TEST(RatePlanTest, WhatIsRoundedAwayIsMadeGood) {
  const auto times = [](int n, const std::vector<double>& shares, std::vector<double>* owed) {
    std::vector<uint64_t> sums(shares.size(), 0);
    for (int i = 0; i < n; ++i) {
      const std::vector<uint64_t> parts = Split(1, shares, owed);
      EXPECT_EQ(std::accumulate(parts.begin(), parts.end(), uint64_t{0}), 1u);
      for (size_t k = 0; k < parts.size(); ++k) sums[k] += parts[k];
    }
    return sums;
  };
  std::vector<double> owed = {0, 0};
  EXPECT_EQ(times(30, {2, 1}, &owed), (std::vector<uint64_t>{20, 10}));
  owed.push_back(0);
  EXPECT_EQ(times(40, {2, 1, 1}, &owed), (std::vector<uint64_t>{20, 10, 10}));
  EXPECT_EQ(times(1, {2, 1, 1}, &owed), (std::vector<uint64_t>{1, 0, 0}));
  // Half a request too many went to the first.
  EXPECT_EQ(times(40, {0, 1, 1}, &owed), (std::vector<uint64_t>{0, 20, 20}));
  EXPECT_EQ(owed[0], 0);
  EXPECT_EQ(Split(7, {0, 0}), (std::vector<uint64_t>{0, 0}));
  EXPECT_EQ(Split(7, {1, 0, 3}), (std::vector<uint64_t>{2, 0, 5}));
}

// A request a window, for two replicas of which one reads its prompt in 32 ms and the other in 64.
TEST(RatePlanTest, FewRequestsGoToAllReplicas) {
  Service service = Metronome();
  service.window = Duration::Seconds(100);
  service.route = {"in_turn", {}};
  Bench bench(service, std::vector<workload::RateWindow>(10, Window(1)));
  bench.Add(0, 0);
  bench.Add(1, 0, 0.5);
  for (int64_t w = 1; w <= 10; ++w) EXPECT_TRUE(bench.gateway().OnArrival(At(100 * w)));
  const results::ServiceFigures figures = bench.Figures(1000);
  EXPECT_EQ(figures.served, 10u);
  EXPECT_NEAR(figures.ttft_s.mean, (0.032 + 0.064) / 2, 1e-3);
}

// Four each, as long as that is not over 8,192; then fewer.
TEST(RatePlanTest, ManyReplicasGetFewerParcelsEach) {
  EXPECT_EQ(ParcelsOf({1}, 1).size(), 16u);
  EXPECT_EQ(ParcelsOf({1}, 2000).size(), 8000u);
  EXPECT_EQ(ParcelsOf({1}, 3000).size(), 6000u);
  EXPECT_EQ(ParcelsOf({1}, 10'000).size(), 10'000u);
  EXPECT_EQ(ParcelsOf({3, 1, 0}, 4).size(), 12u + 4u + 1u);
}

}  // namespace
}  // namespace orrery
