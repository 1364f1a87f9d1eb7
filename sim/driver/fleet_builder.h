// Puts the nodes of a scenario's fleet into a cluster.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/result.h"
#include "sim/cluster/eligibility.h"
#include "sim/cluster/state.h"
#include "sim/driver/gang_links.h"
#include "sim/results/writer.h"
#include "sim/scenario/scenario.h"

namespace orrery::driver {

// Figures of the scenario's GPUs and countries of its regions.
cluster::Atlas MakeAtlas(const scenario::Scenario& scenario);

// Adds all nodes and opens the cluster. `writer`, unless null, gets a row for each. Returns the
// number of nodes of each group. `links`, unless null, learns where they are where the network has
// a level. Errors: a node list that cannot be read.
Result<std::vector<uint32_t>> BuildFleet(const scenario::Scenario& scenario, uint32_t replicate,
                                         cluster::ClusterState* state, GangLinks* links,
                                         results::ResultsWriter* writer);

}  // namespace orrery::driver
