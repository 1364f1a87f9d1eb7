#include "sim/results/human.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace orrery::results {
namespace {

// "1234.5" with separators between thousands.
std::string Grouped(std::string digits) {
  const size_t end = std::min(digits.find('.'), digits.size());
  const size_t begin = digits.starts_with('-') ? 1 : 0;
  for (size_t at = end; at > begin + 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

// Of a value below 1000.
std::string ThreeDigits(double value) {
  return fmt::format("{:.{}f}", value, value < 9.995 ? 2 : (value < 99.95 ? 1 : 0));
}

}  // namespace

std::string HumanCount(uint64_t count) { return Grouped(fmt::format("{}", count)); }

std::string HumanSeconds(double seconds) {
  if (std::isnan(seconds)) return "-";
  if (seconds < 0) return "-" + HumanSeconds(-seconds);
  if (seconds == 0) return "0 s";
  if (seconds < 0.9995) {
    // Three digits in the unit that leaves some before the point.
    const int step = seconds < 0.9995e-6 ? 2 : (seconds < 0.9995e-3 ? 1 : 0);
    constexpr double kScale[] = {1e3, 1e6, 1e9};
    constexpr std::string_view kUnit[] = {"ms", "us", "ns"};
    return ThreeDigits(seconds * kScale[step]) + ' ' + std::string(kUnit[step]);
  }
  if (seconds < 59.95) return ThreeDigits(seconds) + " s";
  const double minutes = std::round(seconds / 60);
  if (seconds < 3599.5) {
    const auto whole = static_cast<int64_t>(std::round(seconds));
    return fmt::format("{}m {:02}s", whole / 60, whole % 60);
  }
  if (minutes < 24 * 60) {
    const auto whole = static_cast<int64_t>(minutes);
    return fmt::format("{}h {:02}m", whole / 60, whole % 60);
  }
  const auto hours = static_cast<int64_t>(std::round(seconds / 3600));
  if (hours < 1000 * 24) return fmt::format("{}d {:02}h", hours / 24, hours % 24);
  return Grouped(fmt::format("{:.0f}", seconds / 86400)) + " d";
}

std::string HumanRatio(double value) {
  if (std::isnan(value)) return "-";
  return Grouped(fmt::format("{:.{}f}", value, value < 100 ? 2 : 0));
}

std::string HumanHours(double hours) {
  return Grouped(fmt::format("{:.{}f}", hours, std::abs(hours) < 100 ? 1 : 0));
}

std::string HumanUsd(double amount) {
  return (amount < 0 ? "-$" : "$") + Grouped(fmt::format("{:.2f}", std::abs(amount)));
}

std::string Percent(double share) {
  return std::isnan(share) ? "-" : fmt::format("{:.1f}%", share * 100);
}

std::string CompactCell(double count, const std::string& text) {
  return count < 9'999'999.5 ? text : ThreeDigits(count / 1e6) + " M";
}

}  // namespace orrery::results
