#include "sim/scenario/scale.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "sim/base/units.h"

namespace orrery::scenario {
namespace {

// No figure of a scenario that has been checked reaches the top of its type.
template <typename T>
T ScaledCount(double scale, T count) {
  if (count == 0) return 0;
  const double scaled = std::max(1.0, std::round(scale * static_cast<double>(count)));
  if (scaled >= static_cast<double>(std::numeric_limits<T>::max())) {
    return std::numeric_limits<T>::max();
  }
  return static_cast<T>(scaled);
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
  scaled.users.count = ScaledCount(scenario.scale, generator.users.count);
  scaled.max_arrivals = ScaledCount(scenario.scale, generator.max_arrivals);
  return scaled;
}

Service Scaled(const Scenario& scenario, const Service& service) {
  Service scaled = service;
  if (scenario.scale == 1) return scaled;
  scaled.requests.arrivals.rate_per_h *= scenario.scale;
  scaled.requests.arrivals.superset_rate_per_h *= scenario.scale;
  scaled.min_replicas = ScaledCount(scenario.scale, service.min_replicas);
  scaled.max_replicas = ScaledCount(scenario.scale, service.max_replicas);
  scaled.gateway_queue = ScaledCount(scenario.scale, service.gateway_queue);
  if (service.autoscale.policy != kScaledPolicy) return scaled;
  for (auto& [name, value] : scaled.autoscale.parameters) {
    const Parsed<int64_t> replicas = ParseCount(value);
    if (name == kScaledParameter && replicas) {
      value = std::to_string(ScaledCount(scenario.scale, *replicas));
    }
  }
  return scaled;
}

Scheduler Scaled(const Scenario& scenario, const Scheduler& scheduler) {
  Scheduler scaled = scheduler;
  if (scenario.scale == 1 || scheduler.queue_limit == UINT64_MAX) return scaled;
  scaled.queue_limit = ScaledCount(scenario.scale, scheduler.queue_limit);
  return scaled;
}

}  // namespace orrery::scenario
