#include "policies/backfill/running_jobs.h"

#include <gtest/gtest.h>

#include <tuple>
#include <vector>

#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::FakeCluster;
using testing::InfoOf;

SimTime At(int seconds) { return SimTime::Zero() + Duration::Seconds(seconds); }

class RunningJobsTest : public ::testing::Test {
 protected:
  // Node, and the ends between which it is free or held.
  using Seen = std::tuple<uint32_t, SimTime, SimTime>;

  RunningJobsTest() { cluster_.AddGpuNodes(3, 1); }

  JobSlot Enter(double run_time, uint32_t id = 0) {
    return cluster_.AddJob(InfoOf({.submit = 0, .run_time = run_time}, id));
  }
  void Start(JobSlot job, uint32_t node) {
    cluster_.Start(job, {{NodeId(node), 1}});
    jobs_.Note(job);
  }
  void End(JobSlot job, bool requeue) {
    cluster_.End(job, requeue);
    jobs_.Note(job);
  }
  std::vector<Seen> Update(int now) {
    cluster_.set_now(At(now));
    std::vector<Seen> seen;
    for (const RunningJobs::Change& change : jobs_.Update(cluster_)) {
      for (const NodeGrant& grant : change.grants) {
        seen.push_back({grant.node.value, change.known_end, change.end});
      }
    }
    return seen;
  }

  FakeCluster cluster_;
  RunningJobs jobs_;
};

TEST_F(RunningJobsTest, TheFirstLookFindsWhoRunsAlready) {
  const JobSlot job = Enter(10);
  cluster_.Start(job, {{NodeId(1), 1}});
  EXPECT_EQ(Update(4), (std::vector<Seen>{{1, At(4), At(10)}}));
  EXPECT_EQ(Update(5), std::vector<Seen>());
}

TEST_F(RunningJobsTest, AnEarlyEndFreesWhatWasLeft) {
  const JobSlot job = Enter(10);
  Start(job, 2);
  Update(0);
  cluster_.set_now(At(6));
  End(job, /*requeue=*/false);
  EXPECT_EQ(Update(6), (std::vector<Seen>{{2, At(10), At(6)}}));
}

// The same job, expected to end at the same time, but its second attempt is on another node.
TEST_F(RunningJobsTest, AJobThatWasStoppedAndStartedElsewhereGivesBackItsOldNodes) {
  const JobSlot job = Enter(10);
  Start(job, 0);
  Update(0);
  cluster_.set_now(At(3));
  End(job, /*requeue=*/true);
  Start(job, 1);
  ASSERT_EQ(cluster_.job(job).ExpectedEnd(At(3)), At(10));
  EXPECT_EQ(Update(3), (std::vector<Seen>{{0, At(10), At(3)}, {1, At(3), At(10)}}));
}

TEST_F(RunningJobsTest, WhatBecameFreeIsToldBeforeWhatWasTakenThere) {
  const JobSlot first = Enter(10);
  Start(first, 0);
  Update(0);
  cluster_.set_now(At(3));
  const JobSlot second = Enter(5, 1);
  jobs_.Note(second);
  End(first, /*requeue=*/false);
  Start(second, 0);
  EXPECT_EQ(Update(3), (std::vector<Seen>{{0, At(10), At(3)}, {0, At(3), At(8)}}));
}

TEST_F(RunningJobsTest, AJobThatOutrunsItsEstimateIsToldOfEveryTime) {
  Start(Enter(10), 0);
  Update(0);
  const Duration soon = Duration::Nanos(1);
  EXPECT_EQ(Update(9), std::vector<Seen>());
  EXPECT_EQ(Update(10), (std::vector<Seen>{{0, At(10), At(10) + soon}}));
  EXPECT_EQ(Update(12), (std::vector<Seen>{{0, At(10) + soon, At(12) + soon}}));
}

}  // namespace
}  // namespace orrery::policies
