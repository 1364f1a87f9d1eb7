#include "sim/cli/arms.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <utility>

#include "sim/cli/indicators.h"
#include "sim/cli/replications.h"

namespace orrery::cli {

using nlohmann::ordered_json;
using results::Summary;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::string Trimmed(std::string text) {
  text.erase(0, text.find_first_not_of(' '));
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

// The texts between those commas that no bracket and no quote encloses; none where one of these is
// not closed.
std::vector<std::string> SplitValues(const std::string& text) {
  std::vector<std::string> values(1);
  int depth = 0;
  char quote = 0;
  for (const char c : text) {
    const bool opens = depth > 0 || values.back().find_first_not_of(' ') == std::string::npos;
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if ((c == '\'' || c == '"') && opens) {
      quote = c;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      --depth;
    } else if (c == ',' && depth == 0) {
      values.emplace_back();
      continue;
    }
    values.back() += c;
  }
  if (depth != 0 || quote != 0) return {};
  for (std::string& value : values) value = Trimmed(std::move(value));
  return values;
}

bool Complete(const Arm& arm) {
  return !arm.broken && std::all_of(arm.summaries.begin(), arm.summaries.end(),
                                    [](const Summary& summary) { return summary.complete; });
}

// For each run of `arm` that of the same replication in `first`; none where it or this is missing
// or broke off.
std::vector<const Summary*> PartnersOf(const Arm& arm, const Arm& first) {
  std::vector<const Summary*> partners;
  for (const Summary& run : arm.summaries) {
    const auto partner =
        std::find_if(first.summaries.begin(), first.summaries.end(), [&](const Summary& other) {
          return other.replicate == run.replicate && other.complete && run.complete;
        });
    partners.push_back(partner == first.summaries.end() ? nullptr : &*partner);
  }
  return partners;
}

const IndicatorLine* Find(const std::vector<IndicatorLine>& lines, const IndicatorLine& like) {
  for (const IndicatorLine& line : lines) {
    if (line.service == like.service && line.label == like.label) return &line;
  }
  return nullptr;
}

// Every indicator that some arm has, in the order in which they are told.
std::vector<IndicatorLine> Union(const std::vector<std::vector<IndicatorLine>>& arms) {
  std::vector<IndicatorLine> all = arms.front();
  for (const std::vector<IndicatorLine>& lines : arms) {
    auto next = all.begin();
    for (const IndicatorLine& line : lines) {
      const auto same = std::find_if(all.begin(), all.end(), [&](const IndicatorLine& other) {
        return other.service == line.service && other.label == line.label;
      });
      next = (same == all.end() ? all.insert(next, line) : same) + 1;
    }
  }
  return all;
}

// A line of `arm` less that of its first arm, run by run.
Interval Difference(const IndicatorLine& line, const Arm& arm, const IndicatorLine& of_first,
                    const Arm& first) {
  const std::vector<const Summary*> partners = PartnersOf(arm, first);
  std::vector<double> differences;
  for (size_t run = 0; run < partners.size(); ++run) {
    differences.push_back(kNan);
    if (partners[run] == nullptr) continue;
    const double here = line.values[run];
    const double there =
        of_first.values[static_cast<size_t>(partners[run] - first.summaries.data())];
    // Sums of the same money in another order.
    constexpr double kRounding = 1e-9;
    differences.back() = std::abs(here - there) <= kRounding * std::abs(there) ? 0 : here - there;
  }
  return MeanInterval(differences);
}

// The numbers of `tree` less those that stand under the same keys in `other`.
ordered_json Minus(const ordered_json& tree, const ordered_json& other) {
  ordered_json result = ordered_json::object();
  for (const auto& [key, value] : tree.items()) {
    const auto found = other.find(key);
    if (found == other.end()) continue;
    if (value.is_object() && found->is_object()) result[key] = Minus(value, *found);
    if (value.is_number() && found->is_number()) {
      result[key] = value.get<double>() - found->get<double>();
    }
  }
  return result;
}

ordered_json DifferenceJson(const Arm& arm, const Arm& first) {
  const std::vector<const Summary*> partners = PartnersOf(arm, first);
  std::vector<ordered_json> differences;
  for (size_t run = 0; run < partners.size(); ++run) {
    if (partners[run] == nullptr) continue;
    differences.push_back(Minus(ToJson(arm.summaries[run]), ToJson(*partners[run])));
  }
  return differences.empty() ? ordered_json::object() : IntervalsJson(differences);
}

}  // namespace

Result<ArmValues> ParseArms(const std::string& text) {
  const auto refuse = [&](const std::string& why) {
    return MakeError("orrery run", "--arms: got '" + text + "', " + why);
  };
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return refuse("expected KEY=VALUE,VALUE,…, for example network.topology=mesh,relay");
  }
  ArmValues arms{.key = Trimmed(text.substr(0, equals)),
                 .values = SplitValues(text.substr(equals + 1))};
  if (arms.key == "replications" || arms.key == "seed") {
    return refuse("but all arms have the same random numbers, of the same seed and replications");
  }
  if (arms.key == "outputs.file") return refuse("but --output names the files of all arms");
  if (arms.values.empty()) return refuse("in which a bracket or a quote is not closed");
  for (size_t i = 0; i < arms.values.size(); ++i) {
    if (arms.values[i].empty()) return refuse("expected a value before and after each comma");
    if (std::find(arms.values.begin(), arms.values.begin() + static_cast<ptrdiff_t>(i),
                  arms.values[i]) != arms.values.begin() + static_cast<ptrdiff_t>(i)) {
      return refuse("which names '" + arms.values[i] + "' twice");
    }
  }
  if (arms.values.size() < 2) {
    return refuse("expected at least two values with commas between them; --set gives a key one");
  }
  return arms;
}

std::string ArmSuffix(const ArmValues& arms, size_t arm) {
  const auto plain = [](const std::string& value) {
    return std::all_of(value.begin(), value.end(), [](unsigned char c) {
      return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
    });
  };
  const bool all = std::all_of(arms.values.begin(), arms.values.end(), plain);
  return "-" + (all ? arms.values[arm] : std::to_string(arm));
}

std::string RenderArms(const std::string& key, std::span<const Arm> arms, const Style& style) {
  const char* bold = style.color ? "\033[1m" : "";
  const char* plain = style.color ? "\033[0m" : "";
  const Arm& first = arms.front();
  const Summary& run = first.summaries.front();
  std::string text =
      fmt::format("{}{}{}  seed {}, {} replication{} of each {}\n", bold, run.scenario, plain,
                  run.seed, first.summaries.size(), first.summaries.size() == 1 ? "" : "s", key);
  text += first.summaries.size() == 1
              ? "one run of each: differences may be chance\n"
              : "mean ± half the 95% interval; differences are taken replication by replication\n";
  std::vector<std::vector<IndicatorLine>> lines;
  for (const Arm& arm : arms) lines.push_back(IndicatorLines(arm.summaries));

  std::vector<std::vector<std::string>> rows(1, {""});
  for (const Arm& arm : arms) rows[0].push_back(arm.value + (Complete(arm) ? "" : " (partial)"));
  std::string service;
  for (const IndicatorLine& line : Union(lines)) {
    if (line.service != service) rows.push_back({line.service});
    service = line.service;
    const IndicatorLine* base = Find(lines.front(), line);
    std::vector<std::string> values = {line.label};
    std::vector<std::string> differences = {"  less " + first.value, ""};
    bool differ = false;
    values.push_back(
        PlusMinus(base == nullptr ? Interval() : MeanInterval(base->values), line.unit));
    for (size_t i = 1; i < arms.size(); ++i) {
      const IndicatorLine* other = Find(lines[i], line);
      const Interval mean = other == nullptr ? Interval() : MeanInterval(other->values);
      const Interval difference = other == nullptr || base == nullptr
                                      ? Interval()
                                      : Difference(*other, arms[i], *base, first);
      differ =
          differ || (difference.count > 0 && (difference.mean != 0 || difference.half_width > 0));
      values.push_back(PlusMinus(mean, line.unit));
      differences.push_back(PlusMinus(difference, line.unit, /*sign=*/true));
    }
    rows.push_back(std::move(values));
    if (differ) rows.push_back(std::move(differences));
  }
  for (auto& row : rows) row.resize(arms.size() + 1);
  return text + AlignedTable(rows, style);
}

ordered_json ArmsJson(const std::string& key, std::span<const Arm> arms) {
  ordered_json result;
  result["key"] = key;
  result["arms"] = ordered_json::array();
  for (const Arm& arm : arms) {
    ordered_json one;
    one["value"] = arm.value;
    one.update(ReplicationsJson(arm.summaries));
    if (&arm != &arms.front()) one["difference"] = DifferenceJson(arm, arms.front());
    result["arms"].push_back(std::move(one));
  }
  return result;
}

}  // namespace orrery::cli
