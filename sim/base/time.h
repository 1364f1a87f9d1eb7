// Simulated time as strong types: `Duration` and `SimTime`, both int64 nanoseconds.
//
// A SimTime counts from the start of a run (0) and reaches ±292 years. Arithmetic is plain integer
// arithmetic, so equal inputs give equal bits everywhere; overflow is a bug of the caller.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

#include "sim/base/check.h"

namespace orrery {

// A span of time [ns]; may be negative.
class Duration {
 public:
  constexpr Duration() = default;
  static constexpr Duration Nanos(int64_t ns) { return Duration(ns); }
  static constexpr Duration Micros(int64_t us) { return Duration(us * 1'000); }
  static constexpr Duration Millis(int64_t ms) { return Duration(ms * 1'000'000); }
  static constexpr Duration Seconds(int64_t s) { return Duration(s * 1'000'000'000); }
  static constexpr Duration Minutes(int64_t m) { return Seconds(m * 60); }
  static constexpr Duration Hours(int64_t h) { return Seconds(h * 3600); }
  // Nearest nanosecond to `s` seconds, halves away from zero. |s| must be below 9.2e9.
  static constexpr Duration FromSeconds(double s) {
    ORRERY_CHECK(s > -9.2e9 && s < 9.2e9, s);
    return Duration(static_cast<int64_t>(s * 1e9 + (s < 0 ? -0.5 : 0.5)));
  }
  static constexpr Duration Max() { return Duration(std::numeric_limits<int64_t>::max()); }

  constexpr int64_t nanos() const { return ns_; }
  constexpr double seconds() const { return static_cast<double>(ns_) * 1e-9; }
  constexpr double hours() const { return static_cast<double>(ns_) / 3.6e12; }

  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator-() const { return Duration(-ns_); }
  constexpr Duration operator+(Duration o) const { return Duration(ns_ + o.ns_); }
  constexpr Duration operator-(Duration o) const { return Duration(ns_ - o.ns_); }
  constexpr Duration operator*(int64_t k) const { return Duration(ns_ * k); }
  constexpr Duration operator/(int64_t k) const { return Duration(ns_ / k); }
  constexpr int64_t operator/(Duration o) const { return ns_ / o.ns_; }
  constexpr Duration& operator+=(Duration o) {
    ns_ += o.ns_;
    return *this;
  }
  constexpr Duration& operator-=(Duration o) {
    ns_ -= o.ns_;
    return *this;
  }

 private:
  explicit constexpr Duration(int64_t ns) : ns_(ns) {}
  int64_t ns_ = 0;
};

// A point in simulated time [ns since the start of the run].
class SimTime {
 public:
  constexpr SimTime() = default;
  static constexpr SimTime FromNanos(int64_t ns) { return SimTime(ns); }
  static constexpr SimTime FromSeconds(double s) {
    return SimTime(Duration::FromSeconds(s).nanos());
  }
  static constexpr SimTime Zero() { return SimTime(0); }
  // Later than every time a run can reach: "never".
  static constexpr SimTime Never() { return SimTime(std::numeric_limits<int64_t>::max()); }

  constexpr int64_t nanos() const { return ns_; }
  constexpr double seconds() const { return static_cast<double>(ns_) * 1e-9; }

  constexpr auto operator<=>(const SimTime&) const = default;
  constexpr SimTime operator+(Duration d) const { return SimTime(ns_ + d.nanos()); }
  constexpr SimTime operator-(Duration d) const { return SimTime(ns_ - d.nanos()); }
  constexpr Duration operator-(SimTime o) const { return Duration::Nanos(ns_ - o.ns_); }
  constexpr SimTime& operator+=(Duration d) {
    ns_ += d.nanos();
    return *this;
  }

 private:
  explicit constexpr SimTime(int64_t ns) : ns_(ns) {}
  int64_t ns_ = 0;
};

}  // namespace orrery
