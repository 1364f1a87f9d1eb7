// Unevaluated sums of two doubles, for the few places where 53 bits are not enough.
// T. J. Dekker, "A floating-point technique for extending the available precision", Numerische
// Mathematik 18, 1971; D. E. Knuth, TAOCP vol. 2, §4.2.2.
#pragma once

namespace orrery::internal {

// The number hi + lo, |lo| ≤ ulp(hi) / 2.
struct DoubleDouble {
  double hi = 0;
  double lo = 0;
};

// a + b, exactly. Needs a == 0 or |a| ≥ |b|.
constexpr DoubleDouble FastTwoSum(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}

// a + b, exactly.
constexpr DoubleDouble TwoSum(double a, double b) {
  const double sum = a + b;
  const double b_part = sum - a;
  return {sum, (a - (sum - b_part)) + (b - b_part)};
}

// a × b, exactly, if neither the product nor a or b leaves 2^-960 … 2^990.
constexpr DoubleDouble TwoProduct(double a, double b) {
  constexpr double kSplit = 134217729.0;  // 2^27 + 1
  const double a_scaled = kSplit * a;
  const double a_hi = a_scaled - (a_scaled - a);
  const double a_lo = a - a_hi;
  const double b_scaled = kSplit * b;
  const double b_hi = b_scaled - (b_scaled - b);
  const double b_lo = b - b_hi;
  const double product = a * b;
  return {product, ((a_hi * b_hi - product) + a_hi * b_lo + a_lo * b_hi) + a_lo * b_lo};
}

// Sum and product of two such numbers, to about 2^-102.
constexpr DoubleDouble Add(DoubleDouble a, DoubleDouble b) {
  const DoubleDouble sum = TwoSum(a.hi, b.hi);
  return FastTwoSum(sum.hi, sum.lo + (a.lo + b.lo));
}
constexpr DoubleDouble Multiply(DoubleDouble a, DoubleDouble b) {
  const DoubleDouble product = TwoProduct(a.hi, b.hi);
  return FastTwoSum(product.hi, product.lo + (a.hi * b.lo + a.lo * b.hi));
}

}  // namespace orrery::internal
