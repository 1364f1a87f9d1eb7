#include "sim/base/country.h"

#include <gtest/gtest.h>

#include <string>

namespace orrery {
namespace {

TEST(CountryTest, KnowsTheCodesOfTheStandard) {
  int known = 0;
  for (char a = 'A'; a <= 'Z'; ++a) {
    for (char b = 'A'; b <= 'Z'; ++b) known += IsCountry(std::string{a, b});
  }
  // AA, ZZ, 14 from QM on and 26 that begin with X are for users of the standard.
  EXPECT_EQ(known, 249 + 2 + 14 + 26);
  for (const char* code : {"AD", "DE", "GB", "TW", "ZW", "AA", "QZ", "XK", "ZZ"}) {
    EXPECT_TRUE(IsCountry(code)) << code;
  }
  for (const char* code : {"", "D", "UK", "EN", "QL", "ZA ", "de", "DEU", "D ", " A"}) {
    EXPECT_FALSE(IsCountry(code)) << code;
  }
}

TEST(CountryTest, KnowsWhatUsualMistakesMean) {
  EXPECT_EQ(CountryMeant("UK"), "GB");
  EXPECT_EQ(CountryMeant("EN"), "GB");
  EXPECT_EQ(CountryMeant("EL"), "GR");
  EXPECT_EQ(CountryMeant("AB"), "");
}

}  // namespace
}  // namespace orrery
