#include "models/trust/challenge.h"

#include <array>
#include <limits>

#include "sim/base/check.h"
#include "sim/base/math.h"

namespace orrery::trust {

namespace {

constexpr uint32_t kMost = Streak::kMostInARow;
using Row = std::array<double, kMost>;  // by failures in a row
using Matrix = std::array<Row, kMost>;
constexpr int kPowers = 33;

double Pow(double x, uint32_t n) {
  double power = 1;
  for (uint32_t i = 0; i < n; ++i) power *= x;
  return power;
}

Matrix StepOf(double p, uint32_t row) {
  Matrix step{};
  for (uint32_t i = 0; i < row; ++i) {
    step[i][0] += 1 - p;
    if (i + 1 < row) step[i][i + 1] += p;
  }
  return step;
}

Row Times(const Row& at, const Matrix& step, uint32_t row) {
  Row next{};
  for (uint32_t i = 0; i < row; ++i) {
    for (uint32_t j = 0; j < row; ++j) next[j] += at[i] * step[i][j];
  }
  return next;
}

Matrix Square(const Matrix& step, uint32_t row) {
  Matrix square{};
  for (uint32_t i = 0; i < row; ++i) square[i] = Times(step[i], step, row);
  return square;
}

double Sum(const Row& at, uint32_t row) {
  double sum = 0;
  for (uint32_t i = 0; i < row; ++i) sum += at[i];
  return sum;
}

}  // namespace

double NormalTail(double x) {
  if (x < 0) return 1 - NormalTail(-x);
  constexpr double kRootTwoPi = 2.506628274631000502;
  const double density = Exp(-x * x / 2) / kRootTwoPi;
  if (x < 2.5) {
    double term = x, sum = x;
    for (int n = 1; term > 1e-18 * sum; ++n) sum += term *= x * x / (2 * n + 1);
    return 0.5 - density * sum;
  }
  double fraction = x;
  for (int n = 120; n > 0; --n) fraction = x + n / fraction;
  return density / fraction;
}

double FailureChance(const TimeLock& lock, const Real& real, double lasting) {
  const double time = (1 - lock.transfer) / real.compute + lock.transfer / real.bandwidth;
  const double room = Log(lock.tolerance) - (lasting + Log(time));
  double late = room < 0 ? 1 : 0;
  if (lock.jitter > 0) late = NormalTail(room / lock.jitter);
  const double there = Pow(real.memory, lock.probes);
  return late + (1 - late) * (1 - there);
}

Streak::Streak(double p, uint32_t row) : p_(p), row_(row) {
  ORRERY_CHECK(p >= 0 && p <= 1 && row >= 1 && row <= kMostInARow, p, row);
}

double Streak::Mean() const {
  if (p_ == 1) return row_;
  const double streak = Pow(p_, row_);
  if (streak == 0) return std::numeric_limits<double>::infinity();
  return (1 - streak) / ((1 - p_) * streak);
}

double Streak::Survival(uint64_t n) const {
  Row at{1};
  Matrix step = StepOf(p_, row_);
  for (; n > 0; n >>= 1) {
    if (n & 1) at = Times(at, step, row_);
    step = Square(step, row_);
  }
  return Sum(at, row_);
}

uint64_t Streak::Quantile(double u) const {
  if (p_ == 0) return kNever;
  if (p_ == 1) return row_;
  std::array<Matrix, kPowers> powers;
  powers[0] = StepOf(p_, row_);
  // Far enough once it is certain that the streak was there.
  int known = 1;
  while (known < kPowers && Sum(powers[known - 1][0], row_) > u) {
    powers[known] = Square(powers[known - 1], row_);
    ++known;
  }
  Row at{1};
  uint64_t passed = 0;
  for (int power = known; power-- > 0;) {
    const Row next = Times(at, powers[power], row_);
    if (!(Sum(next, row_) > u)) continue;
    at = next;
    passed += uint64_t{1} << power;
  }
  return passed + 1 < uint64_t{1} << 32 ? passed + 1 : kNever;
}

}  // namespace orrery::trust
