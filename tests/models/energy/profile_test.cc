#include "models/energy/profile.h"

#include <gtest/gtest.h>

#include <vector>

namespace orrery::energy {
namespace {

constexpr int64_t kHourNs = Duration::Hours(1).nanos();

SimTime Hours(int64_t hours) { return SimTime::Zero() + Duration::Hours(hours); }

// Rate h + 1 in hour h, ten times that in February.
Profile Stairs() {
  std::vector<double> hours;
  for (int h = 0; h < 24; ++h) hours.push_back(h + 1);
  std::vector<double> months(12, 1.0);
  months[1] = 10;
  return Profile::Make(1, hours, months);
}

TEST(ProfileTest, ConstantRateGrowsLinearly) {
  const Profile profile = Profile::Constant(7);
  EXPECT_EQ(profile.At(Hours(100'000)), 7);
  EXPECT_TRUE(profile.Integral(SimTime::FromNanos(3), SimTime::FromNanos(1'000'000'000'000'003)) ==
              static_cast<__int128>(7) * 1'000'000'000'000'000);
}

TEST(ProfileTest, RateFollowsHourAndMonth) {
  const Profile profile = Stairs();
  EXPECT_EQ(profile.At(Hours(0)), 1);
  EXPECT_EQ(profile.At(Hours(23)), 24);
  EXPECT_EQ(profile.At(Hours(31 * 24)), 10);              // 1 February
  EXPECT_EQ(profile.At(Hours(59 * 24 - 1)), 240);         // its last hour
  EXPECT_EQ(profile.At(Hours(59 * 24)), 1);               // 1 March
  EXPECT_EQ(profile.At(Hours((365 + 31) * 24 + 5)), 60);  // a year later
}

TEST(ProfileTest, IntegralWithinAnHourAndOverADay) {
  const Profile profile = Stairs();
  // From 01:30 to 03:15: half an hour at 2, an hour at 3, a quarter at 4.
  const SimTime from = SimTime::Zero() + Duration::Minutes(90);
  const SimTime to = SimTime::Zero() + Duration::Minutes(195);
  EXPECT_TRUE(profile.Integral(from, to) == static_cast<__int128>(5) * kHourNs);
  // 1 + 2 + … + 24.
  EXPECT_TRUE(profile.Integral(Hours(0), Hours(24)) == static_cast<__int128>(300) * kHourNs);
  // The last day of January and the first of February.
  EXPECT_TRUE(profile.Integral(Hours(30 * 24), Hours(32 * 24)) ==
              static_cast<__int128>(3300) * kHourNs);
  // A year: 337 days at 300 and 28 at 3000.
  EXPECT_TRUE(profile.Integral(Hours(7), Hours(365 * 24 + 7)) ==
              static_cast<__int128>(337 * 300 + 28 * 3000) * kHourNs);
}

TEST(ProfileTest, PartsAddUpToTheWhole) {
  const Profile profile = Stairs().Plus(3);
  __int128 sum = 0;
  SimTime at = SimTime::FromNanos(12'345);
  const SimTime begin = at;
  for (int i = 0; i < 1000; ++i) {
    const SimTime next = at + Duration::Nanos(7'777'777'777'777 + i);
    sum += profile.Integral(at, next);
    at = next;
  }
  EXPECT_TRUE(sum == profile.Integral(begin, at));
}

}  // namespace
}  // namespace orrery::energy
