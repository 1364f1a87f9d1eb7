#include "sim/scenario/scale.h"

#include <algorithm>
#include <cmath>

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

}  // namespace orrery::scenario
