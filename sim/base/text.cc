#include "sim/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>
#include <vector>

namespace orrery {
namespace {

char Folded(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  return c == '-' ? '_' : c;
}

bool SameLetter(char a, char b) { return Folded(a) == Folded(b); }

std::string Quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

}  // namespace

Parsed<double> ParseDouble(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc::result_out_of_range) {
    return tl::unexpected("got " + Quoted(text) + ", expected a number of size 1e-307 … 1e308");
  }
  if (error != std::errc() || rest != end || !std::isfinite(value)) {
    return tl::unexpected("got " + Quoted(text) + ", expected a number, for example 0.5 or 1e6");
  }
  return value;
}

Parsed<int64_t> ParseInt(std::string_view text) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc::result_out_of_range) {
    return tl::unexpected("got " + Quoted(text) + ", expected an integer within ±9.2e18");
  }
  if (error != std::errc() || rest != end) {
    return tl::unexpected("got " + Quoted(text) + ", expected an integer, for example 42");
  }
  return value;
}

std::string FormatDouble(double value) {
  std::array<char, 32> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return error == std::errc() ? std::string(buffer.data(), end) : "?";
}

size_t NameDistance(std::string_view given, std::string_view candidate) {
  // Rows of the edit matrix: two back, one back, and the one in the making.
  const size_t width = candidate.size() + 1;
  std::vector<size_t> before(width);
  std::vector<size_t> previous(width);
  std::vector<size_t> current(width);
  for (size_t j = 0; j < width; ++j) previous[j] = j;
  for (size_t i = 1; i <= given.size(); ++i) {
    current[0] = i;
    for (size_t j = 1; j < width; ++j) {
      const bool same = SameLetter(given[i - 1], candidate[j - 1]);
      current[j] =
          std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && SameLetter(given[i - 1], candidate[j - 2]) &&
                           SameLetter(given[i - 2], candidate[j - 1]);
      if (swapped) current[j] = std::min(current[j], before[j - 2] + 1);
    }
    before.swap(previous);
    previous.swap(current);
  }
  return previous.back();
}

bool IsPlausibleName(std::string_view given, std::string_view candidate, size_t distance) {
  const size_t allowed = std::max<size_t>(1, std::max(given.size(), candidate.size()) / 3);
  if (distance <= allowed && distance < std::max<size_t>(candidate.size(), 1)) return true;
  return given.size() >= 3 && given.size() <= candidate.size() &&
         std::equal(given.begin(), given.end(), candidate.begin(), SameLetter);
}

}  // namespace orrery
