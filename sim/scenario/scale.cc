#include "sim/scenario/scale.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "sim/base/units.h"

namespace orrery::scenario {
namespace {

uint32_t ScaledCount(double scale, uint32_t count) {
  return static_cast<uint32_t>(std::max(1.0, std::round(scale * count)));
}

}  // namespace

fleet::Group Scaled(const Scenario& scenario, const fleet::Group& group) {
  fleet::Group scaled = group;
  if (scenario.scale != 1) scaled.nodes = ScaledCount(scenario.scale, group.nodes);
  return scaled;
}

workload::GeneratorParams Scaled(const Scenario& scenario,
                                 const workload::GeneratorParams& generator) {
  workload::GeneratorParams scaled = generator;
  if (scenario.scale == 1) return scaled;
  scaled.arrivals.rate_per_h *= scenario.scale;
  scaled.arrivals.superset_rate_per_h *= scenario.scale;
  scaled.users.count =
      std::min(ScaledCount(scenario.scale, generator.users.count), workload::kMaxUsers);
  return scaled;
}

Service Scaled(const Scenario& scenario, const Service& service) {
  Service scaled = service;
  if (scenario.scale == 1) return scaled;
  const auto scale = [&](uint32_t count) {
    return count == 0 ? 0 : ScaledCount(scenario.scale, count);
  };
  scaled.requests.arrivals.rate_per_h *= scenario.scale;
  scaled.requests.arrivals.superset_rate_per_h *= scenario.scale;
  scaled.min_replicas = scale(service.min_replicas);
  scaled.max_replicas = scale(service.max_replicas);
  if (service.autoscale.policy != "fixed") return scaled;
  for (auto& [name, value] : scaled.autoscale.parameters) {
    const Parsed<int64_t> replicas = ParseCount(value);
    if (name == "replicas" && replicas) {
      value = std::to_string(scale(static_cast<uint32_t>(*replicas)));
    }
  }
  return scaled;
}

}  // namespace orrery::scenario
