// Who owns the nodes of a scenario, as far as coming and going is concerned.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/failure/churn.h"
#include "sim/cluster/state.h"
#include "sim/scenario/scenario.h"

namespace orrery::driver {

// Null where all owners stay. `group_sizes`: nodes of each fleet group, which stand in this order
// in `state`. The scenario must outlive what is returned. Errors: those of ReplayedNodes::Open.
Result<std::unique_ptr<failure::OwnerPresence>> MakeChurn(const scenario::Scenario& scenario,
                                                          uint32_t replicate,
                                                          const std::vector<uint32_t>& group_sizes,
                                                          const cluster::ClusterState& state);

}  // namespace orrery::driver
