// The resolved scenario as YAML: every value that holds, defaults included.
#pragma once

#include <string>

#include "sim/scenario/parser.h"
#include "sim/scenario/scenario.h"

namespace orrery::scenario {

struct Loaded;

// Canonical YAML that parses back to an equal scenario and echoes as itself. It is what results
// store.
std::string ResolvedEcho(const Loaded& loaded);

// The same with the origin of each value as a comment: "# quickstart.yaml:12", "# default",
// "# --set seed=7". Still YAML.
std::string CheckReport(const Loaded& loaded);

}  // namespace orrery::scenario
