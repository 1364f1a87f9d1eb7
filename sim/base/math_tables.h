// Tables of the elementary functions, computed by the compiler in 113-bit arithmetic from their
// series, so that there are no digits to trust.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace orrery::internal {

using Quad = __float128;

// The part of `value` that `double` holds, and the next 53 bits.
constexpr double Head(Quad value) { return static_cast<double>(value); }
constexpr double Tail(Quad value) { return static_cast<double>(value - Quad(Head(value))); }

// Head without its lowest `bits` bits, so that its product with a small integer is exact.
constexpr double ShortHead(Quad value, int bits) {
  const uint64_t mask = ~((uint64_t{1} << bits) - 1);
  return std::bit_cast<double>(std::bit_cast<uint64_t>(Head(value)) & mask);
}

// 2 artanh(y) = log((1 + y) / (1 − y)), for |y| ≤ 1/3.
constexpr Quad TwoArtanh(Quad y) {
  Quad sum = 0;
  Quad power = y;
  for (int k = 1; k < 90; k += 2) {
    sum += power / k;
    power *= y * y;
  }
  return 2 * sum;
}

// arctan(1 / n), for n ≥ 5.
constexpr Quad ArctanOfReciprocal(int n) {
  Quad sum = 0;
  Quad power = Quad(1) / n;
  for (int k = 1; k < 60; k += 2) {
    sum += (k % 4 == 1 ? power : -power) / k;
    power /= n * n;
  }
  return sum;
}

inline constexpr Quad kQuadLn2 = TwoArtanh(Quad(1) / 3);
// Machin's formula.
inline constexpr Quad kQuadPi = 16 * ArctanOfReciprocal(5) - 4 * ArctanOfReciprocal(239);

inline constexpr int kExpBits = 7;
inline constexpr int kExpSteps = 1 << kExpBits;

// 2^(j / 128) = head + tail.
struct Exp2Step {
  double head;
  double tail;
};
constexpr std::array<Exp2Step, kExpSteps> MakeExp2Steps() {
  std::array<Exp2Step, kExpSteps> steps{};
  for (int j = 0; j < kExpSteps; ++j) {
    const Quad x = kQuadLn2 * j / kExpSteps;
    Quad sum = 0;
    Quad term = 1;
    for (int k = 1; k < 32; ++k) {
      sum += term;
      term *= x / k;
    }
    steps[static_cast<size_t>(j)] = {Head(sum), Tail(sum)};
  }
  return steps;
}
inline constexpr std::array<Exp2Step, kExpSteps> kExp2Steps = MakeExp2Steps();

inline constexpr int kLogBits = 7;
inline constexpr int kLogSteps = 1 << kLogBits;
// A positive double is 2^k z with z in [0.6875, 1.375): one table step never straddles 1, and the
// logarithm of a number near 1 needs no cancelling k log 2.
inline constexpr uint64_t kLogOrigin = 0x3fe6000000000000;

// For z in step i of [0.6875, 1.375): a reciprocal of 12 bits with |z × reciprocal − 1| < 2^-7, and
// −log(reciprocal) = log_head + log_tail, where log_head is a multiple of 2^-42.
struct LogStep {
  double reciprocal;
  double log_head;
  double log_tail;
};
constexpr std::array<LogStep, kLogSteps> MakeLogSteps() {
  std::array<LogStep, kLogSteps> steps{};
  for (uint64_t i = 0; i < kLogSteps; ++i) {
    const double low = std::bit_cast<double>(kLogOrigin + (i << (52 - kLogBits)));
    const double high = std::bit_cast<double>(kLogOrigin + ((i + 1) << (52 - kLogBits)));
    // The two steps that touch 1 take 1 itself: there, log z ≈ z − 1 must be exact.
    const bool touches_one = low == 1 || high == 1;
    const double reciprocal =
        touches_one ? 1.0 : static_cast<double>(static_cast<int>(4096 / (low + high) + 0.5)) / 2048;
    const Quad log = -TwoArtanh((Quad(reciprocal) - 1) / (Quad(reciprocal) + 1));
    const double scaled = Head(log) * 0x1p42;
    const double rounded = static_cast<double>(static_cast<int64_t>(scaled));
    const double head = rounded * 0x1p-42;
    steps[i] = {reciprocal, head, static_cast<double>(log - Quad(head))};
  }
  return steps;
}
inline constexpr std::array<LogStep, kLogSteps> kLogSteps128 = MakeLogSteps();

}  // namespace orrery::internal
