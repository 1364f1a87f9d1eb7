#include "models/workload/presets.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "sim/base/check.h"
#include "sim/base/text.h"

namespace orrery::workload {
namespace {

// A rate, relative rates by hour and by day (Monday first), and two burst states.
struct ArrivalData {
  double rate_per_h;
  double daily[24];
  double weekly[7];
  struct {
    double rate;
    double mean_sojourn_h;
  } states[2];
};

// Jobs of one size: log-normal run times, cut at the longest; a median of 0 stands for a table.
struct SizeData {
  double weight;
  double gpus;
  double median_s;
  double sigma;
  double longest_s;
};

#include "models/workload/preset_data.inc"

constexpr PresetInfo kPresets[] = {
    {"acme_helios", "four clusters of SenseTime, 2020: 1.6 million GPU jobs, up to 2,048 GPUs",
     "acme-summary, row Helios (Hu et al., SC 2021)"},
    {"acme_kalos", "LLM development, 2023: 20 thousand GPU jobs, up to 1,024 GPUs",
     "acme-summary, row Kalos (Hu et al., NSDI 2024)"},
    {"acme_pai", "Alibaba PAI, 2020: 1 million jobs, many on a share of a GPU",
     "acme-summary, row PAI (Weng et al., NSDI 2022)"},
    {"acme_philly", "Microsoft Philly, 2017: 113 thousand jobs with their whole run times",
     "acme-summary, row Philly (Jeon et al., ATC 2019)"},
    {"acme_seren", "LLM development, 2023: 664 thousand GPU jobs, up to 1,024 GPUs",
     "acme-summary, row Seren (Hu et al., NSDI 2024)"},
    {"helios_venus", "the Venus cluster of Helios, 2020: a strong day and night, large jobs",
     "helios-venus-arrivals; run times: acme-summary, row Helios"},
    {"philly", "Microsoft Philly, 2017: bursts of submissions, run times that depend on size",
     "philly (Jeon et al., ATC 2019, as filtered for Sia, SOSP 2023)"},
};

ArrivalParams Arrivals(const ArrivalData& data) {
  ArrivalParams params{.rate_per_h = data.rate_per_h};
  const auto flat = [](double rate) { return rate == 1; };
  if (!std::all_of(std::begin(data.daily), std::end(data.daily), flat)) {
    params.shape.daily.assign(std::begin(data.daily), std::end(data.daily));
  }
  if (!std::all_of(std::begin(data.weekly), std::end(data.weekly), flat)) {
    params.shape.weekly.assign(std::begin(data.weekly), std::end(data.weekly));
  }
  MmppArrivals bursts;
  for (const auto& state : data.states) {
    bursts.states.push_back(
        {.rate = state.rate, .mean_sojourn = Duration::FromSeconds(3600 * state.mean_sojourn_h)});
  }
  params.law = bursts;
  return params;
}

// Philly's table of run times for jobs of `gpus` GPUs.
Empirical PhillyTable(uint32_t gpus) {
  const double* values = gpus >= 12  ? kPhilly12
                         : gpus >= 8 ? kPhilly8
                         : gpus >= 4 ? kPhilly4
                         : gpus >= 2 ? kPhilly2
                                     : kPhilly1;
  Empirical law;
  for (size_t i = 0; i < std::size(kGrid); ++i) law.points.push_back({kGrid[i], values[i]});
  return law;
}

GeneratorParams Make(std::string_view name, const ArrivalParams& arrivals,
                     std::span<const SizeData> sizes) {
  GeneratorParams params{.name = std::string(name), .arrivals = arrivals};
  Population population{.name = std::string(name), .sizes = {}};
  for (const SizeData& data : sizes) {
    SizeRow row{.weight = data.weight};
    row.gpus = static_cast<uint32_t>(std::ceil(data.gpus));
    if (data.gpus < 1) row.gpu_milli = static_cast<uint16_t>(data.gpus * 1000);
    if (data.median_s > 0) {
      row.duration = Distribution{.law = LogNormal{.median = data.median_s, .sigma = data.sigma},
                                  .max = data.longest_s};
    } else {
      row.duration = Distribution{.law = PhillyTable(row.gpus)};
    }
    population.sizes.push_back(std::move(row));
  }
  params.populations.push_back(std::move(population));
  return params;
}

GeneratorParams Acme(std::string_view name, double rate_per_h, std::span<const SizeData> sizes) {
  return Make(name, ArrivalParams{.rate_per_h = rate_per_h}, sizes);
}

}  // namespace

std::span<const PresetInfo> Presets() { return kPresets; }

Result<GeneratorParams> MakePreset(std::string_view name) {
  if (name == "philly") return Make(name, Arrivals(kPhillyArrivals), kPhillySizes);
  if (name == "helios_venus") {
    return Make(name, Arrivals(kHeliosVenusArrivals), kHeliosVenusSizes);
  }
  if (name == "acme_seren") return Acme(name, kAcmeSerenRatePerH, kAcmeSerenSizes);
  if (name == "acme_kalos") return Acme(name, kAcmeKalosRatePerH, kAcmeKalosSizes);
  if (name == "acme_philly") return Acme(name, kAcmePhillyRatePerH, kAcmePhillySizes);
  if (name == "acme_helios") return Acme(name, kAcmeHeliosRatePerH, kAcmeHeliosSizes);
  if (name == "acme_pai") return Acme(name, kAcmePaiRatePerH, kAcmePaiSizes);
  std::vector<std::string> names;
  for (const PresetInfo& preset : kPresets) names.emplace_back(preset.name);
  return MakeError("", UnknownName("a workload preset", name, names));
}

}  // namespace orrery::workload
