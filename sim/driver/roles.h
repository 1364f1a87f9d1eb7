// Makes the policies that a scenario names.
#pragma once

#include "sim/cluster/decision_loop.h"
#include "sim/scenario/scheduler.h"

namespace orrery::driver {

// The scenario has been checked: every name is registered and every parameter in bounds.
cluster::Roles MakeRoles(const scenario::Scheduler& scheduler);

}  // namespace orrery::driver
