#include "policies/backfill/node_timeline.h"

#include <gtest/gtest.h>

namespace orrery::policies {
namespace {

SimTime At(int seconds) { return SimTime::Zero() + Duration::Seconds(seconds); }
Window Between(int from, int to) { return {.start = At(from), .end = At(to)}; }
Demand Gpus(uint16_t gpus, uint16_t milli = 1000) {
  return {.gpus = gpus, .gpu_milli = milli, .cpu_milli = 1000, .memory_mib = 0};
}

// A node of 4 GPUs and 16 cores from 0 on.
class NodeTimelineTest : public ::testing::Test {
 protected:
  static NodeShape Shape() {
    NodeShape shape;
    shape.gpu_model = GpuModelId(0);
    shape.gpus = 4;
    shape.cpu_milli = 16'000;
    return shape;
  }
  NodePart Take(const Demand& demand, uint32_t replicas, const Window& window) {
    NodePart part{.node = NodeId(0), .replicas = replicas, .gpu_milli = {}};
    node_.ChooseGpus(demand, window, &part);
    EXPECT_TRUE(node_.Take(demand, part, window));
    return part;
  }

  NodeTimeline node_{Shape(), SimTime::Zero()};
};

TEST_F(NodeTimelineTest, AStayTakesItsWindowAndNothingElse) {
  Take(Gpus(3), 1, Between(10, 20));
  EXPECT_EQ(node_.FitThroughout(Gpus(1), Between(0, 10)), 4u);
  EXPECT_EQ(node_.FitThroughout(Gpus(1), Between(0, 11)), 1u);
  EXPECT_EQ(node_.FitThroughout(Gpus(1), Between(19, 30)), 1u);
  EXPECT_EQ(node_.FitThroughout(Gpus(1), Between(20, 30)), 4u);
}

TEST_F(NodeTimelineTest, WhatIsGivenBackLeavesNoSegments) {
  const NodePart part = Take(Gpus(2), 2, Between(10, 20));
  EXPECT_EQ(node_.size(), 3u);
  node_.Give(Gpus(2), part, Between(10, 20));
  EXPECT_EQ(node_.size(), 1u);
  EXPECT_EQ(node_.FitThroughout(Gpus(4), Between(0, 100)), 1u);
}

TEST_F(NodeTimelineTest, FindsTheFirstGapThatIsLongEnough) {
  Take(Gpus(3), 1, Between(5, 10));
  Take(Gpus(3), 1, Between(15, 20));
  const auto first = [&](int length, int from, int before) {
    return node_.FirstStart(Gpus(2), Duration::Seconds(length), At(from), At(before));
  };
  EXPECT_EQ(first(5, 0, 100), At(0));
  EXPECT_EQ(first(5, 1, 100), At(10));
  EXPECT_EQ(first(6, 0, 100), At(20));
  EXPECT_EQ(first(6, 0, 20), SimTime::Never());
}

TEST_F(NodeTimelineTest, TellsSinceWhenItHasBeenFree) {
  Take(Gpus(3), 1, Between(5, 10));
  EXPECT_EQ(node_.FreeSince(Gpus(1), 2, At(12)), At(10));
  EXPECT_EQ(node_.FreeSince(Gpus(1), 1, At(12)), At(0));
}

TEST_F(NodeTimelineTest, SharesGoToTheFullestGpuThatHoldsThem) {
  Take(Gpus(1, 300), 1, Between(0, 10));
  const NodePart part = Take(Gpus(1, 600), 1, Between(5, 8));
  EXPECT_EQ(part.gpu_milli[0], 600);
  // Not the same one: 100 thousandths are left of it in 5 … 8.
  EXPECT_EQ(Take(Gpus(1, 200), 1, Between(0, 6)).gpu_milli[1], 200);
  EXPECT_EQ(node_.FitThroughout(Gpus(1), Between(0, 10)), 2u);
}

TEST_F(NodeTimelineTest, WhatIsNotAllFreeIsNotTakenAtAll) {
  const NodePart part = Take(Gpus(4), 1, Between(10, 20));
  EXPECT_FALSE(node_.Take(Gpus(4), part, Between(5, 11)));
  EXPECT_EQ(node_.FitThroughout(Gpus(4), Between(5, 10)), 1u);
}

TEST_F(NodeTimelineTest, ThePastIsForgotten) {
  Take(Gpus(4), 1, Between(0, 5));
  Take(Gpus(1), 1, Between(8, 12));
  node_.DropPast(At(9));
  EXPECT_EQ(node_.size(), 2u);
  EXPECT_EQ(node_.FitThroughout(Gpus(1), Between(9, 12)), 3u);
}

}  // namespace
}  // namespace orrery::policies
