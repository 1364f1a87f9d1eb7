// Golden digests of whole runs: what must not drift, and must be the same in every build mode. Who
// changes results on purpose puts the new digests here and says so in the changelog.
#include <gtest/gtest.h>

#include "tests/sim/driver/random_world.h"
#include "tests/testing/worlds.h"

namespace orrery {
namespace {

using scenario::Scenario;
using testing::MakeRandomWorld;
using testing::RandomWorld;
using testing::SetRole;

struct Digests {
  std::string trace;
  std::string outcome;
  bool operator==(const Digests&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Digests& digests) {
  return out << "{\"" << digests.trace << "\", \"" << digests.outcome << "\"}";
}

Digests DigestsOf(const results::Summary& summary) {
  EXPECT_GT(summary.jobs.finished, 0u);
  return {summary.trace_digest, summary.outcome_digest};
}

Digests RunWorld(const RandomWorld& world) {
  return DigestsOf(testing::RunSummary(world.scenario, world.jobs, 0, world.requirements));
}

TEST(WorldDigestTest, FifoBestFitSkip) {
  RandomWorld world = MakeRandomWorld(11, {.jobs = 400});
  SetRole(&world.scenario, "place", "best_fit");
  world.scenario.scheduler.blocking = scenario::Blocking::kSkip;
  EXPECT_EQ(RunWorld(world), (Digests{"e65f8804ca8284f8", "ed0bd28bc3dcaa8c"}));
}

TEST(WorldDigestTest, SrtfCheapestEasyByOrderWithDelays) {
  RandomWorld world = MakeRandomWorld(12, {.jobs = 400, .delays = true});
  SetRole(&world.scenario, "order", "srtf");
  SetRole(&world.scenario, "place", "cheapest");
  SetRole(&world.scenario, "backfill", "easy");
  SetRole(&world.scenario, "preempt", "by_order", {{"quantum", "60s"}});
  EXPECT_EQ(RunWorld(world), (Digests{"878d62606b52089a", "85e1a208e479ae25"}));
}

TEST(WorldDigestTest, PriorityPowerOfDConservativeWithRandomTies) {
  RandomWorld world = MakeRandomWorld(13, {.jobs = 400});
  SetRole(&world.scenario, "order", "priority");
  SetRole(&world.scenario, "place", "power_of_d");
  SetRole(&world.scenario, "backfill", "conservative");
  SetRole(&world.scenario, "preempt", "priority");
  world.scenario.scheduler.ties = scenario::TieRule::kRandom;
  EXPECT_EQ(RunWorld(world), (Digests{"a4f2849b63fc9458", "b094752a523463f4"}));
}

TEST(WorldDigestTest, EqualShareRoundsOnGeneratedJobs) {
  Scenario scenario = MakeRandomWorld(14).scenario;
  scenario.seed = 14;
  scenario.workload.push_back(testing::GeneratedJobs(400));
  SetRole(&scenario, "allocate", "equal_share");
  SetRole(&scenario, "place", "worst_fit");
  EXPECT_EQ(DigestsOf(testing::RunSummary(scenario)),
            (Digests{"5a4d8c106234658b", "289569d3b147a486"}));
}

}  // namespace
}  // namespace orrery
