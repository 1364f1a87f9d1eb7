// Jobs that ask for a least reputation of the nodes they run on.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sim/driver/fakes.h"

namespace orrery {
namespace {

using results::JobOutcome;
using results::RejectReason;
using scenario::Scenario;
using testing::kHour;
using testing::MakeJob;
using testing::SetRole;

// All are rated, without noise.
Scenario Rated(uint32_t fakes, uint32_t honest, double prior) {
  trust::SimpleTrust rules = testing::Spoofed();
  rules.ratings.share = 1;
  rules.ratings.prior = prior;
  return testing::Fakes(fakes, honest, rules);
}

std::vector<Requirements> AtLeast(float reputation) {
  Requirements requirements;
  requirements.min_reputation = reputation;
  return {requirements};
}

TEST(MinReputationTest, BarsNodesThatHaveLess) {
  for (const char* place :
       {"first_fit", "best_fit", "cheapest", "random", "power_of_d", "most_reputable"}) {
    Scenario scenario = testing::MakeScenario({{.nodes = 1}, {.nodes = 1}});
    scenario.fleet[0].nodes.reputation_low = scenario.fleet[0].nodes.reputation_high = 0.5;
    scenario.fleet[1].nodes.reputation_low = scenario.fleet[1].nodes.reputation_high = 0.875;
    SetRole(&scenario, "place", place);
    std::vector<workload::Job> jobs = {MakeJob(0, 100), MakeJob(1, 100)};
    for (workload::Job& job : jobs) job.requirements = RequirementsId(1);
    // The second one waits for the only node that is good enough.
    const testing::Ran ran = testing::Run(scenario, jobs, 0, AtLeast(0.875f));
    EXPECT_EQ(ran.jobs[0].node, 1u) << place;
    EXPECT_EQ(ran.jobs[1].node, 1u) << place;
    EXPECT_DOUBLE_EQ(ran.jobs[1].start_s, 100) << place;
    EXPECT_DOUBLE_EQ(testing::Run(scenario, jobs, 0, AtLeast(0.5f)).jobs[1].start_s, 1) << place;
    const testing::Ran none = testing::Run(scenario, jobs, 0, AtLeast(0.9f));
    EXPECT_EQ(none.jobs[0].row.outcome, JobOutcome::kRejected);
    EXPECT_EQ(none.jobs[0].row.reject_reason, RejectReason::kNeverFits);
  }
}

// All begin with (0 + 1) / (0 + 2). The fake's first job gets half its speed and makes that 1.5 /
// 3, the honest node's makes it 2 / 3.
TEST(MinReputationTest, FollowsUsersRatings) {
  std::vector<workload::Job> jobs = {MakeJob(0, kHour), MakeJob(1, kHour), MakeJob(10, kHour),
                                     MakeJob(4000, kHour), MakeJob(4001, kHour)};
  for (size_t i = 2; i < jobs.size(); ++i) jobs[i].requirements = RequirementsId(1);
  const testing::Ran ran = testing::Run(Rated(1, 1, 0), jobs, 0, AtLeast(0.6f));
  EXPECT_EQ(ran.jobs[0].node, 0u);
  EXPECT_EQ(ran.jobs[1].node, 1u);
  EXPECT_EQ(ran.jobs[2].row.outcome, JobOutcome::kRejected) << "nobody is known yet";
  EXPECT_EQ(ran.jobs[3].node, 1u);
  EXPECT_DOUBLE_EQ(ran.jobs[3].start_s, 4000);
  EXPECT_EQ(ran.jobs[4].node, 1u) << "the fake is free from 7200 s on";
  EXPECT_DOUBLE_EQ(ran.jobs[4].start_s, 4000 + kHour);
}

// A node that users come to think better of is there for those who wait.
TEST(MinReputationTest, ARisingReputationLetsWaitingJobsIn) {
  Scenario scenario = Rated(1, 2, 0);
  std::vector<workload::Job> jobs = {MakeJob(0, 2 * kHour), MakeJob(1, kHour),
                                     MakeJob(2, 2 * kHour), MakeJob(4000, kHour),
                                     MakeJob(4001, kHour)};
  for (size_t i = 3; i < jobs.size(); ++i) jobs[i].requirements = RequirementsId(1);
  const testing::Ran ran = testing::Run(scenario, jobs, 0, AtLeast(0.6f));
  EXPECT_EQ(ran.jobs[3].node, 1u);
  EXPECT_EQ(ran.jobs[4].node, 2u);
  EXPECT_DOUBLE_EQ(ran.jobs[4].start_s, 2 + 2 * kHour);
}

// Ablation: each of six fakes is tried once, and never again.
TEST(MinReputationTest, LeavesFakesIdle) {
  const auto sold = [](uint64_t seed, float at_least) {
    Scenario scenario = Rated(6, 6, 2);
    scenario.seed = seed;
    SetRole(&scenario, "place", "random");
    std::vector<workload::Job> jobs;
    for (int i = 0; i < 200; ++i) {
      jobs.push_back(MakeJob(1200.0 * i, kHour));
      if (at_least > 0) jobs.back().requirements = RequirementsId(1);
    }
    return testing::RunSummary(scenario, jobs, 0, AtLeast(std::max(at_least, 0.5f)))
        .trust->fake_gpu_hours;
  };
  for (const uint64_t seed : {1, 2, 3, 4, 5}) {
    EXPECT_LE(sold(seed, 0.72f), 12) << seed;
    EXPECT_GT(sold(seed, 0), 100) << seed;
  }
}

}  // namespace
}  // namespace orrery
