#include "sim/base/units.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "sim/base/random.h"

namespace orrery {
namespace {

TEST(ParseDurationTest, ReadsEveryUnitExactly) {
  EXPECT_EQ(*ParseDuration("6h"), Duration::Hours(6));
  EXPECT_EQ(*ParseDuration("90s"), Duration::Seconds(90));
  EXPECT_EQ(*ParseDuration("1d"), Duration::Hours(24));
  EXPECT_EQ(*ParseDuration("2w"), Duration::Hours(14 * 24));
  EXPECT_EQ(*ParseDuration("100ms"), Duration::Millis(100));
  EXPECT_EQ(*ParseDuration("30min"), Duration::Minutes(30));
  EXPECT_EQ(*ParseDuration("30m"), Duration::Minutes(30));
  EXPECT_EQ(*ParseDuration("5 us"), Duration::Micros(5));
  EXPECT_EQ(*ParseDuration("0.1s"), Duration::Millis(100));
  EXPECT_EQ(*ParseDuration("1.5h"), Duration::Minutes(90));
  EXPECT_EQ(*ParseDuration("1e3s"), Duration::Seconds(1000));
  EXPECT_EQ(*ParseDuration("-2s"), Duration::Seconds(-2));
  EXPECT_EQ(*ParseDuration("9223372036854775807ns"), Duration::Max());
}

TEST(ParseDurationTest, SaysWhatIsWrongAndWhatWouldBeRight) {
  const std::string expected =
      "expected a duration with its unit (ns, us, ms, s, min, h, d or w), for example 6h, 90s or "
      "100ms";
  EXPECT_EQ(ParseDuration("6").error(), "got '6', " + expected + "; the unit is missing");
  EXPECT_EQ(ParseDuration("6hours").error(),
            "got '6hours', " + expected + "; unknown unit 'hours' (did you mean 'h'?)");
  EXPECT_EQ(ParseDuration("6 H").error(),
            "got '6 H', " + expected + "; unknown unit 'H' (did you mean 'h'?)");
  EXPECT_EQ(ParseDuration("6 parsecs").error(),
            "got '6 parsecs', " + expected + "; unknown unit 'parsecs'");
  EXPECT_EQ(ParseDuration("0.1ns").error(),
            "got '0.1ns', " + expected + "; it must be a whole number of ns");
  EXPECT_EQ(ParseDuration("300000d").error(),
            "got '300000d', " + expected + "; it must lie within ±292 years");
  for (const char* text : {"", "h", "nan", "inf", "infs", "--6h", "6,5h", ".h", "1e999h", "- 6h",
                           "99999999999999999999999s", "1h30min"}) {
    EXPECT_FALSE(ParseDuration(text)) << text;
  }
}

TEST(ParseBytesTest, TellsPowersOf1000From1024) {
  EXPECT_EQ(ParseBytes("80GiB")->count(), int64_t{80} << 30);
  EXPECT_EQ(ParseBytes("80GiB")->mib(), 80 * 1024);
  EXPECT_EQ(ParseBytes("16GB")->count(), 16'000'000'000);
  EXPECT_EQ(ParseBytes("0.5KiB")->count(), 512);
  EXPECT_NE(ParseBytes("80Gb").error().find("did you mean 'GB'?"), std::string::npos);
  EXPECT_NE(ParseBytes("80").error().find("the unit is missing"), std::string::npos);
  EXPECT_FALSE(ParseBytes("9000PiB"));
  EXPECT_FALSE(ParseBytes("0.3KiB"));
}

TEST(ParseUsdTest, ReadsDollarsToTheMillionth) {
  EXPECT_EQ(ParseUsd("$5")->micros(), 5'000'000);
  EXPECT_EQ(ParseUsd("-$0.25")->micros(), -250'000);
  EXPECT_EQ(ParseUsd("$0.000001")->micros(), 1);
  EXPECT_NE(ParseUsd("5").error().find("the $ is missing"), std::string::npos);
  EXPECT_NE(ParseUsd("$0.0000001").error().find("whole number of millionths"), std::string::npos);
  for (const char* text : {"$", "$-5", "$nan", "$1,000", "5$", "$5/h", "$1e300"}) {
    EXPECT_FALSE(ParseUsd(text)) << text;
  }
}

TEST(ParseUsdPerHourTest, NeedsTheHour) {
  EXPECT_EQ(ParseUsdPerHour("$2.19/h")->micros(), 2'190'000);
  EXPECT_EQ(
      ParseUsdPerHour("$2.19").error(),
      "got '$2.19', expected a price in US dollars an hour that starts with $ and ends in /h, "
      "for example $2.19/h; the /h is missing");
  EXPECT_NE(ParseUsdPerHour("$2.19/d").error().find("'/d' does not belong there"),
            std::string::npos);
}

TEST(ParseCountTest, ReadsShortForms) {
  EXPECT_EQ(*ParseCount("1000"), 1000);
  EXPECT_EQ(*ParseCount("1k"), 1000);
  EXPECT_EQ(*ParseCount("2.5M"), 2'500'000);
  EXPECT_EQ(*ParseCount("1e6"), 1'000'000);
  EXPECT_FALSE(ParseCount("1.5"));
  EXPECT_FALSE(ParseCount("1m"));
  EXPECT_FALSE(ParseCount("1B"));
}

TEST(ParsePercentTest, IsTheNearestShare) {
  EXPECT_EQ(*ParsePercent("95%"), 0.95);
  EXPECT_EQ(*ParsePercent("0.1 %"), 0.001);
  EXPECT_EQ(*ParsePercent("1e1%"), 0.1);
  EXPECT_EQ(ParsePercent("95").error(),
            "got '95', expected a percentage, for example 95%; the % is missing");
  EXPECT_FALSE(ParsePercent("%"));
  EXPECT_FALSE(ParsePercent("nan%"));
  EXPECT_FALSE(ParsePercent("1e400%"));
}

TEST(FormatTest, IsCanonical) {
  EXPECT_EQ(FormatDuration(Duration::Seconds(90)), "90s");
  EXPECT_EQ(FormatDuration(Duration::Seconds(5400)), "90min");
  EXPECT_EQ(FormatDuration(Duration::Hours(24)), "1d");
  EXPECT_EQ(FormatDuration(Duration::Hours(-6)), "-6h");
  EXPECT_EQ(FormatDuration(Duration()), "0s");
  EXPECT_EQ(FormatBytes(Bytes::Count(int64_t{80} << 30)), "80GiB");
  EXPECT_EQ(FormatBytes(Bytes::Count(16'000'000'000)), "16GB");
  EXPECT_EQ(FormatBytes(Bytes()), "0B");
  EXPECT_EQ(FormatUsd(Usd::Micros(5'000'000)), "$5");
  EXPECT_EQ(FormatUsd(Usd::Micros(-500'000)), "-$0.50");
  EXPECT_EQ(FormatUsd(Usd::Micros(1)), "$0.000001");
  EXPECT_EQ(FormatUsdPerHour(UsdPerHour::Micros(2'190'000)), "$2.19/h");
}

// Values of every size, the extremes included.
int64_t AnyInt64(Draw& draw, int i) {
  if (i == 0) return INT64_MIN;
  if (i == 1) return INT64_MAX;
  const int64_t size = static_cast<int64_t>(draw.Bits() >> (1 + draw.UniformInt(62)));
  // Round values are the ones that people write.
  const int64_t rounded = draw.Bernoulli(0.5) ? size : size / 1'000'000 * 1'000'000;
  return draw.Bernoulli(0.5) ? rounded : -rounded;
}

TEST(FormatTest, ReadsBackAsTheSameValue) {
  Draw draw = RandomStreams(1, 0).Stream("test/round_trip").At(0);
  for (int i = 0; i < 2000; ++i) {
    const int64_t n = AnyInt64(draw, i);
    EXPECT_EQ(ParseDuration(FormatDuration(Duration::Nanos(n))), Duration::Nanos(n)) << n;
    EXPECT_EQ(ParseBytes(FormatBytes(Bytes::Count(n))), Bytes::Count(n)) << n;
    EXPECT_EQ(ParseUsd(FormatUsd(Usd::Micros(n))), Usd::Micros(n)) << n;
    EXPECT_EQ(ParseUsdPerHour(FormatUsdPerHour(UsdPerHour::Micros(n))), UsdPerHour::Micros(n)) << n;
  }
}

}  // namespace
}  // namespace orrery
