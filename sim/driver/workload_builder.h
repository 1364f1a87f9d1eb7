// Opens the sources of jobs that a scenario names.
#pragma once

#include <vector>

#include "sim/base/demand.h"
#include "sim/base/result.h"
#include "sim/driver/arrivals.h"
#include "sim/scenario/scenario.h"

namespace orrery::driver {

// `requirements` gets the requirements that jobs refer to. Errors: a trace that cannot be opened.
Result<std::vector<ArrivalStream>> OpenWorkload(const scenario::Scenario& scenario,
                                                uint32_t replicate,
                                                RequirementsTable* requirements);

}  // namespace orrery::driver
