// A page of text for a terminal: labels on the left, texts, cells and bars beside them.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace orrery::results {

class Page {
 public:
  // `width` columns, of 80 … 120 the nearest.
  Page(int width, bool color) : width_(std::clamp(width, kLeastWidth, kMostWidth)), color_(color) {}

  std::string Strong(std::string_view text) const { return Paint("1", text); }
  std::string Faint(std::string_view text) const { return Paint("2", text); }
  std::string Good(std::string_view text) const { return Paint("32", text); }
  std::string Warning(std::string_view text) const { return Paint("1;33", text); }

  void Text(std::string_view text) { text_ += text; }
  void Blank() { text_ += '\n'; }
  void Rule() {
    std::string rule;
    for (int i = 0; i < width_; ++i) rule += "─";
    text_ += Faint(rule) + '\n';
  }
  // `left` and `right` at the two edges; painted texts with their lengths on the screen.
  void Edges(std::string_view left, int left_length, std::string_view right, int right_length) {
    const int gap = std::max(width_ - left_length - right_length, 1);
    text_ += fmt::format("{}{}{}\n", left, std::string(static_cast<size_t>(gap), ' '), right);
  }
  void Row(std::string_view label, std::string_view text) {
    text_ += fmt::format("{}{}\n", Faint(fmt::format("{:<{}}", label, kLabelWidth)), text);
  }
  void Cells(std::string_view label, std::span<const std::string> cells, bool head = false) {
    std::string row;
    const int cell_width =
        std::min((width_ - kLabelWidth) / static_cast<int>(std::max<size_t>(cells.size(), 1)), 12);
    for (const std::string& cell : cells) row += fmt::format("{:>{}}", cell, cell_width);
    Row(label, head ? Faint(row) : row);
  }
  // A bar that is full at 1.
  std::string Bar(double share) const {
    const int length = std::min(width_ - kLabelWidth - 10, 40);
    const int full =
        std::isnan(share) ? 0 : static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * length));
    std::string done;
    std::string left;
    for (int i = 0; i < length; ++i) (i < full ? done : left) += i < full ? "█" : "░";
    return Good(done) + Faint(left);
  }
  std::string Take() { return std::move(text_); }

 private:
  std::string Paint(std::string_view code, std::string_view text) const {
    return color_ ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
  }

  static constexpr int kLabelWidth = 18;
  static constexpr int kLeastWidth = 80;
  static constexpr int kMostWidth = 120;

  const int width_;
  const bool color_;
  std::string text_;
};

}  // namespace orrery::results
