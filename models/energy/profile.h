// A rate that depends on the hour of the day and the month, and its integral over time in closed
// form: the price of electricity, or the carbon it stands for.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "sim/base/time.h"

namespace orrery::energy {

// Time is counted from the midnight (UTC) that begins a year of 365 days; the year repeats. Within
// an hour the rate is constant. All arithmetic is in integers: parts of a span add up to the whole.
class Profile {
 public:
  static constexpr int kHours = 24;
  static constexpr int kMonths = 12;

  // The same rate at all times.
  static Profile Constant(int64_t rate);
  // mean × hour factor × month factor, each rounded to an integer. Empty factors are all 1.
  static Profile Make(double mean, std::span<const double> hours, std::span<const double> months);

  // The rate at a time that is not negative.
  int64_t At(SimTime time) const;
  // The integral of the rate from `from` to `to` [rate · ns]; 0 ≤ from ≤ to. O(1).
  __int128 Integral(SimTime from, SimTime to) const;
  // This rate and another one that never changes.
  Profile Plus(int64_t rate) const;

 private:
  struct Place;
  Profile() = default;
  static Place Locate(SimTime time);
  void Sum();
  __int128 Cumulative(SimTime time) const;

  std::array<std::array<int64_t, kHours>, kMonths> rate_ = {};
  // Of the hours before this one in its day, of whole days, and of the year before each month
  // [rate · h].
  std::array<std::array<int64_t, kHours>, kMonths> before_hour_ = {};
  std::array<int64_t, kMonths> day_ = {};
  std::array<int64_t, kMonths> before_month_ = {};
  int64_t year_ = 0;
};

}  // namespace orrery::energy
