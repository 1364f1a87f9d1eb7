// What all contenders of the hold benchmark share: increments, and state that a handler touches.
//
// The hold model: n events are pending; each step takes the first one, touches its entity's state
// (one cache line, at random since event order is random) and schedules the entity's next event.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace orrery::bench {

// Random increments of time [ns] by the inverse of their distribution function, tabulated at 1,024
// points and interpolated: a few instructions a draw, so that what is measured is the queue and not
// the logarithm. Every contender draws the same sequence.
class Increments {
 public:
  // Mean about `mean`.
  static Increments Exponential(double mean) {
    return Increments([=](double p) { return -std::log1p(-p) * mean; }, 1);
  }
  // Pareto with minimum `scale` and shape 1.1: infinite variance.
  static Increments HeavyTailed(double scale) {
    return Increments([=](double p) { return scale * std::pow(1 - p, -1 / 1.1); }, 1);
  }
  // Nine tenths about `mean`, one tenth ten thousand times that.
  static Increments Bimodal(double mean) {
    return Increments(
        [=](double p) {
          return p < 0.9 ? mean * (0.5 + p / 0.9) : 1e4 * mean * (0.5 + (p - 0.9) / 0.1);
        },
        1);
  }
  // Between `low` and `high`.
  static Increments Uniform(double low, double high) {
    return Increments([=](double p) { return low + p * (high - low); }, 1);
  }
  // One to `count` ticks of 2^27 ns, a seventh of a second, so that many events share each instant.
  static Increments Ticks(int count) {
    constexpr int64_t kTick = int64_t{1} << 27;
    return Increments([=](double p) { return static_cast<double>(kTick) * p * count; }, kTick);
  }

  int64_t Next() {
    const uint64_t bits = NextBits();
    const uint64_t cell = bits >> (64 - kCellBits);
    const int64_t fraction = static_cast<int64_t>((bits >> 20) & 0xffff);
    const int64_t low = quantiles_[cell];
    const int64_t value = low + (((quantiles_[cell + 1] - low) * fraction) >> 16);
    return (value | (tick_ - 1)) + 1;
  }
  // SplitMix64 (Steele, Lea, Flood 2014).
  uint64_t NextBits() {
    uint64_t x = seed_ += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }

 private:
  static constexpr int kCellBits = 10;

  // Values are rounded up to multiples of `tick`, a power of two.
  template <typename Quantile>
  Increments(Quantile&& quantile, int64_t tick) : tick_(tick) {
    for (size_t i = 0; i < quantiles_.size(); ++i) {
      // The last point stands a hundredth of a cell before 1, where quantiles may be infinite.
      const double cells = std::min(static_cast<double>(i), (1 << kCellBits) - 0.01);
      quantiles_[i] = static_cast<int64_t>(quantile(cells / (1 << kCellBits)));
    }
  }

  std::array<int64_t, (1 << kCellBits) + 1> quantiles_;
  int64_t tick_;
  uint64_t seed_ = 1;
};

// State of an entity: one cache line.
struct alignas(64) EntityState {
  uint64_t events = 0;
  int64_t last_time = 0;
  uint64_t other[6] = {};

  void Touch(int64_t time) {
    ++events;
    last_time = time;
  }
};

}  // namespace orrery::bench
