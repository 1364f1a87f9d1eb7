// Opens the sources of jobs that a scenario names.
#pragma once

#include <vector>

#include "models/workload/transforms/transform.h"
#include "sim/base/demand.h"
#include "sim/base/result.h"
#include "sim/driver/arrivals.h"
#include "sim/scenario/scenario.h"

namespace orrery::driver {

// `capacity` of the fleet is what transformations aim at a share of; `requirements` gets those that
// jobs refer to and must outlive the streams. Errors: a trace that cannot be opened, a transformation
// that the fleet makes no sense of.
Result<std::vector<ArrivalStream>> OpenWorkload(const scenario::Scenario& scenario,
                                                uint32_t replicate,
                                                const workload::Capacity& capacity,
                                                RequirementsTable* requirements);

}  // namespace orrery::driver
