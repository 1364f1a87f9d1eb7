#include <gtest/gtest.h>

#include "tests/policies/placement/score.h"
#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::Make;
using testing::ScoreOf;

TEST(CheapestTest, PrefersTheLowerAskAtEqualSpeed) {
  const auto cheapest = Make<PlacePolicy>("cheapest");
  EXPECT_LT(ScoreOf(*cheapest, {.ask = 0.79}), ScoreOf(*cheapest, {.ask = 0.8}));
  EXPECT_EQ(ScoreOf(*cheapest, {.ask = 0}), 0);
}

TEST(CheapestTest, ASpeedTwiceAsHighIsWorthTwiceTheAsk) {
  const auto cheapest = Make<PlacePolicy>("cheapest");
  EXPECT_DOUBLE_EQ(ScoreOf(*cheapest, {.model = 1, .ask = 2}),
                   ScoreOf(*cheapest, {.model = 0, .ask = 1}));
  EXPECT_LT(ScoreOf(*cheapest, {.model = 1, .ask = 1.9}),
            ScoreOf(*cheapest, {.model = 0, .ask = 1}));
}

TEST(CheapestTest, OrdersByAskInsideAClass) {
  const PlaceTraits traits = Make<PlacePolicy>("cheapest")->traits();
  EXPECT_EQ(traits.in_class, InClassOrder::kAsk);
  EXPECT_TRUE(traits.uses_first);
  EXPECT_TRUE(traits.uses_speed);
}

}  // namespace
}  // namespace orrery::policies
