#include <gtest/gtest.h>

#include "tests/policies/rebalancing/fake_pass.h"

namespace orrery::policies {
namespace {

using testing::FakePass;
using testing::Make;
using testing::Moves;

constexpr double kHour = 3600;

// A job that pays 2 USD/h, with ten hours to go; node 1 asks for `usd` an hour.
Moves AskWith(double usd, double speed = 1, double start_s = 0) {
  const auto policy = Make<RebalancePolicy>("cheaper");
  FakePass pass(2);
  pass.cluster.SetAsk(NodeId(0), UsdPerHour::FromDollars(2));
  pass.cluster.SetAsk(NodeId(1), UsdPerHour::FromDollars(usd));
  pass.cluster.SetSpeed(GpuModelId(1), speed);
  const JobSlot slot = pass.Add(0, 11 * kHour, 1);
  pass.cluster.mutable_job(slot).attempt_start = SimTime::Zero() - Duration::FromSeconds(start_s);
  return pass.Ask(*policy, kHour);
}

TEST(CheaperTest, AJobMovesWhereItSavesATenth) {
  EXPECT_EQ(AskWith(1.81), Moves());
  EXPECT_EQ(AskWith(1.79), (Moves{{0, 1}}));
}

// 1 USD/h for twice the time is no less.
TEST(CheaperTest, ThePriceIsThatOfTheSameWork) {
  EXPECT_EQ(AskWith(1, 0.5), Moves());
  EXPECT_EQ(AskWith(1, 0.56), (Moves{{0, 1}}));
  EXPECT_EQ(AskWith(3.5, 2), (Moves{{0, 1}}));
}

// A restart of an hour is paid at both prices: 1.5 × (10 + 1) + 2 × 1 = 18.5 USD instead of 20.
TEST(CheaperTest, TheMoveItselfIsPaidFor) {
  EXPECT_EQ(AskWith(1.5, 1, 3600), Moves());
  EXPECT_EQ(AskWith(1.45, 1, 3600), (Moves{{0, 1}}));
}

TEST(CheaperTest, WhoHasMostToPayGoesFirst) {
  const auto policy = Make<RebalancePolicy>("cheaper");
  FakePass pass(3);
  for (const uint32_t node : {0, 1}) pass.cluster.SetAsk(NodeId(node), UsdPerHour::FromDollars(2));
  pass.Add(0, 9 * kHour, 1);
  pass.Add(1, 19 * kHour, 1);
  EXPECT_EQ(pass.Ask(*policy, kHour), (Moves{{1, 2}}));
}

}  // namespace
}  // namespace orrery::policies
