// The key `scale`: the same scenario on a larger or smaller fleet. The structs hold what the file
// says; whoever builds a world takes it scaled from here. Counts are rounded; one of them at least
// stays of those that are not 0. A scenario that has been checked has no scaled figure out of the
// bounds of its key.
#pragma once

#include "models/fleet/groups.h"
#include "models/workload/generator.h"
#include "sim/scenario/scenario.h"

namespace orrery::scenario {

// `scale` times the nodes of a group. Node i stays what it is.
fleet::Group Scaled(const Scenario& scenario, const fleet::Group& group);

// `scale` times the arrivals and the users of a generator, so that the load of a GPU and the jobs
// of a user stay what they are; and its bound on arrivals.
workload::GeneratorParams Scaled(const Scenario& scenario,
                                 const workload::GeneratorParams& generator);

// `scale` times the requests of a service, the bounds of its replicas, with `autoscale: fixed`
// their number, and the places at its gateway.
Service Scaled(const Scenario& scenario, const Service& service);

// `scale` times the jobs that may wait.
Scheduler Scaled(const Scenario& scenario, const Scheduler& scheduler);

// The parameter of `autoscale: fixed` that is scaled.
inline constexpr const char* kScaledPolicy = "fixed";
inline constexpr const char* kScaledParameter = "replicas";

}  // namespace orrery::scenario
