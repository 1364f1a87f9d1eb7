// What several replications of a scenario say together: means with their confidence intervals.
#pragma once

#include <nlohmann/json.hpp>
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

// For each number in the summaries' JSON that depends on chance: {"mean", "half_width_95",
// "count"}, under the same keys. Beside it the summaries themselves, under "runs".
nlohmann::ordered_json ReplicationsJson(std::span<const results::Summary> summaries);

// The main indicators as a table for people.
std::string RenderReplications(std::span<const results::Summary> summaries, int width, bool color);

}  // namespace orrery::cli
