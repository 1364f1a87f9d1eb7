// The options of commands that read a scenario.
#pragma once

#include "sim/base/result.h"
#include "sim/cli/options.h"
#include "sim/scenario/load.h"

namespace orrery::cli {

// FILE and --set.
void DeclareScenario(Options& options);
// Reads FILE with the overrides of --set, then `more` of them.
Result<scenario::Loaded> LoadGivenScenario(const Arguments& arguments,
                                           const std::vector<std::string>& more = {});

}  // namespace orrery::cli
