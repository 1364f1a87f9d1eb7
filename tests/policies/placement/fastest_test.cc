#include <gtest/gtest.h>

#include "tests/policies/placement/score.h"
#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::Make;
using testing::ScoreOf;

TEST(FastestTest, PrefersTheModelThatRunsTheJobFastest) {
  const auto fastest = Make<PlacePolicy>("fastest");
  EXPECT_LT(ScoreOf(*fastest, {.model = 2}), ScoreOf(*fastest, {.model = 1}));
  EXPECT_LT(ScoreOf(*fastest, {.model = 1}), ScoreOf(*fastest, {.model = 0}));
  EXPECT_TRUE(fastest->traits().uses_speed);
}

TEST(FastestTest, CpuJobsRunAlikeEverywhere) {
  const auto fastest = Make<PlacePolicy>("fastest");
  EXPECT_EQ(ScoreOf(*fastest, {.model = 2}, 0), ScoreOf(*fastest, {.model = 0}, 0));
}

}  // namespace
}  // namespace orrery::policies
