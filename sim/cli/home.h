// Where the program finds the files that come with it.
#pragma once

#include <string>

#include "sim/base/result.h"
#include "sim/scenario/load.h"

namespace orrery::cli {

// The folder that holds scenarios/data: $ORRERY_HOME where it is set; else the nearest folder above
// the program that has it, or what the build put beside the program. An error where there is none.
Result<std::string> FindHome();

// The tables of GPUs and regions that scenarios refer to.
Result<scenario::Tables> LoadTables();

}  // namespace orrery::cli
