#include <array>
#include <bit>
#include <cstdint>
#include <limits>

#include "sim/base/double_double.h"
#include "sim/base/math.h"
#include "sim/base/math_tables.h"

namespace orrery {
namespace internal {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kPiHead = Head(kQuadPi);
constexpr double kPiTail = Tail(kQuadPi);
constexpr double kHalfPiHead = kPiHead / 2;
constexpr double kHalfPiTail = kPiTail / 2;

// The first 1,280 bits of 2/π behind 64 zeros.
constexpr std::array<uint64_t, 21> kTwoOverPi = {
    0,
    0xa2f9836e4e441529,
    0xfc2757d1f534ddc0,
    0xdb6295993c439041,
    0xfe5163abdebbc561,
    0xb7246e3a424dd2e0,
    0x06492eea09d1921c,
    0xfe1deb1cb129a73e,
    0xe88235f52ebb4484,
    0xe99c7026b45f7e41,
    0x3991d639835339f4,
    0x9c845f8bbdf9283b,
    0x1ff897ffde05980f,
    0xef2f118b5a0a6d1f,
    0x6d367ecf27cb09b7,
    0x4f463f669e5fea2d,
    0x7527bac7ebe5f17b,
    0x3d0739f78a5292ea,
    0x6bfb5fb11f8d5d08,
    0x56033046fc7b6bab,
    0xf0cfbc209af4361d,
};

// x = quadrant × π/2 + angle, |angle| ≤ π/4; the quadrant counts modulo 4.
struct Reduced {
  unsigned quadrant;
  DoubleDouble angle;
};

inline double KernelSin(DoubleDouble a) {
  const double z = a.hi * a.hi;
  const double z2 = z * z;
  const double series = (-1.0 / 6 + z * (1.0 / 120)) +
                        z2 * ((-1.0 / 5040 + z * (1.0 / 362880)) +
                              z2 * ((-1.0 / 39916800 + z * (1.0 / 6227020800)) +
                                    z2 * (-1.0 / 1307674368000 + z * (1.0 / 355687428096000))));
  return a.hi + (z * a.hi * series + a.lo * (1 - 0.5 * z));
}

inline double KernelCos(DoubleDouble a) {
  const double z = a.hi * a.hi;
  const double z2 = z * z;
  const double series =
      (1.0 / 24 + z * (-1.0 / 720)) +
      z2 * ((1.0 / 40320 + z * (-1.0 / 3628800)) +
            z2 * ((1.0 / 479001600 + z * (-1.0 / 87178291200)) + z2 * (1.0 / 20922789888000)));
  const DoubleDouble head = FastTwoSum(1, -0.5 * z);
  return head.hi + (head.lo + (z2 * series - a.hi * a.lo));
}

inline double SinOf(const Reduced& reduced) {
  const double value =
      (reduced.quadrant & 1) != 0 ? KernelCos(reduced.angle) : KernelSin(reduced.angle);
  return (reduced.quadrant & 2) != 0 ? -value : value;
}

// A fraction of a quarter turn [2^-128, signed] as an angle [rad].
DoubleDouble QuarterTurns(__int128 fraction) {
  const bool negative = fraction < 0;
  const unsigned __int128 size = negative ? -static_cast<unsigned __int128>(fraction)
                                          : static_cast<unsigned __int128>(fraction);
  // |fraction| ≤ ½: the high half is below 2^63.
  const int64_t high = static_cast<int64_t>(size >> 64);
  const double head = static_cast<double>(high);
  const double rest = static_cast<double>(high - static_cast<int64_t>(head));
  const double low = rest * 0x1p64 + static_cast<double>(static_cast<uint64_t>(size));
  const DoubleDouble turns = FastTwoSum(head * 0x1p-64, low * 0x1p-128);
  const DoubleDouble angle = Multiply(turns, {kHalfPiHead, kHalfPiTail});
  return negative ? DoubleDouble{-angle.hi, -angle.lo} : angle;
}

// Payne and Hanek: of x × 2/π only the bits below 4 matter, and of 2/π only those that reach them.
Reduced ReduceRadians(double x) {
  const uint64_t bits = std::bit_cast<uint64_t>(x);
  const int exponent = static_cast<int>((bits >> 52) & 0x7ff) - 1075;
  const uint64_t mantissa = (bits & ((uint64_t{1} << 52) - 1)) | (uint64_t{1} << 52);
  // |x| = mantissa × 2^exponent. The 192 bits of the table from here on count 2^(1 − exponent),
  // 2^(−exponent), …; those before them make multiples of 4.
  const unsigned start = static_cast<unsigned>(exponent - 2 + 64);
  const unsigned word = start / 64;
  const unsigned shift = start % 64;
  const auto window = [&](unsigned i) {
    const uint64_t high = kTwoOverPi[word + i] << shift;
    return shift == 0 ? high : high | (kTwoOverPi[word + i + 1] >> (64 - shift));
  };
  using Uint128 = unsigned __int128;
  const Uint128 low = Uint128{mantissa} * window(2);
  const Uint128 middle = Uint128{mantissa} * window(1) + static_cast<uint64_t>(low >> 64);
  const uint64_t high = mantissa * window(0) + static_cast<uint64_t>(middle >> 64);
  // high:middle:low counts quarter turns, 2 bits before the point.
  const uint64_t middle_word = static_cast<uint64_t>(middle);
  const uint64_t low_word = static_cast<uint64_t>(low);
  const Uint128 fraction = (((Uint128{high} << 64) | middle_word) << 2) | (low_word >> 62);
  // Taken as signed, a fraction of ½ or more is the next quarter turn less the rest.
  const unsigned quadrant = static_cast<unsigned>((high >> 62) + (fraction >> 127));
  const DoubleDouble angle = QuarterTurns(static_cast<__int128>(fraction));
  if ((bits >> 63) == 0) return {quadrant, angle};
  return {0u - quadrant, {-angle.hi, -angle.lo}};
}

// x half turns. Every step is exact but the product with π.
Reduced ReduceHalfTurns(double x) {
  constexpr double kRounder = 0x1.8p52;
  double doubled = 2 * x;
  // From 2^53 on, x is an even number of half turns.
  if (!(doubled < 0x1p54 && doubled > -0x1p54)) return {0, {0 * x, 0}};
  if (doubled >= 0x1p50 || doubled <= -0x1p50) {
    const int64_t quarters = static_cast<int64_t>(doubled);
    const double rest = doubled - static_cast<double>(quarters);
    return {static_cast<unsigned>(quarters & 3), Multiply({rest / 2, 0}, {kPiHead, kPiTail})};
  }
  const double quarters = (doubled + kRounder) - kRounder;
  const DoubleDouble half_turns = {(doubled - quarters) / 2, 0};
  return {static_cast<unsigned>(static_cast<int64_t>(quarters) & 3),
          Multiply(half_turns, {kPiHead, kPiTail})};
}

constexpr double kSmallAngle = 0.785;  // below π/4
constexpr double kTinyAngle = 0x1p-28;

bool IsFinite(double x) { return x - x == 0; }

}  // namespace
}  // namespace internal

double Sin(double x) {
  using namespace internal;
  if (x < kSmallAngle && x > -kSmallAngle) {
    // The series would lose the sign of zero.
    return x < kTinyAngle && x > -kTinyAngle ? x : KernelSin({x, 0});
  }
  if (!IsFinite(x)) return kNan;
  return SinOf(ReduceRadians(x));
}

double Cos(double x) {
  using namespace internal;
  if (x < kSmallAngle && x > -kSmallAngle) return KernelCos({x, 0});
  if (!IsFinite(x)) return kNan;
  Reduced reduced = ReduceRadians(x);
  ++reduced.quadrant;
  return SinOf(reduced);
}

double SinPi(double x) {
  using namespace internal;
  if (!IsFinite(x)) return kNan;
  if (x == 0) return x;
  if (x < kTinyAngle && x > -kTinyAngle) {
    // Products of tiny numbers may leave TwoProduct's range: scale them.
    const DoubleDouble angle = Multiply({x * 0x1p200, 0}, {kPiHead, kPiTail});
    return angle.hi * 0x1p-200;
  }
  return SinOf(ReduceHalfTurns(x));
}

double CosPi(double x) {
  using namespace internal;
  if (!IsFinite(x)) return kNan;
  Reduced reduced = ReduceHalfTurns(x);
  ++reduced.quadrant;
  return SinOf(reduced);
}

}  // namespace orrery
