#include "policies/backfill/gains.h"

#include <gtest/gtest.h>

#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::FakeCluster;
using testing::InfoOf;

SimTime At(int seconds) { return SimTime::Zero() + Duration::Seconds(seconds); }

// Three free nodes of one GPU; a job of 10 s that has node 0 reserved from 20 on.
class GainsTest : public ::testing::Test {
 protected:
  GainsTest() {
    cluster_.AddGpuNodes(3, 1);
    terrain_.Update(cluster_);
    free_.AddNodes(cluster_);
    job_ = cluster_.AddJob(InfoOf({.run_time = 10}, 0));
    stay_ = {.window = {.start = At(20), .end = At(30)},
             .parts = {{.node = NodeId(0), .replicas = 1, .gpu_milli = {}}}};
  }
  bool Help() const { return gains_.HelpByCount(cluster_, cluster_.job(job_), stay_, free_); }
  std::optional<Stay> Earliest() const {
    return gains_.EarliestBound(cluster_, cluster_.job(job_), stay_.window, free_);
  }

  FakeCluster cluster_;
  Terrain terrain_;
  Availability free_{&terrain_};
  JobSlot job_;
  Stay stay_;
  Gains gains_;
};

TEST_F(GainsTest, OnlyWhatIsGainedBeforeTheWindowHelps) {
  EXPECT_FALSE(Help());
  gains_.Add(NodeId(1), At(20), At(40));
  EXPECT_FALSE(Help());
  gains_.Add(NodeId(2), At(15), At(15));  // nothing
  EXPECT_FALSE(Help());
  gains_.Add(NodeId(2), At(19), At(25));
  EXPECT_TRUE(Help());
}

TEST_F(GainsTest, GainsOnANodeAreOneFromTheFirstToTheLast) {
  gains_.Add(NodeId(2), At(12), At(14));
  gains_.Add(NodeId(1), At(16), At(18));
  gains_.Add(NodeId(2), At(15), At(17));
  ASSERT_TRUE(Earliest());
  // The earliest window of 10 s that reaches into 12 … 17.
  EXPECT_EQ(Earliest()->window.start, At(2) + Duration::Nanos(1));
  EXPECT_EQ(Earliest()->parts.front().node, NodeId(2));
}

TEST_F(GainsTest, WhatASweepGainsIsNewsInTheNextAndThenNoMore) {
  gains_.BeginSweep();
  gains_.Add(NodeId(1), At(5), At(15));
  EXPECT_TRUE(Help());
  gains_.EndSweep();
  EXPECT_TRUE(gains_.pending());
  EXPECT_FALSE(Help());
  gains_.BeginSweep();
  EXPECT_FALSE(gains_.pending());
  EXPECT_TRUE(Help());
  gains_.EndSweep();
  EXPECT_FALSE(gains_.pending());
}

TEST_F(GainsTest, WhatIsGainedBetweenSweepsIsKeptForTheNext) {
  gains_.Add(NodeId(1), At(5), At(15));
  EXPECT_FALSE(gains_.pending());
  gains_.BeginSweep();
  EXPECT_TRUE(Help());
}

TEST_F(GainsTest, ForgottenNodesLeaveOneGainAnywhere) {
  gains_.ForgetNodes();
  EXPECT_FALSE(gains_.anywhere());
  gains_.Add(NodeId(1), At(25), At(26));
  gains_.Add(NodeId(2), At(28), At(29));
  gains_.ForgetNodes();
  EXPECT_TRUE(gains_.anywhere());
  EXPECT_FALSE(Help());
  gains_.Add(NodeId(1), At(5), At(6));
  EXPECT_TRUE(Help());
}

// A row by node, not a search: as many as a large fleet has come at once.
TEST_F(GainsTest, EveryNodeMayGainOnce) {
  for (int round = 0; round < 2; ++round) {
    for (uint32_t n = 0; n < 200'000; ++n) gains_.Add(NodeId(n), At(20), At(30 + round));
  }
  EXPECT_FALSE(Help());
}

}  // namespace
}  // namespace orrery::policies
