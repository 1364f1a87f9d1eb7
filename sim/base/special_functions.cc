#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

#include "sim/base/double_double.h"
#include "sim/base/math.h"
#include "sim/base/math_internal.h"
#include "sim/base/math_tables.h"

namespace orrery {
namespace internal {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// log(2π) / 2, from log 2 and log(π / 2) = 2 artanh((π − 2) / (π + 2)).
constexpr Quad kQuadHalfLogTwoPi = (2 * kQuadLn2 + TwoArtanh((kQuadPi - 2) / (kQuadPi + 2))) / 2;
constexpr DoubleDouble kHalfLogTwoPi = {Head(kQuadHalfLogTwoPi), Tail(kQuadHalfLogTwoPi)};

// Stirling's series is used from here on; smaller arguments climb up to it by Γ(x + 1) = x Γ(x).
constexpr double kStirlingFrom = 10;
// B(2k) / (2k (2k − 1)), k = 1 … 10 (Abramowitz and Stegun 6.1.41, Bernoulli numbers from table
// 23.2). The first one left out is below 2e-20 at 10.
constexpr std::array<double, 10> kStirling = {
    1.0 / 12,        -1.0 / 360, 1.0 / 1260,       -1.0 / 1680,      1.0 / 1188,
    -691.0 / 360360, 1.0 / 156,  -3617.0 / 122400, 43867.0 / 244188, -174611.0 / 125400};

// log Γ(x + tail) for x ≥ 10.
DoubleDouble StirlingLogGamma(double x, double tail) {
  const double inverse = 1 / x;
  const double inverse2 = inverse * inverse;
  double series = kStirling.back();
  for (size_t i = kStirling.size() - 1; i-- > 0;) series = series * inverse2 + kStirling[i];
  const DoubleDouble log = LogDoubleDouble(x);
  const DoubleDouble product = Multiply(log, {x - 0.5, 0});
  const DoubleDouble constant = Add(kHalfLogTwoPi, {-x, 0});
  // The derivative, digamma(x) ≈ log x − 1 / 2x, carries the tail.
  const double rest = series * inverse + tail * (log.hi - 0.5 * inverse);
  return Add(Add(product, constant), {rest, 0});
}

// log Γ(x) to about 60 bits, for 0 < x < 2^60.
DoubleDouble LogGammaDoubleDouble(double x) {
  if (x >= kStirlingFrom) return StirlingLogGamma(x, 0);
  const int steps = static_cast<int>(kStirlingFrom - x) + 1;
  DoubleDouble product = {x, 0};
  for (int i = 1; i < steps; ++i) product = Multiply(product, TwoSum(i, x));
  const DoubleDouble top = TwoSum(steps, x);
  const DoubleDouble log = LogDoubleDouble(product.hi);
  const DoubleDouble product_log = Add(log, {product.lo / product.hi, 0});
  return Add(StirlingLogGamma(top.hi, top.lo), {-product_log.hi, -product_log.lo});
}

// Rational approximations of AS 241's routine PPND16: numerator and denominator, lowest power
// first.
using Coefficients = std::array<double, 8>;
constexpr Coefficients kCentreNumerator = {3.3871328727963666080e0, 1.3314166789178437745e2,
                                           1.9715909503065514427e3, 1.3731693765509461125e4,
                                           4.5921953931549871457e4, 6.7265770927008700853e4,
                                           3.3430575583588128105e4, 2.5090809287301226727e3};
constexpr Coefficients kCentreDenominator = {1.0,
                                             4.2313330701600911252e1,
                                             6.8718700749205790830e2,
                                             5.3941960214247511077e3,
                                             2.1213794301586595867e4,
                                             3.9307895800092710610e4,
                                             2.8729085735721942674e4,
                                             5.2264952788528545610e3};
constexpr Coefficients kMiddleNumerator = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                           5.76949722146069140550e0,  3.64784832476320460504e0,
                                           1.27045825245236838258e0,  2.41780725177450611770e-1,
                                           2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr Coefficients kMiddleDenominator = {1.0,
                                             2.05319162663775882187e0,
                                             1.67638483018380384940e0,
                                             6.89767334985100004550e-1,
                                             1.48103976427480074590e-1,
                                             1.51986665636164571966e-2,
                                             5.47593808499534494600e-4,
                                             1.05075007164441684324e-9};
constexpr Coefficients kTailNumerator = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                         1.78482653991729133580e0,  2.96560571828504891230e-1,
                                         2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                         2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr Coefficients kTailDenominator = {1.0,
                                           5.99832206555887937690e-1,
                                           1.36929880922735805310e-1,
                                           1.48753612908506148525e-2,
                                           7.86869131145613259100e-4,
                                           1.84631831751005468180e-5,
                                           1.42151175831644588870e-7,
                                           2.04426310338993978564e-15};

inline double Polynomial(const Coefficients& c, double x) {
  const double x2 = x * x;
  const double x4 = x2 * x2;
  return ((c[0] + c[1] * x) + x2 * (c[2] + c[3] * x)) +
         x4 * ((c[4] + c[5] * x) + x2 * (c[6] + c[7] * x));
}

}  // namespace
}  // namespace internal

double LogGamma(double x) {
  using namespace internal;
  if (!(x > 0)) return x == 0 ? kInfinity : kNan;
  if (x >= 0x1p60) return x * (Log(x) - 1);  // the other terms are below 2^-60 of it
  if (x < 0x1p-60) return -Log(x);
  const DoubleDouble value = LogGammaDoubleDouble(x);
  return value.hi + value.lo;
}

double GammaFunction(double x) {
  using namespace internal;
  if (!(x > 0)) return x == 0 ? kInfinity : kNan;
  if (x > 172) return kInfinity;
  if (x < 0x1p-60) return 1 / x;
  const DoubleDouble value = LogGammaDoubleDouble(x);
  return ExpDoubleDouble(value.hi, value.lo);
}

double NormalQuantile(double p) {
  using namespace internal;
  const double q = p - 0.5;
  if (q <= 0.425 && q >= -0.425) [[likely]] {
    const double r = 0.180625 - q * q;
    return q * Polynomial(kCentreNumerator, r) / Polynomial(kCentreDenominator, r);
  }
  const double tail = q < 0 ? p : 1 - p;
  if (!(tail > 0)) return tail == 0 ? (q < 0 ? -kInfinity : kInfinity) : kNan;
  double r = std::sqrt(-Log(tail));
  double z;
  if (r <= 5) {
    r -= 1.6;
    z = Polynomial(kMiddleNumerator, r) / Polynomial(kMiddleDenominator, r);
  } else {
    r -= 5;
    z = Polynomial(kTailNumerator, r) / Polynomial(kTailDenominator, r);
  }
  return q < 0 ? -z : z;
}

}  // namespace orrery
