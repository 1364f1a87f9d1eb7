// Failures in a scenario, and how the scheduler comes to know of them.
#pragma once

#include "models/failure/failures.h"
#include "sim/base/time.h"

namespace orrery::scenario {

struct Failures {
  failure::Failures level;
};

// Every node is looked at once in `health_check`, at a time of its own. Until then the scheduler
// believes what it last heard.
struct Detection {
  Duration health_check = Duration::Seconds(60);
};

}  // namespace orrery::scenario
