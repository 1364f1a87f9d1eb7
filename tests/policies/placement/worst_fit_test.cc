#include <gtest/gtest.h>

#include "tests/policies/placement/score.h"
#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::Make;
using testing::ScoreOf;

TEST(WorstFitTest, PrefersTheNodeWithMostLeft) {
  const auto worst_fit = Make<PlacePolicy>("worst_fit");
  EXPECT_LT(ScoreOf(*worst_fit, {.free_gpus = 8}), ScoreOf(*worst_fit, {.free_gpus = 7}));
  EXPECT_DOUBLE_EQ(ScoreOf(*worst_fit, {.free_gpus = 5}, 2), 0.625);
}

TEST(WorstFitTest, SpreadsTheReplicasOfAGang) {
  EXPECT_FALSE(Make<PlacePolicy>("worst_fit")->traits().pack_replicas);
  EXPECT_TRUE(Make<PlacePolicy>("best_fit")->traits().pack_replicas);
}

}  // namespace
}  // namespace orrery::policies
