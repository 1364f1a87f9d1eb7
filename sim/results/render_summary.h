// A summary as text for a terminal.
#pragma once

#include <string>

#include "sim/results/summary.h"

namespace orrery::results {

// Some thirty lines `width` columns wide (80 … 120; what lies outside is taken to the nearer
// end), ending in a line feed. With `color`, labels and bars carry ANSI colours.
std::string RenderSummary(const Summary& summary, int width, bool color);

}  // namespace orrery::results
