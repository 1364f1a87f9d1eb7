#include <gtest/gtest.h>

#include "tests/policies/rebalancing/fake_pass.h"

namespace orrery::policies {
namespace {

using testing::FakePass;
using testing::Make;
using testing::Moves;

constexpr double kHour = 3600;

TEST(HotNodesTest, AJobLeavesABoardThatIsTooHot) {
  const auto policy = Make<RebalancePolicy>("hot_nodes");
  FakePass pass(2);
  pass.Add(0, 9 * kHour, 1);
  EXPECT_EQ(pass.Ask(*policy, kHour), Moves()) << "nobody measures";
  pass.celsius[0] = 81.9;
  EXPECT_EQ(pass.Ask(*policy, kHour), Moves());
  pass.celsius[0] = 82;
  EXPECT_EQ(pass.Ask(*policy, kHour), (Moves{{0, 1}}));
}

// Both boards are hot: to go to the other would be to come back.
TEST(HotNodesTest, NobodyMovesToWhereItWasHotLately) {
  const auto policy = Make<RebalancePolicy>("hot_nodes");
  FakePass pass(3);
  const JobSlot first = pass.Add(0, 90 * kHour, 1);
  pass.celsius = {{0, 90}, {1, 90}, {2, 60}};
  pass.Add(2, 90 * kHour, 1);
  EXPECT_EQ(pass.Ask(*policy, kHour), (Moves{{0, 1}}));
  pass.cluster.End(first, /*requeue=*/false);
  pass.Add(1, 90 * kHour, 1);
  EXPECT_EQ(pass.Ask(*policy, 2 * kHour), Moves());
  EXPECT_EQ(pass.Ask(*policy, 8 * kHour), (Moves{{2, 0}})) << "six hours later it may have cooled";
}

TEST(HotNodesTest, NobodyMovesToASlowerBoardOrJustBeforeItsEnd) {
  const auto policy = Make<RebalancePolicy>("hot_nodes");
  FakePass pass(2);
  pass.celsius[0] = 90;
  pass.cluster.SetSpeed(GpuModelId(1), 0.8);
  pass.Add(0, 9 * kHour, 0.9);
  EXPECT_EQ(pass.Ask(*policy, kHour), Moves());
  pass.cluster.SetSpeed(GpuModelId(1), 0.9);
  EXPECT_EQ(pass.Ask(*policy, kHour), (Moves{{0, 1}}));
  EXPECT_EQ(pass.Ask(*policy, 9.6 * kHour), Moves()) << "24 minutes are left";
}

TEST(HotNodesTest, TheHottestGoesFirst) {
  const auto policy = Make<RebalancePolicy>("hot_nodes");
  FakePass pass(3);
  pass.celsius = {{0, 85}, {1, 88}};
  pass.Add(0, 9 * kHour, 1);
  pass.Add(1, 9 * kHour, 1);
  EXPECT_EQ(pass.Ask(*policy, kHour), (Moves{{1, 2}}));
}

}  // namespace
}  // namespace orrery::policies
