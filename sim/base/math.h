// Elementary and special functions whose bits depend on the argument alone.
//
// Results of a run may not depend on the machine's C library, so exp, log, pow, sin and their like
// come from here. The code uses nothing but IEEE-754 double +, −, ×, ÷ and integer arithmetic, is
// compiled without contraction (-ffp-contract=off), and calls no libm. The square root needs no
// twin: IEEE-754 rounds std::sqrt exactly; so are std::floor, std::fabs and std::ldexp exact.
//
// Errors are in ulp of the result, measured against 113-bit references over the stated range (see
// tests/sim/base/math_accuracy_test.cc, which holds the bounds). Every function takes any double:
// NaN gives NaN, and infinities, zeros and arguments outside the domain do as C99 Annex F says.
#pragma once

#include <cstdint>

namespace orrery {

// e^x. Error < 0.52 ulp; < 1.02 ulp where the result is subnormal.
// P. T. P. Tang, "Table-driven implementation of the exponential function in IEEE floating-point
// arithmetic", ACM TOMS 15(2), 1989.
double Exp(double x);

// e^x − 1 without cancellation near 0. Error < 0.7 ulp.
// P. T. P. Tang, "Table-driven implementation of the Expm1 function in IEEE floating-point
// arithmetic", ACM TOMS 18(2), 1992.
double Expm1(double x);

// Natural logarithm. Error < 0.53 ulp.
// P. T. P. Tang, "Table-driven implementation of the logarithm function in IEEE floating-point
// arithmetic", ACM TOMS 16(4), 1990, with reciprocals short enough for exact products in place of
// the division.
double Log(double x);

// log(1 + x) without cancellation near 0. Error < 0.53 ulp.
double Log1p(double x);

// x^y. Error < 0.53 ulp; < 1.02 ulp where the result is subnormal. The logarithm is carried to
// about 68 bits.
double Pow(double x, double y);

// Sine and cosine of an angle [rad]; any finite argument. Error < 0.9 ulp.
// M. Payne, R. Hanek, "Radian reduction for trigonometric functions", SIGNUM Newsletter 18, 1983.
double Sin(double x);
double Cos(double x);

// sin(πx) and cos(πx): an angle in half turns, reduced without error. Error < 0.9 ulp.
// The hour h of a day is CosPi(h / 12).
double SinPi(double x);
double CosPi(double x);

// log Γ(x) for x > 0; NaN below. Error < 1.3 ulp or 2^-58 absolute near the zeros at 1 and 2,
// whichever is larger.
double LogGamma(double x);

// Γ(x) for x > 0; NaN below. Error < 1.5 ulp.
double GammaFunction(double x);

// The quantile of the standard normal distribution: z with Φ(z) = p, for 0 ≤ p ≤ 1 (±infinity at
// the ends); NaN outside. Relative error below 1e-15. Strictly increasing where neighbours in p are
// more than 1e-15 apart. M. J. Wichura, "Algorithm AS 241: The percentage points of the normal
// distribution", Applied Statistics 37(3), 1988.
double NormalQuantile(double p);

}  // namespace orrery
