// A summary as text for a terminal.
#pragma once

#include <string>

#include "sim/results/summary.h"

namespace orrery::results {

// Some thirty lines `width` columns wide (80 … 120; what lies outside is taken to the nearer
// end), ending in a line feed. With `color`, labels and bars carry ANSI colours.
std::string RenderSummary(const Summary& summary, int width, bool color);

// A time for people, in at most 7 columns: "0 s", "3.2 ms", "4.50 s", "12m 03s", "3h 07m", "4d
// 06h", "1,234 d"; "-" where there is none.
std::string HumanSeconds(double seconds);
// "1,234,567".
std::string HumanCount(uint64_t count);

}  // namespace orrery::results
