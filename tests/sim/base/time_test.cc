#include "sim/base/time.h"

#include <gtest/gtest.h>

namespace orrery {
namespace {

TEST(TimeTest, UnitsAreNanoseconds) {
  EXPECT_EQ(Duration::Micros(1).nanos(), 1'000);
  EXPECT_EQ(Duration::Millis(1).nanos(), 1'000'000);
  EXPECT_EQ(Duration::Seconds(1).nanos(), 1'000'000'000);
  EXPECT_EQ(Duration::Minutes(2), Duration::Seconds(120));
  EXPECT_EQ(Duration::Hours(1), Duration::Minutes(60));
}

TEST(TimeTest, SecondsRoundToTheNearestNanosecond) {
  EXPECT_EQ(Duration::FromSeconds(1.5).nanos(), 1'500'000'000);
  EXPECT_EQ(Duration::FromSeconds(0.1).nanos(), 100'000'000);
  EXPECT_EQ(Duration::FromSeconds(-2.4e-9).nanos(), -2);
  EXPECT_EQ(Duration::FromSeconds(2.6e-9).nanos(), 3);
}

TEST(TimeTest, PointsAndSpansAddAndSubtract) {
  const SimTime noon = SimTime::Zero() + Duration::Hours(12);
  EXPECT_EQ(noon.seconds(), 43'200);
  EXPECT_EQ(noon - SimTime::FromSeconds(3'600), Duration::Hours(11));
  EXPECT_EQ(Duration::Hours(7) / Duration::Hours(2), 3);
  EXPECT_LT(noon, SimTime::Never());
}

TEST(TimeDeathTest, SecondsBeyondTheRangeAreABrokenInvariant) {
  EXPECT_DEATH(Duration::FromSeconds(1e10), "invariant broken");
  EXPECT_DEATH(Duration::FromSeconds(0.0 / 0.0), "invariant broken");
}

}  // namespace
}  // namespace orrery
