// The contract of every registered policy, in whole runs: it repeats to the bit, never gives what
// is not there, and starves nobody where that is promised.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "policies/api/registry.h"
#include "tests/sim/driver/audit.h"
#include "tests/sim/driver/random_world.h"
#include "tests/testing/worlds.h"

namespace orrery::policies {
namespace {

using orrery::testing::MakeJob;
using orrery::testing::MakeRandomWorld;
using orrery::testing::MakeScenario;
using orrery::testing::Outcome;
using orrery::testing::Ran;
using orrery::testing::RandomWorld;
using orrery::testing::SetRole;

// Those of a scheduler; services' have a test of their own.
std::vector<PolicyInfo> AllPolicies() {
  std::vector<PolicyInfo> policies = ListPolicies();
  std::erase_if(policies, [](const PolicyInfo& policy) {
    return policy.name == kNoPolicy || policy.role == "route" || policy.role == "autoscale";
  });
  return policies;
}

class PolicyContractTest : public ::testing::TestWithParam<PolicyInfo> {
 protected:
  // A random world with this policy in its role, with its default parameters.
  static RandomWorld World(uint64_t seed) {
    // Rounds of an allocate role are further apart than any checkpoints.
    RandomWorld world = MakeRandomWorld(seed, {.jobs = 150, .checkpoints = false});
    SetRole(&world.scenario, GetParam().role, GetParam().name);
    return world;
  }
};

TEST_P(PolicyContractTest, NeverGivesWhatIsNotThere) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(seed);
    const RandomWorld world = World(seed);
    // Decisions that the checker refused count as failures, too.
    AuditRun(world, orrery::testing::Run(world.scenario, world.jobs, 0, world.requirements));
  }
}

TEST_P(PolicyContractTest, DecidesTheSameInTheSameWorld) {
  const RandomWorld world = World(4);
  const auto run = [&] {
    return orrery::testing::RunSummary(world.scenario, world.jobs, 0, world.requirements);
  };
  const results::Summary once = run();
  const results::Summary again = run();
  EXPECT_EQ(once.trace_digest, again.trace_digest);
  EXPECT_TRUE(SameOutcome(once, again));
}

INSTANTIATE_TEST_SUITE_P(Every, PolicyContractTest, ::testing::ValuesIn(AllPolicies()),
                         [](const auto& test) { return test.param.role + "_" + test.param.name; });

// fifo and strict: jobs start in order of arrival, all of them, wherever they are placed.
class FifoContractTest : public ::testing::TestWithParam<std::string> {};

TEST_P(FifoContractTest, JobsStartInOrderOfArrival) {
  RandomWorld world = MakeRandomWorld(5, {.jobs = 200});
  SetRole(&world.scenario, "place", GetParam());
  const Ran ran = orrery::testing::Run(world.scenario, world.jobs, 0, world.requirements);
  int64_t last = 0;
  for (const Outcome& job : ran.jobs) {
    if (job.row.outcome == results::JobOutcome::kRejected) continue;
    EXPECT_GE(job.row.start_ns, last) << "job " << job.row.job;
    last = std::max(last, job.row.start_ns);
  }
}

INSTANTIATE_TEST_SUITE_P(Every, FifoContractTest, ::testing::ValuesIn(PolicyNames("place")),
                         [](const auto& test) { return test.param; });

// Four GPUs are never all free by themselves: every 2 s a job comes that wants one of them for 9 s.
// Job 1 wants all four.
double WaitOfTheWideJob(scenario::Scenario scenario) {
  std::vector<workload::Job> jobs = {MakeJob(0, 9), MakeJob(1, 5, 1, 4)};
  for (int i = 1; i < 1000; ++i) jobs.push_back(MakeJob(2 * i, 9));
  return orrery::testing::Run(scenario, std::move(jobs)).jobs[1].start_s;
}

TEST(StarvationTest, SmallJobsStarveAWideOneWhereTheyMaySkipIt) {
  scenario::Scenario skip = MakeScenario({{.nodes = 4}});
  skip.scheduler.blocking = scenario::Blocking::kSkip;
  EXPECT_GT(WaitOfTheWideJob(skip), 1000);
}

TEST(StarvationTest, NotBehindAStrictHead) {
  // When job 0 ends at 9: all others wait.
  EXPECT_EQ(WaitOfTheWideJob(MakeScenario({{.nodes = 4}})), 9);
}

TEST(StarvationTest, NotByBackfilling) {
  for (const std::string& backfill : PolicyNames("backfill")) {
    scenario::Scenario scenario = MakeScenario({{.nodes = 4}});
    SetRole(&scenario, "backfill", backfill);
    EXPECT_EQ(WaitOfTheWideJob(scenario), 9) << backfill;
  }
}

TEST(StarvationTest, NotUnderPriorityWithAgeing) {
  // A stream of more urgent jobs, on one GPU that they keep busy. Each hour of waiting is worth a
  // level: after 5 h job 0 goes before those that arrive from then on.
  scenario::Scenario scenario = MakeScenario({{}});
  std::vector<workload::Job> jobs = {MakeJob(0, 600), MakeJob(1, 600)};
  for (int i = 1; i < 100; ++i) {
    jobs.push_back(MakeJob(600.0 * i, 600));
    jobs.back().priority = 5;
  }
  SetRole(&scenario, "order", "priority", {{"ageing", "0 priority/h"}});
  EXPECT_GT(orrery::testing::Run(scenario, jobs).jobs[1].start_s, 59'000);
  SetRole(&scenario, "order", "priority", {{"ageing", "1 priority/h"}});
  EXPECT_LE(orrery::testing::Run(scenario, jobs).jobs[1].start_s, 5 * 3600 + 2 * 600);
}

}  // namespace
}  // namespace orrery::policies
