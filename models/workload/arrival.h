// When jobs arrive: the parameters of the arrival process.
//
// Three processes, each with an optional shape over the hours of the day and the days of the week
// in the local time of the job's region:
//   poisson  non-homogeneous Poisson process; without a shape its gaps are plain exponential ones
//   mmpp     Markov-modulated Poisson process: the rate jumps between states (bursts, quiet nights)
//   gamma    renewal process with Gamma distributed gaps (cv > 1: bursts; cv = 0: a metronome)
//
// poisson and mmpp are thinned (Lewis and Shedler 1979, "Simulation of nonhomogeneous Poisson
// processes by thinning", algorithm 1) from one fixed superset: candidate i has its own gap, region
// and acceptance draws whatever the rate is. gamma is drawn in operational time and mapped through
// the inverse of the cumulated rate (Çinlar's method), since thinning would wash its bursts out.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "sim/base/ids.h"
#include "sim/base/result.h"
#include "sim/base/time.h"

namespace orrery::workload {

// More than this many arrivals an hour is a slip of the units: 300,000 a second.
inline constexpr double kMostPerHour = 1e9;

struct PoissonArrivals {};

// States are visited in turn, 0 → 1 → … → 0, starting from the stationary distribution. With two
// states this is the usual two-state MMPP (Fischer and Meier-Hellstern 1993).
struct MmppArrivals {
  struct State {
    double rate = 1;  // relative to the other states; the mean over time becomes rate_per_h
    Duration mean_sojourn = {};  // exponential
  };
  std::vector<State> states = {};
};

struct GammaArrivals {
  // Standard deviation of a gap over its mean, before the shape is applied; 0: constant gaps.
  double cv = 1;
};

using ArrivalLaw = std::variant<PoissonArrivals, MmppArrivals, GammaArrivals>;

// Relative rates over a week of local time; any positive scale, their mean becomes 1.
// rate(t) ∝ daily[hour] × weekly[day], constant over an hour.
struct RateShape {
  std::vector<double> daily = {};   // 24 values, 00–01 h first; empty: flat
  std::vector<double> weekly = {};  // 7 values, Monday first; empty: flat
  // 24 values that stand in for `daily` on Saturday and Sunday; empty: `daily` holds there too.
  std::vector<double> weekend_daily = {};
  bool flat() const { return daily.empty() && weekly.empty() && weekend_daily.empty(); }
};

// Where users are: a job's region is drawn by weight, its shape runs on that region's clock.
struct RegionShare {
  RegionId region = {};
  double weight = 1;
  Duration utc_offset = {};  // local time − UTC; quarters of an hour
};

struct ArrivalParams {
  // Arrivals (an entire bag counts as one) an hour, the mean over a week.
  double rate_per_h = 1;
  ArrivalLaw law = PoissonArrivals{};
  RateShape shape = {};
  // UTC at SimTime::Zero(), as time since Monday 00:00.
  Duration start_of_week = {};
  // Rate of the superset that candidates are thinned from [1/h]; 0: the highest rate that
  // rate_per_h, shape and states reach. Give one number to several scenarios and the jobs of the
  // one with the lower rate_per_h are among the jobs of the one with the higher, at the same times.
  // An error below the highest rate; gamma takes none.
  double superset_rate_per_h = 0;
};

// Append a finding for every parameter that makes no sense; `place` is that of the whole.
void CheckArrivals(const ArrivalParams& params, const std::string& place,
                   std::vector<Finding>* findings);
void CheckRegionShares(const std::vector<RegionShare>& regions, const std::string& place,
                       std::vector<Finding>* findings);

}  // namespace orrery::workload
