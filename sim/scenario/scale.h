// The key `scale`: the same scenario on a larger or smaller fleet. The structs hold what the file
// says; whoever builds a world takes it scaled from here.
#pragma once

#include "models/fleet/groups.h"
#include "models/workload/generator.h"
#include "sim/scenario/scenario.h"

namespace orrery::scenario {

// `scale` times the nodes of a group, rounded, but one at least. Node i stays what it is.
fleet::Group Scaled(const Scenario& scenario, const fleet::Group& group);

// `scale` times the arrivals and the users of a generator, so that the load of a GPU and the jobs
// of a user stay what they are.
workload::GeneratorParams Scaled(const Scenario& scenario,
                                 const workload::GeneratorParams& generator);

// `scale` times the requests of a service and the bounds of its replicas; with `autoscale: fixed`,
// of their number.
Service Scaled(const Scenario& scenario, const Service& service);

}  // namespace orrery::scenario
