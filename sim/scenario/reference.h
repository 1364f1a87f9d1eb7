// The reference page of scenarios: docs/reference/scenario.md.
#pragma once

#include <string>

#include "sim/scenario/load.h"

namespace orrery::scenario {

// Markdown: every key with its kind, bounds, default, meaning and the source of the default. Does
// not depend on which policies, formats and transformations are registered.
std::string ReferenceMarkdown(const Tables& tables);

}  // namespace orrery::scenario
