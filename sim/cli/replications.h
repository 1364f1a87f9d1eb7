// What several replications of a scenario say together: means with their confidence intervals.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "sim/results/summary.h"

namespace orrery::cli {

// Of the same numbers in the JSON of several runs. At least one.
nlohmann::ordered_json IntervalsJson(std::span<const nlohmann::ordered_json> runs);

// For each number in the summaries' JSON that depends on chance: {"mean", "half_width_95",
// "count"}, under the same keys. Beside it the summaries themselves, under "runs".
nlohmann::ordered_json ReplicationsJson(std::span<const results::Summary> summaries);

// The main indicators as a table for people.
std::string RenderReplications(std::span<const results::Summary> summaries, int width, bool color);

}  // namespace orrery::cli
