#include "sim/cli/replications.h"

#include <fmt/format.h>

#include <array>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <string_view>

#include "sim/results/render_summary.h"

namespace orrery::cli {

using nlohmann::ordered_json;
using results::HumanSeconds;
using results::ServiceFigures;
using results::Summary;

Interval MeanInterval(std::span<const double> values) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  Interval interval;
  double sum = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    ++interval.count;
    sum += value;
  }
  if (interval.count == 0) return {0, kNan, kNan};
  const auto n = static_cast<double>(interval.count);
  interval.mean = sum / n;
  if (interval.count < 2) {
    interval.half_width = kNan;
    return interval;
  }
  double squares = 0;
  for (const double value : values) {
    if (!std::isnan(value)) squares += (value - interval.mean) * (value - interval.mean);
  }
  const boost::math::students_t law(n - 1);
  const double t = boost::math::quantile(boost::math::complement(law, 0.025));
  interval.half_width = t * std::sqrt(squares / (n - 1) / n);
  return interval;
}

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

// A value and its interval with as many digits as the interval lets stand.
std::string PlusMinus(const Interval& interval, double scale, const char* unit) {
  if (interval.count == 0) return "-";
  const double half = interval.half_width * scale;
  const int digits =
      half > 0 ? std::clamp(1 - static_cast<int>(std::floor(std::log10(half))), 0, 6) : 2;
  std::string text = fmt::format("{:.{}f}", interval.mean * scale, digits);
  if (!std::isnan(half)) text += fmt::format(" ± {:.{}f}", half, digits);
  return text + unit;
}

template <typename Figures>
struct IndicatorOf {
  const char* label;
  double (*value)(const Figures&);
  // Seconds take the unit that suits the mean; others are scaled and carry their own.
  bool seconds;
  double scale;
  const char* unit;
};
using Indicator = IndicatorOf<Summary>;

constexpr Indicator kIndicators[] = {
    {"jobs finished", [](const Summary& s) { return static_cast<double>(s.jobs.finished); }, false,
     1, ""},
    {"jobs rejected", [](const Summary& s) { return static_cast<double>(s.jobs.rejected); }, false,
     1, ""},
    {"jobs in time", [](const Summary& s) { return s.jobs.slo_attainment(); }, false, 100, "%"},
    {"mean wait", [](const Summary& s) { return s.wait_s.mean; }, true, 1, ""},
    {"p95 wait", [](const Summary& s) { return s.wait_s.p95; }, true, 1, ""},
    {"mean JCT", [](const Summary& s) { return s.jct_s.mean; }, true, 1, ""},
    {"p95 JCT", [](const Summary& s) { return s.jct_s.p95; }, true, 1, ""},
    {"mean bounded slowdown", [](const Summary& s) { return s.bounded_slowdown.mean; }, false, 1,
     ""},
    {"makespan", [](const Summary& s) { return s.makespan_s; }, true, 1, ""},
    {"GPU use", [](const Summary& s) { return s.utilisation.gpu; }, false, 100, "%"},
    {"GPU-hours lost", [](const Summary& s) { return s.gpu_hours.lost; }, false, 1, ""},
    {"mean fragmentation", [](const Summary& s) { return s.fragmentation.mean; }, false, 100, "%"},
    {"cost to users", [](const Summary& s) { return s.cost_usd; }, false, 1, " USD"},
    {"electricity",
     [](const Summary& s) {
       if (!s.energy) return results::kNoValue;
       return s.energy->busy_kwh + s.energy->idle_kwh + (s.mining ? s.mining->kwh : 0);
     },
     false, 1, " kWh"},
    {"electricity cost",
     [](const Summary& s) { return s.energy ? s.energy->usd : results::kNoValue; }, false, 1,
     " USD"},
    {"carbon", [](const Summary& s) { return s.energy ? s.energy->carbon_kg : results::kNoValue; },
     false, 1, " kg"},
    {"GPU-hours mined",
     [](const Summary& s) { return s.mining ? s.mining->gpu_hours : results::kNoValue; }, false, 1,
     ""},
    {"profit of mining",
     [](const Summary& s) { return s.mining ? s.mining->profit_usd : results::kNoValue; }, false, 1,
     " USD"},
    {"owners' profit",
     [](const Summary& s) { return s.energy ? s.energy->owner_profit_usd : results::kNoValue; },
     false, 1, " USD"},
    {"GPU-hours sold by fakes",
     [](const Summary& s) { return s.trust ? s.trust->fake_gpu_hours : results::kNoValue; }, false,
     1, ""},
    {"fakes never found out",
     [](const Summary& s) { return s.trust ? s.trust->undetected_share : results::kNoValue; },
     false, 100, "%"},
    {"time to find a fake",
     [](const Summary& s) { return s.trust ? s.trust->mean_detection_s : results::kNoValue; }, true,
     1, ""},
    {"jobs harmed by fakes",
     [](const Summary& s) {
       return s.trust ? static_cast<double>(s.trust->jobs_harmed) : results::kNoValue;
     },
     false, 1, ""},
    {"honest devices barred",
     [](const Summary& s) {
       return s.trust ? static_cast<double>(s.trust->honest_refused + s.trust->honest_suspended)
                      : results::kNoValue;
     },
     false, 1, ""},
    {"Jain's index (pace)", [](const Summary& s) { return s.per_user.jain_pace; }, false, 1, ""},
};

constexpr IndicatorOf<ServiceFigures> kServiceIndicators[] = {
    {"within the SLO", [](const ServiceFigures& s) { return s.slo_attainment; }, false, 100, "%"},
    {"mean TTFT", [](const ServiceFigures& s) { return s.ttft_s.mean; }, true, 1, ""},
    {"p95 TTFT", [](const ServiceFigures& s) { return s.ttft_s.p95; }, true, 1, ""},
    {"mean TBT", [](const ServiceFigures& s) { return s.tbt_s.mean; }, true, 1, ""},
    {"replica-hours", [](const ServiceFigures& s) { return s.replica_hours; }, false, 1, ""},
    {"prompts cached", [](const ServiceFigures& s) { return s.cached_prompt_share; }, false, 100,
     "%"},
};

template <typename Figures>
std::string Show(const IndicatorOf<Figures>& indicator, const Interval& interval) {
  if (!indicator.seconds) return PlusMinus(interval, indicator.scale, indicator.unit);
  if (interval.mean >= 2 * 86400) return PlusMinus(interval, 1.0 / 86400, " d");
  if (interval.mean >= 2 * 3600) return PlusMinus(interval, 1.0 / 3600, " h");
  if (interval.mean >= 120) return PlusMinus(interval, 1.0 / 60, " min");
  return PlusMinus(interval, 1, " s");
}

}  // namespace

ordered_json ReplicationsJson(std::span<const Summary> summaries) {
  ordered_json runs = ordered_json::array();
  for (const Summary& summary : summaries) runs.push_back(ToJson(summary));
  std::vector<const ordered_json*> trees;
  for (const ordered_json& run : runs) trees.push_back(&run);
  ordered_json result;
  result["scenario"] = summaries.front().scenario;
  result["version"] = summaries.front().version;
  result["seed"] = summaries.front().seed;
  result["replications"] = summaries.size();
  result["intervals"] = Intervals(trees);
  result["runs"] = std::move(runs);
  return result;
}

std::string RenderReplications(std::span<const Summary> summaries, int width, bool color) {
  const char* bold = color ? "\033[1m" : "";
  const char* faint = color ? "\033[2m" : "";
  const char* plain = color ? "\033[0m" : "";
  std::string text =
      fmt::format("{}{}{}  seed {}, {} replications\n", bold, summaries.front().scenario, plain,
                  summaries.front().seed, summaries.size());
  for (int i = 0; i < std::clamp(width, 60, 120); ++i) text += "─";
  text += fmt::format("\n{}{:<24}mean ± half the 95% interval (Student's t){}\n", faint, "", plain);
  std::vector<double> values(summaries.size());
  for (const Indicator& indicator : kIndicators) {
    for (size_t i = 0; i < summaries.size(); ++i) values[i] = indicator.value(summaries[i]);
    const Interval interval = MeanInterval(values);
    if (interval.count == 0) continue;
    text += fmt::format("{}{:<24}{}{}\n", faint, indicator.label, plain, Show(indicator, interval));
  }
  for (size_t service = 0; service < summaries.front().services.size(); ++service) {
    text += fmt::format("{}{}{}\n", bold, summaries.front().services[service].name, plain);
    for (const auto& indicator : kServiceIndicators) {
      for (size_t i = 0; i < summaries.size(); ++i) {
        values[i] = indicator.value(summaries[i].services[service]);
      }
      const Interval interval = MeanInterval(values);
      if (interval.count == 0) continue;
      text +=
          fmt::format("{}{:<24}{}{}\n", faint, indicator.label, plain, Show(indicator, interval));
    }
  }
  return text;
}

}  // namespace orrery::cli
