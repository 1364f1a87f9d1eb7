// The JSON Schema of scenarios, for completion and checks in editors.
#pragma once

#include <string>

#include "sim/scenario/load.h"

namespace orrery::scenario {

// Draft 2020-12, indented by two spaces, with a newline at the end. Policies, formats of traces and
// transformations are those registered in this program. Everything that LoadScenario accepts is
// valid; units and most bounds are checked, what contradicts what is not.
//
//   # yaml-language-server: $schema=scenario.schema.json
std::string JsonSchema(const Tables& tables);

}  // namespace orrery::scenario
