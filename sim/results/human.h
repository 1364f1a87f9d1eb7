// Numbers as people read them. A value that there is none of (NaN) is "-".
#pragma once

#include <cstdint>
#include <string>

namespace orrery::results {

// A time, in at most 7 columns: "0 s", "3.2 ms", "4.50 s", "12m 03s", "3h 07m", "4d 06h",
// "1,234 d".
std::string HumanSeconds(double seconds);
// "1,234,567".
std::string HumanCount(uint64_t count);
// "0.93", "1,234".
std::string HumanRatio(double value);
// Hours, and other amounts of energy or data: "12.5", "1,234". There must be a value.
std::string HumanHours(double hours);
// "$1,234.50", "-$0.25". There must be a value.
std::string HumanUsd(double amount);
// "12.3%".
std::string Percent(double share);
// `text`, which says `count`, in a cell of ten letters: "14.6 M" where it would leave no room
// between two cells.
std::string CompactCell(double count, const std::string& text);

}  // namespace orrery::results
