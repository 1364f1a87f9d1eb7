// Checks that must hold of every run, from its results alone.
#pragma once

#include "tests/sim/driver/random_world.h"
#include "tests/testing/worlds.h"

namespace orrery::testing {

// Every job accounted for; no attempt before its job arrived or beside another of its own; gangs
// whole; allocated = useful + lost + overhead to the nanosecond, with the overhead worked out from
// the attempts; charges to the micro-dollar, and none beyond a budget; requirements met; no GPU,
// core or MiB given twice. Adds test failures.
void AuditRun(const RandomWorld& world, const Ran& ran);

}  // namespace orrery::testing
