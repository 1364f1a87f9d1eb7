#include "sim/cli/replications.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "sim/cli/indicators.h"

namespace orrery::cli {

using nlohmann::ordered_json;
using results::Summary;

namespace {

// What does not depend on chance, or is no quantity.
bool IsQuantity(std::string_view key) {
  constexpr std::string_view kOthers[] = {"seed",           "replicate",    "measured",
                                          "policy_seconds", "wall_seconds", "complete"};
  for (const std::string_view other : kOthers) {
    if (key == other) return false;
  }
  return true;
}

// Walks the first summary's keys; a key that another summary lacks counts as no value there.
ordered_json Intervals(const std::vector<const ordered_json*>& trees) {
  ordered_json result = ordered_json::object();
  for (const auto& [key, value] : trees.front()->items()) {
    if (!IsQuantity(key)) continue;
    std::vector<const ordered_json*> below;
    std::vector<double> numbers;
    for (const ordered_json* tree : trees) {
      const auto found = tree->find(key);
      if (found == tree->end()) continue;
      if (found->is_object()) below.push_back(&*found);
      if (found->is_number()) numbers.push_back(found->get<double>());
    }
    if (value.is_object() && !below.empty()) {
      result[key] = Intervals(below);
    } else if (!numbers.empty()) {
      const Interval interval = MeanInterval(numbers);
      // NaN, the width of a single value, is null in JSON.
      result[key] = {{"mean", interval.mean},
                     {"half_width_95", interval.half_width},
                     {"count", interval.count}};
    }
  }
  return result;
}

}  // namespace

ordered_json IntervalsJson(std::span<const ordered_json> runs) {
  std::vector<const ordered_json*> trees;
  for (const ordered_json& run : runs) trees.push_back(&run);
  return Intervals(trees);
}

ordered_json ReplicationsJson(std::span<const Summary> summaries) {
  std::vector<ordered_json> runs, counted;
  for (const Summary& summary : summaries) {
    runs.push_back(ToJson(summary));
    if (Counts(summary, summaries)) counted.push_back(runs.back());
  }
  ordered_json result;
  result["scenario"] = summaries.front().scenario;
  result["version"] = summaries.front().version;
  result["seed"] = summaries.front().seed;
  result["replications"] = summaries.size();
  result["intervals"] = IntervalsJson(counted);
  result["runs"] = std::move(runs);
  return result;
}

std::string RenderReplications(std::span<const Summary> summaries, int width, bool color) {
  const char* bold = color ? "\033[1m" : "";
  const char* faint = color ? "\033[2m" : "";
  const char* plain = color ? "\033[0m" : "";
  std::string text =
      fmt::format("{}{}{}  seed {}, {} replications", bold, summaries.front().scenario, plain,
                  summaries.front().seed, summaries.size());
  const auto partial = std::count_if(summaries.begin(), summaries.end(),
                                     [](const Summary& summary) { return !summary.complete; });
  const bool left_out = partial < static_cast<ptrdiff_t>(summaries.size());
  text += partial == 0 ? "\n"
                       : fmt::format(", {} of them partial{}\n", partial,
                                     left_out ? " and not in the means" : "");
  for (int i = 0; i < std::clamp(width, 60, 120); ++i) text += "─";
  text += fmt::format("\n{}{:<24}mean ± half the 95% interval (Student's t){}\n", faint, "", plain);
  std::string service;
  for (const IndicatorLine& line : IndicatorLines(summaries)) {
    if (line.service != service) text += fmt::format("{}{}{}\n", bold, line.service, plain);
    service = line.service;
    text += fmt::format("{}{:<24}{}{}\n", faint, line.label, plain,
                        PlusMinus(MeanInterval(line.values), line.unit));
  }
  return text;
}

}  // namespace orrery::cli
