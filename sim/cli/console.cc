#include "sim/cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace orrery::cli {
namespace {

constexpr int kWidth = 80;

Style StyleOf(int descriptor) {
  Style style;
  style.terminal = isatty(descriptor) == 1;
  if (!style.terminal) return style;
  const char* no_color = std::getenv("NO_COLOR");
  style.color = no_color == nullptr || *no_color == '\0';
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) style.width = size.ws_col;
  return style;
}

// The longest start of `text` that takes no more than `columns`.
std::string_view Start(std::string_view text, size_t columns) {
  size_t end = 0;
  while (end < text.size()) {
    size_t next = end + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xc0) == 0x80) ++next;
    if (columns == 0) break;
    --columns;
    end = next;
  }
  return text.substr(0, end);
}

}  // namespace

Style StdoutStyle() { return StyleOf(STDOUT_FILENO); }
Style StderrStyle() { return StyleOf(STDERR_FILENO); }

size_t Columns(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::string AlignedTable(const std::vector<std::vector<std::string>>& rows, const Style& style) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], Columns(row[c]));
  }
  std::string text;
  for (size_t r = 0; r < rows.size(); ++r) {
    std::string line;
    size_t used = 0;
    for (size_t c = 0; c < rows[r].size(); ++c) {
      std::string_view cell = rows[r][c];
      const bool last = c + 1 == rows[r].size();
      // Whoever reads from a pipe gets whole lines.
      const auto width = static_cast<size_t>(style.width);
      if (last && style.terminal && used + 8 < width && used + Columns(cell) > width) {
        line += std::string(Start(cell, width - used - 1)) + "…";
        continue;
      }
      line += cell;
      if (!last) line += std::string(widths[c] - Columns(cell) + 2, ' ');
      used += widths[c] + 2;
    }
    line.resize(line.find_last_not_of(' ') + 1);
    if (r == 0 && style.color) line = "\033[1m" + line + "\033[0m";
    text += line + '\n';
  }
  return text;
}

}  // namespace orrery::cli
