// Where churn begins: the chance that a node is there at some hour of the day, long after anything
// began.
#pragma once

#include <array>

#include "sim/base/time.h"

namespace orrery::failure {

// Of one node [1/h]: in calm [0] and tight [1] times, by hour of local time.
struct PresenceRates {
  std::array<std::array<double, 24>, 2> leave{};
  std::array<std::array<double, 24>, 2> back{};
  // Of the region's market [1/h]: from calm to tight, and back. Both 0: there is none.
  double tighten = 0;
  double relax = 0;
};

// The chance that the node is on at `local` time of the day, where the market is calm [0], and
// where it is tight [1] then: the solution of period one day of
//   dp₀/dt = back₀ (1 − p₀) − leave₀ p₀ + tighten (p₁ − p₀),
//   dp₁/dt = back₁ (1 − p₁) − leave₁ p₁ + relax (p₀ − p₁)
// (Kolmogorov's forward equations, divided by the market's stationary shares, between which calm
// and tight times balance). Exact but for rounding: within an hour the rates are constant, and the
// day's map is affine. 25 exponentials of 3 × 3 matrices.
std::array<double, 2> PresenceAt(const PresenceRates& rates, Duration local);

}  // namespace orrery::failure
