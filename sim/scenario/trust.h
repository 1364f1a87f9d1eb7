// Whether devices are what they claim, in a scenario.
#pragma once

#include "models/trust/rules.h"

namespace orrery::scenario {

struct Trust {
  trust::Trust level;
};

}  // namespace orrery::scenario
