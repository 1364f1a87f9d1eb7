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
  EXPECT_EQ(RunWorld(world), (Digests{"2df3661fb3f351f2", "b2ba32ac561e0c2e"}));
}

TEST(WorldDigestTest, SrtfCheapestEasyByOrderWithDelays) {
  RandomWorld world = MakeRandomWorld(12, {.jobs = 400, .delays = true});
  SetRole(&world.scenario, "order", "srtf");
  SetRole(&world.scenario, "place", "cheapest");
  SetRole(&world.scenario, "backfill", "easy");
  SetRole(&world.scenario, "preempt", "by_order", {{"quantum", "60s"}});
  EXPECT_EQ(RunWorld(world), (Digests{"fbddc29a81601862", "3b89c4a0d6661d1e"}));
}

TEST(WorldDigestTest, PriorityPowerOfDConservativeWithRandomTies) {
  RandomWorld world = MakeRandomWorld(13, {.jobs = 400});
  SetRole(&world.scenario, "order", "priority");
  SetRole(&world.scenario, "place", "power_of_d");
  SetRole(&world.scenario, "backfill", "conservative");
  SetRole(&world.scenario, "preempt", "priority");
  world.scenario.scheduler.ties = scenario::TieRule::kRandom;
  EXPECT_EQ(RunWorld(world), (Digests{"61c66917cd50acbc", "9515055f22a70c1c"}));
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
