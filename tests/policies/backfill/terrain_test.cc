#include "policies/backfill/terrain.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::FakeCluster;
using testing::InfoOf;

using Nodes = std::vector<NodeId>;

class TerrainTest : public ::testing::Test {
 protected:
  TerrainTest() {
    cluster_.AddGpuNodes(3, 1);
    cluster_.SetMaxAsk(UserId(1), UsdPerHour::FromDollars(1));
    terrain_.Update(cluster_);
  }
  const JobInfo& Job(uint32_t user) {
    return cluster_.job(cluster_.AddJob(InfoOf({.run_time = 1, .user = user}, user)));
  }
  void Ask(uint32_t node, double dollars) {
    cluster_.SetAsk(NodeId(node), UsdPerHour::FromDollars(dollars));
  }

  FakeCluster cluster_;
  Terrain terrain_;
};

TEST_F(TerrainTest, AtFirstAllNodesAreGainedAndThenNoneAre) {
  EXPECT_EQ(terrain_.gained(), (Nodes{NodeId(0), NodeId(1), NodeId(2)}));
  EXPECT_FALSE(terrain_.lost());
  terrain_.Update(cluster_);
  EXPECT_TRUE(terrain_.gained().empty());
}

TEST_F(TerrainTest, TellsNodesThatGoAndCome) {
  cluster_.SetPresent(NodeId(1), false);
  terrain_.Update(cluster_);
  EXPECT_TRUE(terrain_.lost());
  EXPECT_TRUE(terrain_.gained().empty());
  EXPECT_EQ(terrain_.Eligible(cluster_, Job(0)), (Nodes{NodeId(0), NodeId(2)}));
  cluster_.SetPresent(NodeId(1), true);
  terrain_.Update(cluster_);
  EXPECT_FALSE(terrain_.lost());
  EXPECT_EQ(terrain_.gained(), (Nodes{NodeId(1)}));
  EXPECT_EQ(terrain_.Eligible(cluster_, Job(0)).size(), 3u);
}

TEST_F(TerrainTest, APriceThatFallsIsAGainAndOneThatRisesALoss) {
  Ask(2, 3);
  terrain_.Update(cluster_);
  EXPECT_TRUE(terrain_.lost());
  EXPECT_TRUE(terrain_.gained().empty());
  EXPECT_EQ(terrain_.Eligible(cluster_, Job(1)), (Nodes{NodeId(0), NodeId(1)}));
  EXPECT_EQ(terrain_.Eligible(cluster_, Job(0)).size(), 3u);
  Ask(2, 1);
  terrain_.Update(cluster_);
  EXPECT_FALSE(terrain_.lost());
  EXPECT_EQ(terrain_.gained(), (Nodes{NodeId(2)}));
  EXPECT_EQ(terrain_.Eligible(cluster_, Job(1)).size(), 3u);
}

TEST_F(TerrainTest, ThePriceOfAnAbsentNodeIsNoNews) {
  cluster_.SetPresent(NodeId(0), false);
  terrain_.Update(cluster_);
  Ask(0, 0.5);
  terrain_.Update(cluster_);
  EXPECT_TRUE(terrain_.gained().empty());
  Ask(0, 2);
  terrain_.Update(cluster_);
  EXPECT_FALSE(terrain_.lost());
}

TEST_F(TerrainTest, AShapeThatNoNodeMayHoldHasNone) {
  for (uint32_t n = 0; n < 3; ++n) Ask(n, 2);
  terrain_.Update(cluster_);
  EXPECT_TRUE(terrain_.Eligible(cluster_, Job(1)).empty());
  EXPECT_TRUE(terrain_.Eligible(cluster_, Job(1)).empty());
}

}  // namespace
}  // namespace orrery::policies
