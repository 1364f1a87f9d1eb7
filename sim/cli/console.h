// The terminal, or whatever stands in its place.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::cli {

struct Style {
  bool terminal = false;
  bool color = false;  // a terminal, and NO_COLOR (https://no-color.org) is not set
  int width = 80;      // columns; 80 where it is no terminal
};
Style StdoutStyle();
Style StderrStyle();

// Rows in columns as wide as they need, two spaces apart; the last one is cut at `width` where that
// leaves some of it. The first row is the head. Ends in a line feed.
std::string AlignedTable(const std::vector<std::vector<std::string>>& rows, const Style& style);

// The columns that UTF-8 text takes on a terminal, with every character one column wide.
size_t Columns(std::string_view text);

}  // namespace orrery::cli
