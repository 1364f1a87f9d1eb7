// Proofs of work with a time-lock: how often a device fails one, and after how many of them it has
// failed too often.
#pragma once

#include <cstdint>

namespace orrery::trust {

// What a device really has, as shares of what it claims; all above 0.
struct Real {
  double compute = 1;
  double memory = 1;
  double bandwidth = 1;
};

// A proof is an amount of compute and of data to move that the claimed device does in the time
// agreed, over random places of its memory. It fails if it takes longer than `tolerance` times the
// time agreed, or if one of the places is not there.
struct TimeLock {
  // Assumption: time_lock: twice the time, as some cards of a kind take half as long again as the
  // median one (Sinha et al., "Not All GPUs Are Created Equal", SC22).
  double tolerance = 2;
  // Standard deviation of the logarithm of the time, from proof to proof. Assumption: proof_jitter.
  double jitter = 0.15;
  // The same between cards of one model, for good. Assumption: card_spread: that the 8% by which
  // cards differ in Sinha et al. are two standard deviations.
  double spread = 0.04;
  // Share of the time agreed that goes into moving data. Assumption: proof_transfer.
  double transfer = 0.2;
  // Places of the memory that a proof looks at. Assumption: memory_probes.
  uint32_t probes = 1;
};

// The chance that a normal variable is more than `x` standard deviations above its mean. Relative
// error below 1e-12. M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions", 1964,
// 26.2.11 and 26.2.14.
double NormalTail(double x);

// The chance to fail one proof. The time taken, over the time agreed, is log-normal:
//   ln t ~ Normal(lasting + ln((1 − transfer) / compute + transfer / bandwidth), jitter²),
// and each place is there with chance `memory`:
//   P(fail) = 1 − P(t ≤ tolerance) · memory^probes.
// `lasting`: the card's own deviation, Normal(0, spread²).
double FailureChance(const TimeLock& lock, const Real& real, double lasting);

// The number of challenges until `row` in a row have failed, each by itself with chance `p`: a
// Markov chain of the failures in a row so far.
class Streak {
 public:
  static constexpr uint64_t kNever = UINT64_MAX;

  // 0 ≤ p ≤ 1, 1 ≤ row ≤ kMostInARow. O(row³ log n) for n challenges.
  Streak(double p, uint32_t row);
  static constexpr uint32_t kMostInARow = 8;

  // (1 − p^row) / ((1 − p) p^row): W. Feller, "An Introduction to Probability Theory and Its
  // Applications", volume 1, 1968, XIII.7. Infinite where p is 0.
  double Mean() const;
  // P(more than n challenges).
  double Survival(uint64_t n) const;
  // The n with P(more than n) ≤ u < P(more than n − 1), by the powers of the chain's matrix; kNever
  // beyond 2^32. With u uniform, n has the law of the streak.
  uint64_t Quantile(double u) const;

 private:
  double p_;
  uint32_t row_;
};

}  // namespace orrery::trust
