#include "sim/base/math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace orrery {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kLeast = std::numeric_limits<double>::denorm_min();
constexpr double kMost = std::numeric_limits<double>::max();

TEST(ExpTest, KnownValuesAndLimits) {
  EXPECT_EQ(Exp(0), 1);
  EXPECT_EQ(Exp(-0.0), 1);
  EXPECT_EQ(Exp(1), 2.718281828459045);
  EXPECT_EQ(Exp(kInfinity), kInfinity);
  EXPECT_EQ(Exp(-kInfinity), 0);
  EXPECT_EQ(Exp(709.79), kInfinity);
  EXPECT_LT(Exp(709.78), kInfinity);
  EXPECT_EQ(Exp(-745.2), 0);
  EXPECT_EQ(Exp(-745.1), kLeast);
  EXPECT_EQ(Exp(kMost), kInfinity);
  EXPECT_EQ(Exp(-kMost), 0);
  EXPECT_TRUE(std::isnan(Exp(kNan)));
}

TEST(Expm1Test, KnownValuesAndLimits) {
  EXPECT_EQ(Expm1(0), 0);
  EXPECT_EQ(Expm1(1e-300), 1e-300);
  EXPECT_EQ(Expm1(1), 1.7182818284590453);
  EXPECT_EQ(Expm1(-kInfinity), -1);
  EXPECT_EQ(Expm1(-50), -1);
  EXPECT_EQ(Expm1(kInfinity), kInfinity);
  EXPECT_EQ(Expm1(710), kInfinity);
  EXPECT_TRUE(std::isnan(Expm1(kNan)));
}

TEST(LogTest, KnownValuesAndLimits) {
  EXPECT_EQ(Log(1), 0);
  EXPECT_EQ(Log(2), 0.6931471805599453);
  EXPECT_EQ(Log(10), 2.302585092994046);
  EXPECT_EQ(Log(kLeast), -744.4400719213812);
  EXPECT_EQ(Log(kMost), 709.782712893384);
  EXPECT_EQ(Log(0), -kInfinity);
  EXPECT_EQ(Log(-0.0), -kInfinity);
  EXPECT_EQ(Log(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(Log(-1)));
  EXPECT_TRUE(std::isnan(Log(kNan)));
}

TEST(Log1pTest, KnownValuesAndLimits) {
  EXPECT_EQ(Log1p(1e-300), 1e-300);
  EXPECT_EQ(Log1p(kLeast), kLeast);
  EXPECT_EQ(Log1p(1), Log(2));
  EXPECT_TRUE(std::signbit(Log1p(-0.0)));
  EXPECT_EQ(Log1p(-1), -kInfinity);
  EXPECT_EQ(Log1p(kMost), Log(kMost));
  EXPECT_EQ(Log1p(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(Log1p(-1.5)));
  EXPECT_TRUE(std::isnan(Log1p(kNan)));
}

TEST(PowTest, KnownValues) {
  EXPECT_EQ(Pow(2, 10), 1024);
  EXPECT_EQ(Pow(2, 0.5), 1.4142135623730951);
  EXPECT_EQ(Pow(10, -3), 0.001);
  EXPECT_EQ(Pow(-2, 3), -8);
  EXPECT_EQ(Pow(-2, 4), 16);
  EXPECT_EQ(Pow(2, -1074), kLeast);
  EXPECT_EQ(Pow(1 + 0x1p-52, 0x1p60), Exp(256 - 0x1p-45));
}

// C99 Annex F.9.4.4, line by line.
TEST(PowTest, SpecialValuesAreThoseOfC99) {
  EXPECT_EQ(Pow(0, -3), kInfinity);
  EXPECT_EQ(Pow(-0.0, -3), -kInfinity);
  EXPECT_EQ(Pow(-0.0, -2), kInfinity);
  EXPECT_EQ(Pow(-0.0, -kInfinity), kInfinity);
  EXPECT_TRUE(std::signbit(Pow(-0.0, 3)));
  EXPECT_EQ(Pow(-0.0, 2), 0);
  EXPECT_FALSE(std::signbit(Pow(-0.0, 2)));
  EXPECT_EQ(Pow(-1, kInfinity), 1);
  EXPECT_EQ(Pow(1, kNan), 1);
  EXPECT_EQ(Pow(kNan, 0), 1);
  EXPECT_TRUE(std::isnan(Pow(-8, 1.0 / 3)));
  EXPECT_EQ(Pow(0.5, -kInfinity), kInfinity);
  EXPECT_EQ(Pow(2, -kInfinity), 0);
  EXPECT_EQ(Pow(0.5, kInfinity), 0);
  EXPECT_EQ(Pow(-2, kInfinity), kInfinity);
  EXPECT_EQ(Pow(-kInfinity, -3), 0);
  EXPECT_TRUE(std::signbit(Pow(-kInfinity, -3)));
  EXPECT_EQ(Pow(-kInfinity, 3), -kInfinity);
  EXPECT_EQ(Pow(-kInfinity, 2), kInfinity);
  EXPECT_EQ(Pow(kInfinity, -1), 0);
  EXPECT_EQ(Pow(kInfinity, 0.5), kInfinity);
  EXPECT_TRUE(std::isnan(Pow(kNan, 1)));
  EXPECT_TRUE(std::isnan(Pow(2, kNan)));
}

TEST(PowTest, HugeAndTinyExponentsTakeTheirLimits) {
  EXPECT_EQ(Pow(1 + 0x1p-52, kMost), kInfinity);
  EXPECT_EQ(Pow(1 - 0x1p-53, kMost), 0);
  EXPECT_EQ(Pow(1, kMost), 1);
  EXPECT_EQ(Pow(kMost, 1e-300), 1);
  EXPECT_EQ(Pow(kMost, 2), kInfinity);
  EXPECT_EQ(Pow(kMost, -2), 0);
  EXPECT_EQ(Pow(-2, 0x1p60), kInfinity);  // even
}

TEST(TrigonometryTest, KnownValuesAndLimits) {
  EXPECT_EQ(Sin(0), 0);
  EXPECT_TRUE(std::signbit(Sin(-0.0)));
  EXPECT_TRUE(std::signbit(SinPi(-0.0)));
  EXPECT_EQ(Cos(0), 1);
  EXPECT_EQ(Sin(kLeast), kLeast);
  EXPECT_EQ(Sin(3.141592653589793), 1.2246467991473532e-16);
  EXPECT_EQ(Cos(1.5707963267948966), 6.123233995736766e-17);
  EXPECT_TRUE(std::isnan(Sin(kInfinity)));
  EXPECT_TRUE(std::isnan(Cos(-kInfinity)));
  EXPECT_TRUE(std::isnan(Sin(kNan)));
}

TEST(TrigonometryTest, HalfTurnsAreExact) {
  for (const double whole : {1.0, 2.0, -3.0, 1e6, 0x1p52, 0x1p53, 0x1p60, kMost}) {
    EXPECT_EQ(SinPi(whole), 0) << whole;
    EXPECT_EQ(std::fabs(CosPi(whole)), 1) << whole;
  }
  EXPECT_EQ(SinPi(0.5), 1);
  EXPECT_EQ(SinPi(-0.5), -1);
  EXPECT_EQ(SinPi(1e6 + 0.5), 1);
  EXPECT_EQ(CosPi(0.5), 0);
  EXPECT_EQ(CosPi(1), -1);
  EXPECT_EQ(CosPi(0x1p52 + 1), -1);
  EXPECT_EQ(SinPi(0x1p51 + 0.5), 1);
  EXPECT_EQ(SinPi(1.0 / 6), 0.5);
  EXPECT_EQ(SinPi(1e-300), 3.1415926535897936e-300);
  EXPECT_TRUE(std::isnan(SinPi(kInfinity)));
  EXPECT_TRUE(std::isnan(CosPi(kNan)));
}

TEST(GammaTest, FactorialsAndHalves) {
  double factorial = 1;
  for (int n = 1; n <= 20; ++n) {
    factorial *= n;
    EXPECT_DOUBLE_EQ(GammaFunction(n + 1), factorial);
  }
  EXPECT_DOUBLE_EQ(GammaFunction(0.5), 1.772453850905516);  // √π
  EXPECT_EQ(GammaFunction(0), kInfinity);
  EXPECT_EQ(GammaFunction(180), kInfinity);
  EXPECT_EQ(LogGamma(0), kInfinity);
  EXPECT_EQ(LogGamma(kInfinity), kInfinity);
  EXPECT_NEAR(LogGamma(1), 0, 0x1p-58);
  EXPECT_NEAR(LogGamma(2), 0, 0x1p-58);
  EXPECT_TRUE(std::isnan(LogGamma(-1)));
  EXPECT_TRUE(std::isnan(GammaFunction(kNan)));
}

TEST(NormalQuantileTest, KnownValuesAndLimits) {
  EXPECT_EQ(NormalQuantile(0.5), 0);
  EXPECT_DOUBLE_EQ(NormalQuantile(0.975), 1.959963984540054);
  EXPECT_DOUBLE_EQ(NormalQuantile(0.025), -1.959963984540054);
  EXPECT_DOUBLE_EQ(NormalQuantile(1e-10), -6.361340902404056);
  EXPECT_EQ(NormalQuantile(0), -kInfinity);
  EXPECT_EQ(NormalQuantile(1), kInfinity);
  EXPECT_TRUE(std::isnan(NormalQuantile(-0.1)));
  EXPECT_TRUE(std::isnan(NormalQuantile(1.1)));
  EXPECT_TRUE(std::isnan(NormalQuantile(kNan)));
}

}  // namespace
}  // namespace orrery
