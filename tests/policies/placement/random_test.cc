#include <gtest/gtest.h>

#include "tests/policies/placement/score.h"
#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

TEST(RandomTest, AnyFittingNodeIsAsGoodAsAnother) {
  const auto random = testing::Make<PlacePolicy>("random");
  EXPECT_EQ(random->traits().selection, Selection::kRandom);
  EXPECT_EQ(testing::ScoreOf(*random, {.free_gpus = 1}),
            testing::ScoreOf(*random, {.free_gpus = 8}));
}

}  // namespace
}  // namespace orrery::policies
