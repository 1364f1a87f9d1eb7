// The transformations of a scenario's jobs, as models/workload/transforms takes them.
#pragma once

#include <cstdint>
#include <vector>

#include "models/workload/transforms/transform.h"
#include "sim/base/demand.h"
#include "sim/scenario/scenario.h"

namespace orrery::scenario {

// In their order.
std::vector<workload::TransformStep> StepsOf(const WorkloadSource& source);

// What they need of the world; `capacity` is that of the fleet. The scenario's tables and
// `requirements` must outlive the streams.
workload::TransformContext ContextOf(const Scenario& scenario, const WorkloadSource& source,
                                     uint32_t replicate, const workload::Capacity& capacity,
                                     RequirementsTable* requirements);

}  // namespace orrery::scenario
