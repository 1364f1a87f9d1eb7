// The main indicators of runs, with intervals, as people read them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "sim/results/summary.h"

namespace orrery::cli {

// The mean of independent, identically distributed values, and half the width of its two-sided 95%
// interval by Student's t (any textbook; Law: "Simulation Modeling and Analysis", 5th ed.,
// eq. 4.12).
struct Interval {
  size_t count = 0;
  double mean = 0;
  // NaN for fewer than two values.
  double half_width = 0;
};
// At least one value; NaNs are left out, and where nothing is left, all is NaN with count 0.
Interval MeanInterval(std::span<const double> values);

struct Unit {
  double scale = 1;
  const char* name = "";
};
// A mean and its interval with as many digits as the interval lets stand; "-" for no value. `sign`:
// with a plus where it is positive.
std::string PlusMinus(const Interval& interval, const Unit& unit, bool sign = false);

// Whether a run counts where means are taken over `all`: complete ones do, and where none is, all.
bool Counts(const results::Summary& summary, std::span<const results::Summary> all);

// One indicator over several runs.
struct IndicatorLine {
  std::string service;  // whose; empty: of the whole run
  std::string label;
  Unit unit;                   // that suits the mean
  std::vector<double> values;  // by run; NaN where there is none, or the run does not count
};
// Those that some run has a value of, of the whole run first. At least one summary; all of the same
// services.
std::vector<IndicatorLine> IndicatorLines(std::span<const results::Summary> summaries);

}  // namespace orrery::cli
