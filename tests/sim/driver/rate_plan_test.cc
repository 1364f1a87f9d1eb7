// How often the route role of a simple service is asked, and what happens in between.
#include <gtest/gtest.h>

#include <algorithm>
#include <span>

#include "policies/api/registry.h"
#include "policies/api/service.h"
#include "sim/driver/parcels.h"
#include "tests/sim/driver/rate_bench.h"

namespace orrery {
namespace {

using driver::ParcelsOf;
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
