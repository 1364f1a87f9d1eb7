#include "sim/base/money.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace orrery {
namespace {

TEST(MoneyTest, DollarsRoundToTheNearestMicroDollar) {
  EXPECT_EQ(Usd::FromDollars(2.19).micros(), 2'190'000);
  EXPECT_EQ(Usd::FromDollars(-0.5).micros(), -500'000);
  EXPECT_EQ(UsdPerHour::FromDollars(0.1).micros(), 100'000);
}

TEST(MoneyTest, AnHourOfOneGpuCostsItsRate) {
  const UsdPerHour price = UsdPerHour::FromDollars(2.19);
  EXPECT_EQ(price.For(Duration::Hours(1), 1000), Usd::FromDollars(2.19));
  EXPECT_EQ(price.For(Duration::Hours(24), 8000), Usd::FromDollars(2.19 * 24 * 8));
  EXPECT_EQ(price.For(Duration::Minutes(30), 500), Usd::Micros(547'500));
}

TEST(MoneyTest, ChargesRoundDown) {
  // 1 micro-dollar an hour: nothing until the hour is full.
  const UsdPerHour price = UsdPerHour::Micros(1);
  EXPECT_EQ(price.For(Duration::Hours(1) - Duration::Nanos(1), 1000).micros(), 0);
  EXPECT_EQ(price.For(Duration::Hours(1), 1000).micros(), 1);
}

TEST(MoneyTest, ProductsBeyond64BitsAreExact) {
  // $1,000 an hour on 100,000 GPUs for 100 hours: the product is 3.6e31.
  const UsdPerHour price = UsdPerHour::FromDollars(1000);
  EXPECT_EQ(price.For(Duration::Hours(100), 100'000 * 1000), Usd::FromDollars(1e10));
}

TEST(MoneyDeathTest, OverflowIsCaughtNotWrapped) {
  const Usd most = Usd::Micros(INT64_MAX);
  EXPECT_DEATH(most + Usd::Micros(1), "invariant broken");
  EXPECT_DEATH(-most - Usd::Micros(2), "invariant broken");
  EXPECT_DEATH(-Usd::Micros(INT64_MIN), "invariant broken");
  EXPECT_DEATH(Token::Units(INT64_MIN) - Token::Units(1), "invariant broken");
  EXPECT_DEATH(Usd::FromDollars(1e13), "invariant broken");
  const UsdPerHour price = UsdPerHour::Micros(INT64_MAX);
  EXPECT_DEATH(price.For(Duration::Hours(2), 1000), "invariant broken");
  EXPECT_DEATH(price.For(Duration::Max(), INT64_MAX), "invariant broken");
}

TEST(MoneyDeathTest, ChargesOfNegativeTimeAreABrokenInvariant) {
  EXPECT_DEATH(UsdPerHour::Micros(1).For(Duration::Hours(-1), 1000), "invariant broken");
}

}  // namespace
}  // namespace orrery
