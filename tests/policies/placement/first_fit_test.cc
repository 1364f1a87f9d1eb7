#include <gtest/gtest.h>

#include "tests/policies/placement/score.h"
#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::Make;
using testing::ScoreOf;

TEST(FirstFitTest, TheLowestNodeWinsWhateverItHas) {
  const auto first_fit = Make<PlacePolicy>("first_fit");
  EXPECT_LT(ScoreOf(*first_fit, {.free_gpus = 8, .first = 3}),
            ScoreOf(*first_fit, {.free_gpus = 1, .first = 4}));
  EXPECT_EQ(first_fit->traits().in_class, InClassOrder::kNodeId);
  EXPECT_TRUE(first_fit->traits().uses_first);
}

}  // namespace
}  // namespace orrery::policies
