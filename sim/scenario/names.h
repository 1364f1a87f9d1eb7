// What the names in a scenario may refer to.
#pragma once

#include <vector>

#include "models/fleet/gpu.h"
#include "models/workload/throughput_table.h"
#include "sim/scenario/cities.h"
#include "sim/scenario/fleet.h"

namespace orrery::scenario {

// Tables that a visit looks names up in; all outlive it. Policies are those that are registered
// (policies/api/registry.h).
struct Names {
  const fleet::GpuCatalogue* gpus = nullptr;
  const CityTable* cities = nullptr;
  // The scenario's own regions, complete once `regions` has been visited.
  const std::vector<Region>* regions = nullptr;
  // Job types; null where the scenario has no throughput table.
  const workload::ThroughputTable* throughputs = nullptr;
};

}  // namespace orrery::scenario
