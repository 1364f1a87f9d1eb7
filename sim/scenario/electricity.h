// What a kilowatt-hour costs and emits in the regions of a scenario.
#pragma once

#include "models/workload/transforms/transform.h"
#include "sim/scenario/scenario.h"

namespace orrery::scenario {

// Cost [1e-6 USD] and emission [1e-6 kg] of a kilowatt-hour in each region, as the scenario's level
// of energy has it; it must have one. O(regions · rows of the table).
workload::Electricity ElectricityOf(const Scenario& scenario);

}  // namespace orrery::scenario
