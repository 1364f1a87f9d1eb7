#include <gtest/gtest.h>

#include <vector>

#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::FakeCluster;
using testing::Make;
using testing::Schedule;
using testing::Stint;
using testing::Work;

using Runs = std::vector<std::vector<Stint>>;

Runs Play(uint32_t nodes, uint16_t gpus, const std::vector<Work>& works) {
  const auto order = Make<OrderPolicy>("priority", {{"ageing", "0 priority/h"}});
  const auto priority = Make<PreemptPolicy>("priority");
  FakeCluster cluster(order.get());
  cluster.AddGpuNodes(nodes, gpus);
  return Schedule(&cluster, {.order = order.get(), .preempt = priority.get()}).Play(works);
}

TEST(PriorityPreemptionTest, HigherPriorityStopsLower) {
  EXPECT_EQ(Play(1, 1,
                 {{.submit = 0, .run_time = 10, .priority = 1},
                  {.submit = 2, .run_time = 5, .priority = 2}}),
            (Runs{{{0, 2}, {7, 15}}, {{2, 7}}}));
}

TEST(PriorityPreemptionTest, EqualPriorityWaits) {
  EXPECT_EQ(Play(1, 1,
                 {{.submit = 0, .run_time = 10, .priority = 2},
                  {.submit = 2, .run_time = 5, .priority = 2}}),
            (Runs{{{0, 10}}, {{10, 15}}}));
}

TEST(PriorityPreemptionTest, TheLowestThenTheLatestStartedGoFirst) {
  // 3 GPUs. Jobs 1 and 2 have the lowest priority; job 2 started later.
  EXPECT_EQ(Play(3, 1,
                 {{.submit = 0, .run_time = 20, .priority = 1},
                  {.submit = 1, .run_time = 20, .priority = 0},
                  {.submit = 2, .run_time = 20, .priority = 0},
                  {.submit = 3, .run_time = 4, .priority = 9}}),
            (Runs{{{0, 20}}, {{1, 21}}, {{2, 3}, {7, 26}}, {{3, 7}}}));
}

TEST(PriorityPreemptionTest, NobodyIsStoppedInVain) {
  // Two GPUs wanted, but only one is held by a lower priority.
  EXPECT_EQ(Play(2, 1,
                 {{.submit = 0, .run_time = 10, .priority = 1},
                  {.submit = 0, .run_time = 6, .priority = 5},
                  {.submit = 1, .run_time = 3, .replicas = 2, .priority = 5}}),
            (Runs{{{0, 6}, {9, 13}}, {{0, 6}}, {{6, 9}}}));
}

TEST(PriorityPreemptionTest, SparesThoseItFitsWithout) {
  // Nodes of 2 GPUs, and job 4 wants a whole one. The lowest priority alone (job 0) does not free
  // its node; the other node's two jobs do, and then job 0 is spared.
  const auto order = Make<OrderPolicy>("priority");
  const auto priority = Make<PreemptPolicy>("priority");
  FakeCluster cluster(order.get());
  cluster.AddGpuNodes(2, 2);
  const int32_t priorities[] = {0, 9, 1, 1};
  for (uint32_t i = 0; i < 4; ++i) {
    const JobSlot slot =
        cluster.AddJob(testing::InfoOf({.run_time = 20, .priority = priorities[i]}, i));
    cluster.Start(slot, {{NodeId(i / 2), 1}});
  }
  const JobSlot head =
      cluster.AddJob(testing::InfoOf({.run_time = 2, .gpus = 2, .priority = 5}, 4));
  std::vector<JobSlot> victims;
  priority->SelectVictims(cluster, *order, cluster.job(head), &victims);
  EXPECT_EQ(victims, (std::vector<JobSlot>{JobSlot(3), JobSlot(2)}));
}

TEST(PriorityPreemptionTest, WhatIsOnItsWayOutIsEnough) {
  const auto order = Make<OrderPolicy>("priority");
  const auto priority = Make<PreemptPolicy>("priority");
  FakeCluster cluster(order.get());
  cluster.AddGpuNodes(2, 1);
  for (uint32_t i = 0; i < 2; ++i) {
    const JobSlot slot = cluster.AddJob(testing::InfoOf({.run_time = 50}, i));
    cluster.Start(slot, {{NodeId(i), 1}});
  }
  cluster.mutable_job(JobSlot(0)).phase = JobPhase::kStopping;
  const JobSlot head = cluster.AddJob(testing::InfoOf({.run_time = 5, .priority = 3}, 2));
  std::vector<JobSlot> victims;
  priority->SelectVictims(cluster, *order, cluster.job(head), &victims);
  EXPECT_TRUE(victims.empty());
}

TEST(PriorityPreemptionTest, JobsThatMustNotBeStoppedAreLeftAlone) {
  const auto order = Make<OrderPolicy>("priority");
  FakeCluster cluster(order.get());
  cluster.AddGpuNodes(1, 1);
  const JobSlot low = cluster.AddJob(testing::InfoOf({.run_time = 50}, 0));
  cluster.Start(low, {{NodeId(0), 1}});
  cluster.mutable_job(low).preemptible = false;
  const JobSlot head = cluster.AddJob(testing::InfoOf({.run_time = 5, .priority = 3}, 1));
  std::vector<JobSlot> victims;
  Make<PreemptPolicy>("priority")->SelectVictims(cluster, *order, cluster.job(head), &victims);
  EXPECT_TRUE(victims.empty());
}

TEST(PriorityPreemptionTest, AJobThatHasNotBegunToRunCannotBeStoppedYet) {
  const auto order = Make<OrderPolicy>("priority");
  const auto priority = Make<PreemptPolicy>("priority");
  FakeCluster cluster(order.get());
  cluster.AddGpuNodes(1, 1);
  const JobSlot low = cluster.AddJob(testing::InfoOf({.run_time = 50}, 0));
  cluster.Start(low, {{NodeId(0), 1}});
  cluster.mutable_job(low).phase = JobPhase::kStarting;
  const JobSlot head = cluster.AddJob(testing::InfoOf({.run_time = 5, .priority = 3}, 1));
  std::vector<JobSlot> victims;
  priority->SelectVictims(cluster, *order, cluster.job(head), &victims);
  EXPECT_TRUE(victims.empty());
  EXPECT_EQ(priority->NextCheck(cluster, *order, cluster.job(head)), SimTime::Never());
  cluster.mutable_job(low).phase = JobPhase::kRunning;
  priority->SelectVictims(cluster, *order, cluster.job(head), &victims);
  EXPECT_EQ(victims, std::vector<JobSlot>{low});
}

}  // namespace
}  // namespace orrery::policies
