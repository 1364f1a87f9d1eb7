#include "sim/base/math.h"

#include <bit>
#include <cstdint>
#include <limits>

#include "sim/base/double_double.h"
#include "sim/base/math_internal.h"
#include "sim/base/math_tables.h"

namespace orrery {
namespace internal {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// log 2 / 128 in two parts. The arguments of exp reach 128 × 1075 < 2^18 steps, so the head gives
// up 19 bits to make its multiples exact.
constexpr double kStepHead = ShortHead(kQuadLn2 / kExpSteps, 19);
constexpr double kStepTail = static_cast<double>(kQuadLn2 / kExpSteps - Quad(kStepHead));
constexpr double kStepsPerUnit = static_cast<double>(kExpSteps / kQuadLn2);

// log 2 in two parts, the head a multiple of 2^-42: k × head is exact for |k| < 2^11, and so is its
// sum with a log_head of the table.
constexpr double kLn2Head =
    static_cast<double>(static_cast<int64_t>(Head(kQuadLn2) * 0x1p42)) * 0x1p-42;
constexpr double kLn2Tail = static_cast<double>(kQuadLn2 - Quad(kLn2Head));

// Adding and subtracting it rounds |x| < 2^51 to the nearest integer, whose low bits are then those
// of the sum.
constexpr double kRounder = 0x1.8p52;

// 2^k × value, where `value` is in [0.5, 4) and the result may be subnormal or overflow.
double Scale(double value, int64_t k) {
  if (k >= -1021 && k <= 1022) [[likely]] {
    return value * std::bit_cast<double>(static_cast<uint64_t>(k + 1023) << 52);
  }
  if (k > 1022) return k > 1100 ? kInfinity : value * 0x1p1000 * Scale(1.0, k - 1000);
  return k < -1100 ? 0.0 : value * Scale(1.0, k + 100) * 0x1p-100;
}

// e^(x + tail) = 2^k (step.head + rest), where `rest` is small beside step.head. |x| < 1100.
struct ExpParts {
  int64_t k;
  Exp2Step step;
  double fraction;  // e^r − 1 of the reduced argument r, |r| < 0.0028
};
inline ExpParts SplitExp(double x, double tail) {
  const double shifted = x * kStepsPerUnit + kRounder;
  const double steps = shifted - kRounder;
  const int64_t n = static_cast<int64_t>(std::bit_cast<uint64_t>(shifted) << 13) >> 13;
  const double r = ((x - steps * kStepHead) - steps * kStepTail) + tail;
  const double r2 = r * r;
  const double fraction =
      r + (r2 * (1.0 / 2 + r * (1.0 / 6)) + (r2 * r2) * (1.0 / 24 + r * (1.0 / 120)));
  return {n >> kExpBits, kExp2Steps[static_cast<uint64_t>(n) & (kExpSteps - 1)], fraction};
}

// A positive number as 2^k × z, and z × reciprocal − 1 = r + r_tail, exactly.
struct LogParts {
  double k;
  LogStep step;
  double r;
  double r_tail;
};
// For x + tail: x finite and positive, |tail| ≤ ulp(x), and no tail where x is subnormal.
inline LogParts SplitLog(double x, double tail) {
  uint64_t bits = std::bit_cast<uint64_t>(x);
  int64_t subnormal_shift = 0;
  if (bits < (uint64_t{1} << 52)) [[unlikely]] {
    bits = std::bit_cast<uint64_t>(x * 0x1p54);
    subnormal_shift = 54;
  }
  const uint64_t offset = bits - kLogOrigin;
  const int64_t k = static_cast<int64_t>(offset) >> 52;
  const LogStep& step = kLogSteps128[(offset >> (52 - kLogBits)) & (kLogSteps - 1)];
  const uint64_t z_bits = bits - (offset & (uint64_t{0xfff} << 52));
  const double z = std::bit_cast<double>(z_bits);
  // The reciprocal has 12 bits: the products with either half of z are exact.
  const double z_head = std::bit_cast<double>(z_bits & ~((uint64_t{1} << 27) - 1));
  DoubleDouble r = TwoSum(z_head * step.reciprocal - 1, (z - z_head) * step.reciprocal);
  if (tail != 0) {
    const DoubleDouble with_tail = TwoSum(r.hi, Scale(tail, -k) * step.reciprocal);
    r = {with_tail.hi, with_tail.lo + r.lo};
  }
  return {static_cast<double>(k - subnormal_shift), step, r.hi, r.lo};
}

// log(1 + r) − r + r²/2 for |r| < 2^-7, divided by r³.
inline double LogSeriesShort(double r) {
  const double r2 = r * r;
  return (1.0 / 3 - r * (1.0 / 4)) +
         r2 * ((1.0 / 5 - r * (1.0 / 6)) + r2 * (1.0 / 7 - r * (1.0 / 8)));
}
inline double LogSeriesLong(double r) {
  const double r2 = r * r;
  return (1.0 / 3 - r * (1.0 / 4)) +
         r2 * ((1.0 / 5 - r * (1.0 / 6)) +
               r2 * ((1.0 / 7 - r * (1.0 / 8)) + r2 * (1.0 / 9 - r * (1.0 / 10))));
}

inline double FinishLog(const LogParts& parts) {
  const double table = parts.k * kLn2Head + parts.step.log_head;
  const DoubleDouble sum = FastTwoSum(table, parts.r);
  const double small = parts.r_tail + parts.step.log_tail + parts.k * kLn2Tail;
  const double r2 = parts.r * parts.r;
  return sum.hi + (sum.lo + (small + r2 * (-0.5 + parts.r * LogSeriesShort(parts.r))));
}

}  // namespace

DoubleDouble LogDoubleDouble(double x) {
  const LogParts parts = SplitLog(x, 0);
  const double table = parts.k * kLn2Head + parts.step.log_head;
  const double r = parts.r;
  const DoubleDouble square = TwoProduct(r, r);
  const DoubleDouble sum = FastTwoSum(table, r);
  const DoubleDouble head = FastTwoSum(sum.hi, -0.5 * square.hi);
  const double small = parts.step.log_tail + parts.k * kLn2Tail + parts.r_tail * (1 - r);
  const double cubic = square.hi * r * LogSeriesLong(r);
  return FastTwoSum(head.hi, head.lo + (sum.lo + (small + (cubic - 0.5 * square.lo))));
}

double ExpDoubleDouble(double x, double tail) {
  if (!(x < 1000)) [[unlikely]]
    return x != x ? kNan : kInfinity;
  if (x < -1000) [[unlikely]]
    return 0;
  const ExpParts parts = SplitExp(x, tail);
  return Scale(parts.step.head + (parts.step.tail + parts.step.head * parts.fraction), parts.k);
}

}  // namespace internal

double Exp(double x) { return internal::ExpDoubleDouble(x, 0); }

double Expm1(double x) {
  using namespace internal;
  if (x > -0x1p-5 && x < 0x1p-5) {
    // The Taylor series; x²/2 and beyond are small enough beside x that their rounding is lost.
    const double x2 = x * x;
    const double cubic = (1.0 / 6 + x * (1.0 / 24)) +
                         x2 * ((1.0 / 120 + x * (1.0 / 720)) +
                               x2 * ((1.0 / 5040 + x * (1.0 / 40320)) + x2 * (1.0 / 362880)));
    return x + (0.5 * x2 + x2 * x * cubic);
  }
  if (!(x < 1000)) return x != x ? kNan : kInfinity;
  if (x < -40) return -1;
  const ExpParts parts = SplitExp(x, 0);
  if (parts.k > 60) {
    return Scale(parts.step.head + (parts.step.tail + parts.step.head * parts.fraction), parts.k);
  }
  // 2^k (head + tail + head × fraction) − 1, the exact part first.
  const double one = Scale(1.0, parts.k);
  const DoubleDouble exact = TwoSum(one * parts.step.head, -1.0);
  return exact.hi + (exact.lo + one * (parts.step.tail + parts.step.head * parts.fraction));
}

double Log(double x) {
  using namespace internal;
  if (!(x > 0 && x < kInfinity)) [[unlikely]] {
    if (x == 0) return -kInfinity;
    return x == kInfinity ? kInfinity : kNan;
  }
  return FinishLog(SplitLog(x, 0));
}

double Log1p(double x) {
  using namespace internal;
  if (!(x > -1 && x < kInfinity)) [[unlikely]] {
    if (x == -1) return -kInfinity;
    return x == kInfinity ? kInfinity : kNan;
  }
  if (x == 0) return x;  // keeps the sign of zero
  const DoubleDouble sum = TwoSum(1.0, x);
  return FinishLog(SplitLog(sum.hi, sum.lo));
}

namespace {

bool IsInteger(double y) {
  return y >= 0x1p52 || y <= -0x1p52 || static_cast<double>(static_cast<int64_t>(y)) == y;
}
bool IsOddInteger(double y) {
  return y < 0x1p53 && y > -0x1p53 && IsInteger(y) && (static_cast<int64_t>(y) & 1) != 0;
}

// x^y where x or y is zero, infinite or NaN, or x < 0: C99 Annex F.9.4.4.
double PowOfSpecial(double x, double y) {
  using internal::kInfinity;
  if (y == 0 || x == 1) return 1;
  if (x != x || y != y) return internal::kNan;
  if (y == kInfinity || y == -kInfinity) {
    if (x == -1) return 1;
    const bool grows = (x > 1 || x < -1) == (y > 0);
    return grows ? kInfinity : 0.0;
  }
  const bool negative = std::bit_cast<int64_t>(x) < 0 && IsOddInteger(y);
  if (x == 0 || x == kInfinity || x == -kInfinity) {
    const bool grows = (x != 0) == (y > 0);
    const double size = grows ? kInfinity : 0.0;
    return negative ? -size : size;
  }
  if (!IsInteger(y)) return internal::kNan;
  const double size = Pow(-x, y);
  return negative ? -size : size;
}

}  // namespace

double Pow(double x, double y) {
  using namespace internal;
  const double size = y < 0 ? -y : y;
  if (!(x > 0 && x < kInfinity && size < kInfinity) || size == 0) [[unlikely]] {
    return PowOfSpecial(x, y);
  }
  // Beyond 2^65 every x but 1 overflows or vanishes; below 2^-65 the result rounds to 1.
  if (size > 0x1p65) return x == 1 ? 1.0 : ((x > 1) == (y > 0) ? kInfinity : 0.0);
  if (size < 0x1p-65) return 1.0;
  const DoubleDouble log = LogDoubleDouble(x);
  const double estimate = log.hi * y;
  if (!(estimate < 1000 && estimate > -1000)) return estimate > 0 ? kInfinity : 0.0;
  const DoubleDouble product = TwoProduct(log.hi, y);
  return ExpDoubleDouble(product.hi, product.lo + log.lo * y);
}

}  // namespace orrery
