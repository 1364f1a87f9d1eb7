#include "sim/cluster/eligibility.h"

#include <algorithm>

namespace orrery::cluster {

using policies::NodeShape;

namespace {

bool GpuMeets(const NodeShape& shape, const Requirements& needs, const Atlas& atlas) {
  if (!shape.gpu_model.valid()) return false;
  if (needs.gpu_models.any() && !needs.gpu_models[shape.gpu_model.index()]) return false;
  if (shape.gpu_model.index() >= atlas.gpus.size()) {
    return needs.min_gpu_memory_mib == 0 && needs.min_fp16_tflops == 0 &&
           needs.min_bandwidth_gbs == 0;
  }
  const GpuFigures& gpu = atlas.gpus[shape.gpu_model.index()];
  return gpu.memory_mib >= needs.min_gpu_memory_mib && gpu.fp16_tflops >= needs.min_fp16_tflops &&
         gpu.bandwidth_gbs >= needs.min_bandwidth_gbs;
}

bool PlaceMeets(const NodeShape& shape, const Requirements& needs, const Atlas& atlas) {
  if (needs.countries_allowed.empty() && needs.countries_barred.empty()) return true;
  if (!shape.region.valid() || shape.region.index() >= atlas.region_country.size()) return false;
  const std::string& country = atlas.region_country[shape.region.index()];
  const auto names = [&](const std::vector<std::string>& list) {
    return std::binary_search(list.begin(), list.end(), country);
  };
  return (needs.countries_allowed.empty() || names(needs.countries_allowed)) &&
         !names(needs.countries_barred);
}

bool Holds(const NodeShape& shape, const Demand& demand) {
  return shape.gpus >= demand.gpus && shape.cpu_milli >= demand.cpu_milli &&
         shape.memory_mib >= demand.memory_mib;
}

bool Meets(const NodeShape& shape, const Requirements::Preference& preference) {
  using Kind = Requirements::Preference::Kind;
  switch (preference.kind) {
    case Kind::kGpuModel:
      return shape.gpu_model.value == preference.value;
    case Kind::kRegion:
      return shape.region.value == preference.value;
    case Kind::kOwnerKind:
      return static_cast<uint16_t>(shape.owner_kind) == preference.value;
    case Kind::kVerified:
      return shape.verified;
    case Kind::kTier:
      return shape.tier >= preference.value;
  }
  return false;
}

}  // namespace

bool Eligible(const NodeShape& shape, const Demand& demand, const Requirements& requirements,
              const Atlas& atlas) {
  if (!Holds(shape, demand)) return false;
  if (demand.gpus > 0 && !GpuMeets(shape, requirements, atlas)) return false;
  return shape.tier >= requirements.min_tier &&
         ((requirements.owner_kinds >> static_cast<int>(shape.owner_kind)) & 1) != 0 &&
         (shape.verified || !requirements.verified_only) && PlaceMeets(shape, requirements, atlas);
}

double PreferencePenalty(const NodeShape& shape, const Requirements& requirements) {
  double penalty = 0;
  for (const Requirements::Preference& preference : requirements.preferences) {
    if (!Meets(shape, preference)) penalty += static_cast<double>(preference.weight);
  }
  return penalty;
}

}  // namespace orrery::cluster
