#include <gtest/gtest.h>

#include "tests/policies/rebalancing/fake_pass.h"

namespace orrery::policies {
namespace {

using testing::FakePass;
using testing::Make;
using testing::Moves;

constexpr double kHour = 3600;

// Half of what was promised: after an hour 9 h of work are left, 18 h if it stays.
TEST(StragglersTest, AJobFarBehindMoves) {
  const auto policy = Make<RebalancePolicy>("stragglers");
  FakePass pass(2);
  pass.Add(0, 9.5 * kHour, 0.5);
  EXPECT_EQ(pass.Ask(*policy, kHour), (Moves{{0, 1}}));
}

TEST(StragglersTest, AJobALittleBehindStays) {
  const auto policy = Make<RebalancePolicy>("stragglers");
  FakePass pass(2);
  pass.Add(0, 9.5 * kHour, 0.67);
  EXPECT_EQ(pass.Ask(*policy, kHour), Moves());
  const auto eager = Make<RebalancePolicy>("stragglers", {{"slower", "1.2"}});
  EXPECT_EQ(pass.Ask(*eager, kHour), (Moves{{0, 1}}));
}

TEST(StragglersTest, NobodyMovesBeforeTheCooldownIsOver) {
  const auto policy = Make<RebalancePolicy>("stragglers");
  FakePass pass(2);
  pass.Add(0, 9.5 * kHour, 0.5);
  EXPECT_EQ(pass.Ask(*policy, 1799), Moves());
  EXPECT_EQ(pass.Ask(*policy, 1800), (Moves{{0, 1}}));
}

TEST(StragglersTest, NobodyMovesToWhereItTakesAsLong) {
  const auto policy = Make<RebalancePolicy>("stragglers");
  FakePass pass(2);
  pass.cluster.SetSpeed(GpuModelId(1),
                        0.55);  // saves 9% of the time: less than the tenth asked for
  pass.Add(0, 9.5 * kHour, 0.5);
  EXPECT_EQ(pass.Ask(*policy, kHour), Moves());
  pass.cluster.SetSpeed(GpuModelId(1), 0.56);
  EXPECT_EQ(pass.Ask(*policy, kHour), (Moves{{0, 1}}));
}

// Its start took an hour; what is left takes 36 min there and 72 min here.
TEST(StragglersTest, TheRestartCounts) {
  const auto policy = Make<RebalancePolicy>("stragglers");
  FakePass pass(2);
  const JobSlot slot = pass.Add(0, 1.6 * kHour, 0.5);
  JobInfo& job = pass.cluster.mutable_job(slot);
  job.attempt_start = SimTime::Zero() - Duration::Hours(1);
  EXPECT_EQ(pass.Ask(*policy, 2 * kHour), Moves());
  job.attempt_start = SimTime::Zero() - Duration::Minutes(20);
  EXPECT_EQ(pass.Ask(*policy, 2 * kHour), (Moves{{0, 1}}));
}

TEST(StragglersTest, TheSlowestGoesFirst) {
  const auto policy = Make<RebalancePolicy>("stragglers");
  FakePass pass(3);
  pass.Add(0, 9.5 * kHour, 0.5);
  pass.Add(1, 9.5 * kHour, 0.4);
  EXPECT_EQ(pass.Ask(*policy, kHour), (Moves{{1, 2}})) << "there is room for one";
}

// Node 0 is remembered for a day: job 1 does not take it though it is free.
TEST(StragglersTest, NobodyIsMovedToANodeThatHeldAnotherUp) {
  const auto policy = Make<RebalancePolicy>("stragglers");
  FakePass pass(2);
  const JobSlot first = pass.Add(0, 9.5 * kHour, 0.5);
  EXPECT_EQ(pass.Ask(*policy, kHour), (Moves{{0, 1}}));
  pass.cluster.End(first, /*requeue=*/false);
  pass.Add(1, 95 * kHour, 0.5);
  EXPECT_EQ(pass.Ask(*policy, 2 * kHour), Moves());
  EXPECT_EQ(pass.Ask(*policy, 25 * kHour), (Moves{{1, 0}}));
}

TEST(StragglersTest, AJobMovesOnlySoOften) {
  const auto policy = Make<RebalancePolicy>("stragglers", {{"most", "2"}});
  FakePass pass(2);
  const JobSlot slot = pass.Add(0, 9.5 * kHour, 0.5);
  pass.cluster.mutable_job(slot).migrations = 2;
  EXPECT_EQ(pass.Ask(*policy, kHour), Moves());
  pass.cluster.mutable_job(slot).migrations = 1;
  EXPECT_EQ(pass.Ask(*policy, kHour), (Moves{{0, 1}}));
  pass.cluster.mutable_job(slot).preemptible = false;
  EXPECT_EQ(pass.Ask(*policy, kHour), Moves());
}

}  // namespace
}  // namespace orrery::policies
