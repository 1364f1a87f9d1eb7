// Quantities as people write them in scenarios: 6h, 80GiB, 400Gbps, $2.19/h, 95%.
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

// A rate of data [bit/s].
class BitRate {
 public:
  constexpr BitRate() = default;
  static constexpr BitRate BitsPerSecond(int64_t bits) { return BitRate(bits); }
  constexpr int64_t bits_per_second() const { return bits_; }
  constexpr auto operator<=>(const BitRate&) const = default;

 private:
  explicit constexpr BitRate(int64_t bits) : bits_(bits) {}
  int64_t bits_ = 0;
};

// ns, us, ms, s, min, h, d (24 h), w (7 d); m is read as min.
Parsed<Duration> ParseDuration(std::string_view text);
std::string FormatDuration(Duration duration);

// B, kB, MB, GB, TB, PB (powers of 1000) and KiB, MiB, GiB, TiB, PiB (powers of 1024).
Parsed<Bytes> ParseBytes(std::string_view text);
std::string FormatBytes(Bytes bytes);

// bps, kbps, Mbps, Gbps, Tbps; bytes a second as B/s, kB/s, MB/s, GB/s, TB/s.
Parsed<BitRate> ParseBitRate(std::string_view text);
std::string FormatBitRate(BitRate rate);

// $5, $0.25, -$3.
Parsed<Usd> ParseUsd(std::string_view text);
std::string FormatUsd(Usd amount);

// $2.19/h.
Parsed<UsdPerHour> ParseUsdPerHour(std::string_view text);
std::string FormatUsdPerHour(UsdPerHour price);

// A whole number, in short with k (1e3), M (1e6) or G (1e9): 1000, 1k, 2.5M, 1e6. Formatted in
// full.
Parsed<int64_t> ParseCount(std::string_view text);
std::string FormatCount(int64_t count);

// A share: 95% is 0.95, to the nearest double.
Parsed<double> ParsePercent(std::string_view text);
// `share` must be finite.
std::string FormatPercent(double share);

}  // namespace orrery
