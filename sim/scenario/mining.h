// What owners do with GPUs that no job has, in a scenario.
#pragma once

#include "models/economics/mining.h"

namespace orrery::scenario {

struct Mining {
  economics::Mining level;
};

}  // namespace orrery::scenario
