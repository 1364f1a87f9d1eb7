// Holds the error bounds that sim/base/math.h states, against libquadmath's 113 bits.
#include <gtest/gtest.h>
#include <quadmath.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>

#include "sim/base/math.h"
#include "sim/base/random.h"

namespace orrery {
namespace {

using Quad = __float128;
const Quad kPi = acosq(-1);

// One unit in the last place of the double nearest to `value`.
Quad Ulp(Quad value) {
  int exponent = 0;
  std::frexp(static_cast<double>(value), &exponent);
  return ldexpq(1, std::max(exponent, -1021) - 53);
}

class MathAccuracyTest : public testing::Test {
 protected:
  double Uniform(double low, double high) { return draw_.Uniform(low, high); }
  int Integer(uint64_t n) { return static_cast<int>(draw_.UniformInt(n)); }
  // Either sign, every size from 2^-down to 2.
  double Small(uint64_t down) { return std::ldexp(Uniform(-2, 2), -Integer(down)); }
  // Every size from 2^-range to 2^range.
  double Positive(uint64_t range) {
    return std::ldexp(Uniform(1, 2), Integer(2 * range) - static_cast<int>(range));
  }

  // The largest error of `function` over `count` arguments [ulp]; errors below `absolute` count 0.
  double WorstUlps(const std::function<double(double)>& function,
                   const std::function<Quad(Quad)>& reference,
                   const std::function<double()>& argument, int count = 20'000, Quad absolute = 0) {
    double worst = 0;
    for (int i = 0; i < count; ++i) {
      const double x = argument();
      const Quad expected = reference(x);
      const Quad error = fabsq(function(x) - expected);
      if (error <= absolute || std::isinf(static_cast<double>(expected))) continue;
      worst = std::max(worst, static_cast<double>(error / Ulp(expected)));
    }
    return worst;
  }

 private:
  Draw draw_ = RandomStreams(1, 0).Stream("test/math").At(0);
};

TEST_F(MathAccuracyTest, Exp) {
  EXPECT_LT(WorstUlps(Exp, expq, [&] { return Uniform(-708, 709.7); }), 0.52);
  EXPECT_LT(WorstUlps(Exp, expq, [&] { return Small(60); }), 0.52);
  EXPECT_LT(WorstUlps(Exp, expq, [&] { return Uniform(-745, -708); }), 1.02);
}

TEST_F(MathAccuracyTest, Expm1) {
  EXPECT_LT(WorstUlps(Expm1, expm1q, [&] { return Uniform(-40, 709.7); }), 0.7);
  EXPECT_LT(WorstUlps(Expm1, expm1q, [&] { return Uniform(-0.1, 0.1); }), 0.7);
  EXPECT_LT(WorstUlps(Expm1, expm1q, [&] { return Small(60); }), 0.7);
}

TEST_F(MathAccuracyTest, Log) {
  EXPECT_LT(WorstUlps(Log, logq, [&] { return Positive(1022); }), 0.53);
  EXPECT_LT(WorstUlps(Log, logq, [&] { return Uniform(0.9, 1.1); }), 0.53);
  EXPECT_LT(WorstUlps(Log, logq, [&] { return 1 + Small(50) / 8; }), 0.53);
  EXPECT_LT(WorstUlps(Log, logq, [&] { return std::ldexp(Uniform(0, 1), -1030); }), 0.53);
}

TEST_F(MathAccuracyTest, Log1p) {
  EXPECT_LT(WorstUlps(Log1p, log1pq, [&] { return Uniform(-1, 2); }), 0.53);
  EXPECT_LT(WorstUlps(Log1p, log1pq, [&] { return Small(70) / 2; }), 0.53);
  EXPECT_LT(WorstUlps(Log1p, log1pq, [&] { return Positive(1000); }), 0.53);
}

TEST_F(MathAccuracyTest, Pow) {
  for (const double y : {0.3, -0.5, 1.7, -2.5, 100.0, 700.0, 1e-3}) {
    const auto pow = [y](double x) { return Pow(x, y); };
    const auto reference = [y](Quad x) { return powq(x, y); };
    EXPECT_LT(WorstUlps(
                  pow, reference, [&] { return Uniform(0.5, 2); }, 3'000),
              0.53)
        << y;
    const uint64_t range = static_cast<uint64_t>(std::min(1000.0, 1000 / std::fabs(y)));
    EXPECT_LT(WorstUlps(
                  pow, reference, [&] { return Positive(range); }, 3'000),
              0.53)
        << y;
  }
  const auto power_of_2 = [](double y) { return Pow(2, y); };
  const auto reference = [](Quad y) { return powq(2, y); };
  EXPECT_LT(WorstUlps(
                power_of_2, reference, [&] { return Uniform(-1021, 1023); }, 3'000),
            0.53);
  EXPECT_LT(WorstUlps(
                power_of_2, reference, [&] { return Uniform(-1074, -1022); }, 3'000),
            1.02);
}

TEST_F(MathAccuracyTest, SinAndCos) {
  for (const double range : {0.785, 4.0, 1e5, 1e18}) {
    EXPECT_LT(WorstUlps(Sin, sinq, [&] { return Uniform(-range, range); }), 0.9) << range;
    EXPECT_LT(WorstUlps(Cos, cosq, [&] { return Uniform(-range, range); }), 0.9) << range;
  }
  // Next to their zeros.
  EXPECT_LT(WorstUlps(Sin, sinq, [&] { return static_cast<double>(Integer(1 << 20) * kPi); }), 0.9);
  EXPECT_LT(WorstUlps(Cos, cosq, [&] { return static_cast<double>((Integer(999) + 0.5) * kPi); }),
            0.9);
  EXPECT_LT(WorstUlps(
                Sin, sinq, [&] { return Positive(1022); }, 5'000),
            0.9);
  EXPECT_LT(WorstUlps(
                Cos, cosq, [&] { return Positive(1022); }, 5'000),
            0.9);
}

// The double nearest to a multiple of π/2, relative to its size: 61 bits cancel.
// (J.-M. Muller, "Elementary Functions", 2nd ed., table 9.1: 6381956970095103 × 2^797.)
TEST_F(MathAccuracyTest, CosOfTheArgumentHardestToReduce) {
  const double x = std::ldexp(6381956970095103.0, 797);
  const Quad expected = cosq(x);
  EXPECT_LT(std::fabs(static_cast<double>(expected)), 1e-18);
  EXPECT_LT(static_cast<double>(fabsq(Cos(x) - expected) / Ulp(expected)), 0.9);
}

Quad SinPiReference(Quad x) {
  x -= 2 * rintq(x / 2);
  if (x > 0.5) x = 1 - x;
  if (x < -0.5) x = -1 - x;
  return sinq(kPi * x);
}
Quad CosPiReference(Quad x) { return SinPiReference(x - 2 * rintq(x / 2) + Quad(0.5)); }

TEST_F(MathAccuracyTest, SinPiAndCosPi) {
  for (const double range : {1.0, 1e3, 1e6, 0x1p50}) {
    EXPECT_LT(WorstUlps(SinPi, SinPiReference, [&] { return Uniform(-range, range); }), 0.9);
    EXPECT_LT(WorstUlps(CosPi, CosPiReference, [&] { return Uniform(-range, range); }), 0.9);
  }
  EXPECT_LT(WorstUlps(SinPi, SinPiReference, [&] { return Integer(100) + Small(60); }), 0.9);
  EXPECT_LT(WorstUlps(CosPi, CosPiReference, [&] { return Integer(100) + 0.5 + Small(60); }), 0.9);
  EXPECT_LT(WorstUlps(SinPi, SinPiReference, [&] { return Small(1000); }), 0.9);
}

TEST_F(MathAccuracyTest, LogGamma) {
  const Quad absolute = ldexpq(1, -58);
  for (const double range : {3.0, 12.0, 1e3, 1e9}) {
    EXPECT_LT(WorstUlps(
                  LogGamma, lgammaq, [&] { return Uniform(0, range); }, 5'000, absolute),
              1)
        << range;
  }
  const auto near_zeros = [&] { return 1 + Integer(2) + Small(30) / 8; };
  EXPECT_LT(WorstUlps(LogGamma, lgammaq, near_zeros, 5'000, absolute), 1.3);
  EXPECT_LT(WorstUlps(
                LogGamma, lgammaq, [&] { return Positive(900); }, 5'000, absolute),
            1.3);
}

TEST_F(MathAccuracyTest, GammaFunction) {
  EXPECT_LT(WorstUlps(
                GammaFunction, tgammaq, [&] { return Uniform(0, 171.6); }, 5'000),
            1.5);
  EXPECT_LT(WorstUlps(
                GammaFunction, tgammaq, [&] { return Uniform(0, 4); }, 5'000),
            1.5);
}

TEST_F(MathAccuracyTest, NormalQuantile) {
  double worst = 0;
  for (int i = 0; i < 5'000; ++i) {
    const double p = i % 2 == 0 ? Uniform(0, 1) : Positive(1) * std::ldexp(1.0, -Integer(200) - 3);
    const double z = NormalQuantile(p);
    if (std::fabs(z) < 1e-6) continue;
    // One Newton step from z to the true root.
    const Quad missed = erfcq(-z / sqrtq(2)) / 2 - p;
    const Quad density = expq(-Quad(z) * z / 2) / sqrtq(2 * kPi);
    worst = std::max(worst, static_cast<double>(fabsq(missed / density / z)));
  }
  EXPECT_LT(worst, 1e-15);
}

}  // namespace
}  // namespace orrery
