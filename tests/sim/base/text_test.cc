#include "sim/base/text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace orrery {
namespace {

TEST(ParseDoubleTest, ReadsDecimalNumbersWhole) {
  EXPECT_EQ(*ParseDouble("0.1"), 0.1);
  EXPECT_EQ(*ParseDouble("-2.5e-3"), -0.0025);
  EXPECT_EQ(*ParseDouble("42"), 42);
}

TEST(ParseDoubleTest, RefusesWhatIsNotAFiniteNumber) {
  for (const char* text :
       {"", " 1", "1 ", "1,5", "abc", "1.5x", "nan", "inf", "-inf", "0x10", "+1"}) {
    EXPECT_FALSE(ParseDouble(text)) << text;
  }
  EXPECT_EQ(ParseDouble("12a").error(), "got '12a', expected a number, for example 0.5 or 1e6");
  EXPECT_EQ(ParseDouble("1e999").error(), "got '1e999', expected a number of size 1e-307 … 1e308");
}

TEST(ParseIntTest, ReadsIntegersWhole) {
  EXPECT_EQ(*ParseInt("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(ParseInt("1.5").error(), "got '1.5', expected an integer, for example 42");
  EXPECT_EQ(ParseInt("9223372036854775808").error(),
            "got '9223372036854775808', expected an integer within ±9.2e18");
}

TEST(FormatDoubleTest, IsTheShortestTextThatReadsBack) {
  EXPECT_EQ(FormatDouble(0.1), "0.1");
  EXPECT_EQ(FormatDouble(1e300), "1e+300");
  EXPECT_EQ(*ParseDouble(FormatDouble(1.0 / 3)), 1.0 / 3);
}

TEST(NameDistanceTest, CountsEditsAndSwaps) {
  EXPECT_EQ(NameDistance("fifo", "fifo"), 0u);
  EXPECT_EQ(NameDistance("fifoo", "fifo"), 1u);
  EXPECT_EQ(NameDistance("ffio", "fifo"), 1u);
  EXPECT_EQ(NameDistance("kitten", "sitting"), 3u);
  EXPECT_EQ(NameDistance("", "abc"), 3u);
  EXPECT_EQ(NameDistance("Best-Fit", "best_fit"), 0u);
}

TEST(NearestNameTest, SuggestsWhatAPersonMayHaveMeant) {
  const std::vector<std::string> places = {"first_fit", "best_fit", "worst_fit", "cheapest"};
  EXPECT_EQ(NearestName("bestfit", places), "best_fit");
  EXPECT_EQ(NearestName("BEST_FIT", places), "best_fit");
  EXPECT_EQ(NearestName("cheap", places), "cheapest");
  EXPECT_EQ(NearestName("frist_fit", places), "first_fit");
}

TEST(NearestNameTest, SuggestsNothingFarFetched) {
  const std::vector<std::string_view> keys = {"gpu", "name", "seed"};
  EXPECT_EQ(NearestName("horizon", keys), std::nullopt);
  EXPECT_EQ(NearestName("cpx", keys), std::nullopt);
  EXPECT_EQ(NearestName("", keys), std::nullopt);
  EXPECT_EQ(NearestName("x", std::vector<std::string>{"a"}), std::nullopt);
}

TEST(UnknownNameTest, ListsWhatIsValidAndTheNearest) {
  const std::vector<std::string> orders = {"edf", "fifo", "las"};
  EXPECT_EQ(UnknownName("a queue order", "fifoo", orders),
            "got 'fifoo', expected a queue order: edf, fifo, las (did you mean 'fifo'?)");
  EXPECT_EQ(UnknownName("a queue order", "lottery", orders),
            "got 'lottery', expected a queue order: edf, fifo, las");
}

}  // namespace
}  // namespace orrery
