#include "models/trust/reputation.h"

#include <gtest/gtest.h>

namespace orrery::trust {
namespace {

TEST(BetaReputationTest, IsTheMeanOfTheBetaLaw) {
  BetaReputation reputation;
  EXPECT_EQ(reputation.Expected(), 0.5);
  for (int i = 0; i < 8; ++i) reputation.Rate(1, 1);
  reputation.Rate(0, 1);
  EXPECT_EQ(reputation.Expected(), 9.0 / 11) << "eight for, one against";
  reputation.Rate(0.5, 1);
  EXPECT_EQ(reputation.Expected(), 9.5 / 12);
}

TEST(BetaReputationTest, ForgetsByTheFactor) {
  BetaReputation reputation(4, 0.75);  // three for, one against
  EXPECT_EQ(reputation.Expected(), 4.0 / 6);
  reputation.Rate(0, 0.5);
  EXPECT_EQ(reputation.Expected(), 2.5 / (1.5 + 1.5 + 2));
  for (int i = 0; i < 200; ++i) reputation.Rate(1, 0.5);
  EXPECT_NEAR(reputation.Expected(), 3.0 / 4, 1e-12) << "two for, at most";
}

}  // namespace
}  // namespace orrery::trust
