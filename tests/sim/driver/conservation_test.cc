// What must hold of every run, whatever the policies: random worlds under every combination of
// roles.
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "policies/api/registry.h"
#include "tests/sim/driver/audit.h"
#include "tests/sim/driver/random_world.h"

namespace orrery {
namespace {

using scenario::Blocking;
using scenario::Scenario;
using testing::MakeRandomWorld;
using testing::Ran;
using testing::RandomWorld;
using testing::RandomWorldOptions;
using testing::SetRole;

// The seed of a combination, so that each meets a world of its own. FNV-1a.
uint64_t SeedOf(const std::string& text) {
  uint64_t hash = 0xcbf29ce484222325ull;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return hash % 1'000'000 + 1;
}

// Quanta of minutes would leave little to stop in worlds of an hour.
void SetPreempt(Scenario* scenario, const std::string& policy) {
  SetRole(scenario, "preempt", policy);
  if (policy == "by_order") {
    SetRole(scenario, "preempt", policy, {{"quantum", "60s"}, {"hysteresis", "10s"}});
  }
}

using OrderAndPlace = std::tuple<std::string, std::string>;
class EveryCombination : public ::testing::TestWithParam<OrderAndPlace> {
 protected:
  RandomWorld World(const std::string& rest, const RandomWorldOptions& options) const {
    const auto& [order, place] = GetParam();
    RandomWorld world = MakeRandomWorld(SeedOf(order + place + rest), options);
    SetRole(&world.scenario, "order", order);
    SetRole(&world.scenario, "place", place);
    return world;
  }
};

std::string ComboName(const ::testing::TestParamInfo<OrderAndPlace>& info) {
  return std::get<0>(info.param) + "_" + std::get<1>(info.param);
}

TEST_P(EveryCombination, ConservesGpuTimeMoneyAndCapacity) {
  int count = 0;
  for (const std::string& backfill : policies::PolicyNames("backfill")) {
    for (const std::string& preempt : policies::PolicyNames("preempt")) {
      for (const Blocking blocking : {Blocking::kStrict, Blocking::kSkip}) {
        // A backfill role has the queue stop at its head; blocking says nothing beside it.
        if (backfill != "none" && blocking == Blocking::kSkip) continue;
        const std::string rest =
            backfill + " " + preempt + (blocking == Blocking::kStrict ? " strict" : " skip");
        SCOPED_TRACE(rest);
        RandomWorld world = World(rest, {.jobs = 80, .delays = ++count % 2 == 0});
        SetRole(&world.scenario, "backfill", backfill);
        SetPreempt(&world.scenario, preempt);
        world.scenario.scheduler.blocking = blocking;
        AuditRun(world, testing::Run(world.scenario, world.jobs, 0, world.requirements));
        if (HasFailure()) return;
      }
    }
  }
}

TEST_P(EveryCombination, ConservesInRounds) {
  for (const std::string& allocate : policies::PolicyNames("allocate")) {
    if (allocate == "none") continue;
    SCOPED_TRACE(allocate);
    for (const bool delays : {false, true}) {
      RandomWorld world = World(allocate, {.jobs = 80, .delays = delays});
      SetRole(&world.scenario, "allocate", allocate);
      // Shorter than some starts, set-ups and most checkpoints.
      world.scenario.scheduler.round = Duration::Seconds(delays ? 2 : 120);
      AuditRun(world, testing::Run(world.scenario, world.jobs, 0, world.requirements));
    }
  }
}

// Nodes and jobs fail in the midst of it all.
TEST_P(EveryCombination, ConservesWhileNodesFail) {
  int count = 0;
  for (const std::string& backfill : policies::PolicyNames("backfill")) {
    for (const std::string& preempt : policies::PolicyNames("preempt")) {
      const std::string rest = backfill + " " + preempt + " failing";
      SCOPED_TRACE(rest);
      RandomWorld world = World(rest, {.jobs = 80, .delays = ++count % 2 == 0, .failures = true});
      SetRole(&world.scenario, "backfill", backfill);
      SetPreempt(&world.scenario, preempt);
      AuditRun(world, testing::Run(world.scenario, world.jobs, 0, world.requirements));
      if (HasFailure()) return;
    }
  }
  for (const std::string& allocate : policies::PolicyNames("allocate")) {
    if (allocate == "none") continue;
    SCOPED_TRACE(allocate);
    RandomWorld world =
        World(allocate + " failing", {.jobs = 80, .delays = true, .failures = true});
    SetRole(&world.scenario, "allocate", allocate);
    world.scenario.scheduler.round = Duration::Seconds(120);
    AuditRun(world, testing::Run(world.scenario, world.jobs, 0, world.requirements));
  }
}

// Jobs move to and fro, as eagerly as they may, while nodes are not what they claim, which nobody
// finds out, and fail.
TEST_P(EveryCombination, ConservesWhileJobsMove) {
  int count = 0;
  uint64_t moves = 0;
  for (const std::string& rebalance : policies::PolicyNames("rebalance")) {
    if (rebalance == "none") continue;
    for (const std::string& backfill : policies::PolicyNames("backfill")) {
      const std::string rest = rebalance + " " + backfill;
      SCOPED_TRACE(rest);
      const bool failures = ++count % 2 == 0;
      RandomWorld world = World(rest, {.jobs = 50, .delays = count % 3 > 0, .failures = failures});
      trust::SimpleTrust rules;
      rules.cheats.shares.fill({0, 0.3, 0, 0.2, 0});
      rules.registration = {.time = Duration(), .passes = {1, 1, 1, 1, 1}, .refuses = 0};
      rules.fails = {};
      world.scenario.trust.level = rules;
      SetRole(&world.scenario, "backfill", backfill);
      if (count % 4 == 0) SetPreempt(&world.scenario, "by_order");
      SetRole(&world.scenario, "rebalance", rebalance,
              {{"period", "30s"}, {"cooldown", "10s"}, {"most", "100"}});
      const testing::Ran ran = testing::Run(world.scenario, world.jobs, 0, world.requirements);
      AuditRun(world, ran);
      if (HasFailure()) return;
      moves += ran.summary.jobs.migrations;
    }
  }
  EXPECT_GT(moves, 0u);
  RecordProperty("moves", std::to_string(moves));
}

TEST_P(EveryCombination, ConservesWhereGangsPayForTheNetwork) {
  int count = 0;
  for (const std::string& backfill : policies::PolicyNames("backfill")) {
    const auto topology = static_cast<scenario::Topology>(count++ % 3);
    const std::string rest = backfill + " network";
    SCOPED_TRACE(rest);
    RandomWorld world = World(rest, {.jobs = 80, .delays = true});
    SetRole(&world.scenario, "backfill", backfill);
    SetPreempt(&world.scenario, "by_order");
    world.scenario.network.level = scenario::NetworkLevel::kFull;
    world.scenario.network.topology = topology;
    world.scenario.network.batch_training.volume_mib = 20;
    world.scenario.network.relay_gbs = 0.05f;
    for (scenario::FleetGroup& group : world.scenario.fleet) group.access.relay_only = 0.3;
    AuditRun(world, testing::Run(world.scenario, world.jobs, 0, world.requirements));
    if (HasFailure()) return;
  }
}

// Twice the same, and the same outcome with the sampler of the time series beside it.
TEST_P(EveryCombination, RepeatsToTheBit) {
  RandomWorld world = World("repeat", {.jobs = 80, .delays = true});
  SetRole(&world.scenario, "backfill", "easy");
  SetPreempt(&world.scenario, "by_order");
  world.scenario.scheduler.ties = scenario::TieRule::kRandom;
  const auto run = [&] {
    return testing::RunSummary(world.scenario, world.jobs, 0, world.requirements);
  };
  const results::Summary once = run();
  const results::Summary again = run();
  EXPECT_EQ(once.trace_digest, again.trace_digest);
  EXPECT_EQ(once.outcome_digest, again.outcome_digest);
  EXPECT_TRUE(SameOutcome(once, again));
  world.scenario.outputs.timeseries = Duration::Seconds(7);
  const results::Summary sampled = run();
  EXPECT_EQ(once.outcome_digest, sampled.outcome_digest);
  EXPECT_NE(once.trace_digest, sampled.trace_digest);  // the samples are events
}

INSTANTIATE_TEST_SUITE_P(All, EveryCombination,
                         ::testing::Combine(::testing::ValuesIn(policies::PolicyNames("order")),
                                            ::testing::ValuesIn(policies::PolicyNames("place"))),
                         ComboName);

// A generated workload under other policies: the same jobs come, in the same order, with the same
// work.
TEST(CommonRandomNumbersTest, AnotherPolicyMeetsTheSameJobs) {
  Scenario scenario = MakeRandomWorld(1).scenario;
  scenario.workload.push_back(testing::GeneratedJobs(300));
  const Ran first = testing::Run(scenario, {});
  ASSERT_EQ(first.jobs.size(), 300u);
  SetRole(&scenario, "order", "srtf");
  SetRole(&scenario, "place", "random");
  SetPreempt(&scenario, "by_order");
  const Ran second = testing::Run(scenario, {});
  ASSERT_EQ(second.jobs.size(), first.jobs.size());
  bool differs = false;
  for (size_t i = 0; i < first.jobs.size(); ++i) {
    const results::JobRow& a = first.jobs[i].row;
    const results::JobRow& b = second.jobs[i].row;
    EXPECT_EQ(
        std::tie(a.submit_ns, a.work_ns, a.estimate_ns, a.user, a.gpus, a.replicas, a.source_id),
        std::tie(b.submit_ns, b.work_ns, b.estimate_ns, b.user, b.gpus, b.replicas, b.source_id));
    differs |= a.start_ns != b.start_ns;
  }
  EXPECT_TRUE(differs);
}

}  // namespace
}  // namespace orrery
