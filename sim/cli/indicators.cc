#include "sim/cli/indicators.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace orrery::cli {

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

template <typename Figures>
struct IndicatorOf {
  const char* label;
  double (*value)(const Figures&);
  // Seconds take the unit that suits the mean; others are scaled and carry their own.
  bool seconds;
  double scale;
  const char* unit;

  Unit UnitOf(double mean) const {
    if (!seconds) return {scale, unit};
    if (mean >= 2 * 86400) return {1.0 / 86400, " d"};
    if (mean >= 2 * 3600) return {1.0 / 3600, " h"};
    if (mean >= 120) return {1.0 / 60, " min"};
    return {1, " s"};
  }
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
    {"honest ones turned away",
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

// Each indicator's values over the runs; those that no run has are left out.
template <typename Figures, size_t kCount>
void AddLines(const IndicatorOf<Figures> (&indicators)[kCount],
              const std::vector<const Figures*>& runs, const std::string& service,
              std::vector<IndicatorLine>* lines) {
  for (const IndicatorOf<Figures>& indicator : indicators) {
    IndicatorLine line{.service = service, .label = indicator.label, .unit = {}, .values = {}};
    for (const Figures* run : runs) {
      line.values.push_back(run == nullptr ? results::kNoValue : indicator.value(*run));
    }
    const Interval interval = MeanInterval(line.values);
    if (interval.count == 0) continue;
    line.unit = indicator.UnitOf(interval.mean);
    lines->push_back(std::move(line));
  }
}

}  // namespace

bool Counts(const Summary& summary, std::span<const Summary> all) {
  return summary.complete ||
         std::none_of(all.begin(), all.end(), [](const Summary& other) { return other.complete; });
}

std::string PlusMinus(const Interval& interval, const Unit& unit, bool sign) {
  if (interval.count == 0) return "-";
  const double mean = interval.mean * unit.scale;
  // What summing in another order leaves is no width.
  const bool rounding = interval.half_width <= 1e-9 * std::abs(interval.mean);
  const double half = rounding ? 0 : interval.half_width * unit.scale;
  const int digits = half > 0 ? std::clamp(1 - static_cast<int>(std::floor(std::log10(half))), 0, 6)
                     : mean == std::floor(mean) ? 0
                                                : 2;
  std::string text =
      sign ? fmt::format("{:+.{}f}", mean, digits) : fmt::format("{:.{}f}", mean, digits);
  if (!std::isnan(half)) text += fmt::format(" ± {:.{}f}", half, digits);
  return text + unit.name;
}

std::vector<IndicatorLine> IndicatorLines(std::span<const Summary> summaries) {
  std::vector<IndicatorLine> lines;
  std::vector<const Summary*> runs;
  for (const Summary& summary : summaries)
    runs.push_back(Counts(summary, summaries) ? &summary : nullptr);
  AddLines(kIndicators, runs, "", &lines);
  for (size_t service = 0; service < summaries.front().services.size(); ++service) {
    std::vector<const ServiceFigures*> figures;
    for (const Summary* run : runs) {
      figures.push_back(run == nullptr ? nullptr : &run->services[service]);
    }
    AddLines(kServiceIndicators, figures, summaries.front().services[service].name, &lines);
  }
  return lines;
}

}  // namespace orrery::cli
