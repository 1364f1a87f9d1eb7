#include <gtest/gtest.h>

#include "tests/policies/placement/score.h"
#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::Make;
using testing::ScoreOf;

TEST(PowerOfDTest, DrawsTwoNodesUnlessToldOtherwise) {
  EXPECT_EQ(Make<PlacePolicy>("power_of_d")->traits().selection, Selection::kPowerOfD);
  EXPECT_EQ(Make<PlacePolicy>("power_of_d")->traits().d, 2u);
  EXPECT_EQ(Make<PlacePolicy>("power_of_d", {{"d", "5"}})->traits().d, 5u);
}

TEST(PowerOfDTest, PrefersTheLessLoadedNodeInShareOfItsOwnCapacity) {
  const auto power = Make<PlacePolicy>("power_of_d");
  EXPECT_DOUBLE_EQ(ScoreOf(*power, {.gpus = 8, .free_gpus = 6}), 0.25);
  EXPECT_DOUBLE_EQ(ScoreOf(*power, {.gpus = 4, .free_gpus = 4}), 0);
}

TEST(PowerOfDTest, TheScarcestResourceMakesTheLoad) {
  NodeShape shape;
  shape.gpus = 4;
  shape.cpu_milli = 10000;
  NodeClass node_class;
  node_class.shape = &shape;
  node_class.residual.whole_gpus = 4;
  node_class.residual.cpu_milli = 1000;
  EXPECT_DOUBLE_EQ(Make<PlacePolicy>("power_of_d")->Score(TaskShape(), node_class, FleetInfo()),
                   0.9);
}

}  // namespace
}  // namespace orrery::policies
