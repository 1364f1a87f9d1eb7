// Quantities as people write them in scenarios: 6h, 80GiB, $2.19/h, 95%.
//
// Reading is exact: "0.1s" is 100,000,000 ns, and a text that does not make a whole number of the
// quantity's own unit (0.1ns, $0.0000001) is an error, as are a missing or unknown unit, NaN,
// infinity and overflow. A blank may stand between number and unit; a minus sign and an exponent
// (1e3s) are fine. Bounds, such as "not negative", are the caller's.
//
// Formatting is canonical (the largest unit that needs no fraction) and reads back as the same
// value.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/base/money.h"
#include "sim/base/text.h"
#include "sim/base/time.h"

namespace orrery {

// An amount of data [byte].
class Bytes {
 public:
  constexpr Bytes() = default;
  static constexpr Bytes Count(int64_t bytes) { return Bytes(bytes); }
  constexpr int64_t count() const { return bytes_; }
  // [MiB], rounded down.
  constexpr int64_t mib() const { return bytes_ >> 20; }
  constexpr auto operator<=>(const Bytes&) const = default;

 private:
  explicit constexpr Bytes(int64_t bytes) : bytes_(bytes) {}
  int64_t bytes_ = 0;
};

// ns, us, ms, s, min, h, d (24 h), w (7 d); m is read as min.
Parsed<Duration> ParseDuration(std::string_view text);
std::string FormatDuration(Duration duration);

// B, kB, MB, GB, TB, PB (powers of 1000) and KiB, MiB, GiB, TiB, PiB (powers of 1024).
Parsed<Bytes> ParseBytes(std::string_view text);
std::string FormatBytes(Bytes bytes);

// $5, $0.25, -$3.
Parsed<Usd> ParseUsd(std::string_view text);
std::string FormatUsd(Usd amount);

// $2.19/h.
Parsed<UsdPerHour> ParseUsdPerHour(std::string_view text);
std::string FormatUsdPerHour(UsdPerHour price);

// A whole number, in short with k (1e3), M (1e6) or G (1e9): 1000, 1k, 2.5M, 1e6.
Parsed<int64_t> ParseCount(std::string_view text);

// A share: 95% is 0.95, to the nearest double.
Parsed<double> ParsePercent(std::string_view text);

}  // namespace orrery
