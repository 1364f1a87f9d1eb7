#include "sim/results/human.h"

#include <gtest/gtest.h>

#include <limits>
#include <utility>

namespace orrery::results {
namespace {

constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

TEST(HumanSecondsTest, PicksTheUnitThatPeopleWould) {
  const std::pair<double, const char*> cases[] = {
      {0, "0 s"},         {3.2e-9, "3.20 ns"}, {4.5e-5, "45.0 us"}, {0.0123, "12.3 ms"},
      {0.9999, "1.00 s"}, {4.5, "4.50 s"},     {59.9, "59.9 s"},    {59.99, "1m 00s"},
      {723, "12m 03s"},   {3599.9, "1h 00m"},  {11220, "3h 07m"},   {86399, "1d 00h"},
      {367200, "4d 06h"}, {1e8, "1,157 d"},    {-5, "-5.00 s"},     {kNoValue, "-"}};
  for (const auto& [seconds, text] : cases) EXPECT_EQ(HumanSeconds(seconds), text) << seconds;
}

TEST(HumanCountTest, SeparatesThousands) {
  EXPECT_EQ(HumanCount(0), "0");
  EXPECT_EQ(HumanCount(999), "999");
  EXPECT_EQ(HumanCount(1000), "1,000");
  EXPECT_EQ(HumanCount(1234567), "1,234,567");
}

TEST(HumanUsdTest, PutsTheSignFirst) {
  EXPECT_EQ(HumanUsd(1234.5), "$1,234.50");
  EXPECT_EQ(HumanUsd(-0.25), "-$0.25");
}

}  // namespace
}  // namespace orrery::results
