#include <gtest/gtest.h>

#include "tests/policies/placement/score.h"
#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::Make;
using testing::ScoreOf;

TEST(MostReputableTest, PrefersTheBetterReputation) {
  const auto policy = Make<PlacePolicy>("most_reputable");
  EXPECT_LT(ScoreOf(*policy, {.reputation = 0.9f}), ScoreOf(*policy, {.reputation = 0.8f}));
  EXPECT_EQ(ScoreOf(*policy, {.reputation = 1}), 0);
  EXPECT_EQ(ScoreOf(*policy, {.reputation = 0}), 1);
}

TEST(MostReputableTest, OrdersByReputationInsideAClass) {
  const PlaceTraits traits = Make<PlacePolicy>("most_reputable")->traits();
  EXPECT_EQ(traits.in_class, InClassOrder::kReputation);
  EXPECT_TRUE(traits.uses_first);
}

}  // namespace
}  // namespace orrery::policies
