#include "sim/base/units.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <vector>

namespace orrery {
namespace {

struct Unit {
  std::string_view name;
  int64_t scale;  // in the quantity's own unit
  bool canonical = true;
};

constexpr int64_t kSecond = 1'000'000'000;
constexpr Unit kDurationUnits[] = {{"ns", 1},
                                   {"us", 1'000},
                                   {"ms", 1'000'000},
                                   {"s", kSecond},
                                   {"min", 60 * kSecond},
                                   {"h", 3'600 * kSecond},
                                   {"d", 86'400 * kSecond},
                                   {"w", 604'800 * kSecond},
                                   {"m", 60 * kSecond, false}};
constexpr Unit kByteUnits[] = {{"B", 1},
                               {"KiB", int64_t{1} << 10},
                               {"MiB", int64_t{1} << 20},
                               {"GiB", int64_t{1} << 30},
                               {"TiB", int64_t{1} << 40},
                               {"PiB", int64_t{1} << 50},
                               {"kB", 1'000},
                               {"MB", 1'000'000},
                               {"GB", 1'000'000'000},
                               {"TB", 1'000'000'000'000},
                               {"PB", 1'000'000'000'000'000}};
constexpr Unit kCountUnits[] = {
    {"", 1}, {"k", 1'000, false}, {"M", 1'000'000, false}, {"G", 1'000'000'000, false}};
constexpr int64_t kMicrosPerDollar = 1'000'000;

// What a quantity is called in messages.
struct Kind {
  std::span<const Unit> units;
  std::string_view expected;  // "a duration with its unit (…), for example …"
  std::string_view grain;     // the quantity's own unit: "ns"
  std::string_view range;     // what int64 of it amounts to: "±292 years"
};
constexpr Kind kDuration = {
    kDurationUnits,
    "a duration with its unit (ns, us, ms, s, min, h, d or w), for example 6h, 90s or 100ms", "ns",
    "±292 years"};
constexpr Kind kBytes = {kByteUnits,
                         "an amount of data with its unit (B, kB, MB, GB, TB, PB or KiB, MiB, GiB, "
                         "TiB, PiB), for example "
                         "80GiB or 16GB",
                         "bytes", "±8191PiB"};
constexpr Kind kCount = {kCountUnits, "a whole number, for example 1000, 1k, 2.5M or 1e6", "one",
                         "±9.2e18"};
constexpr std::string_view kUsdExpected =
    "an amount of US dollars that starts with $, for example $5 or $0.25";
constexpr std::string_view kPriceExpected =
    "a price in US dollars an hour that starts with $ and ends in /h, for example $2.19/h";
constexpr std::string_view kPercentExpected = "a percentage, for example 95%";

tl::unexpected<std::string> Refuse(std::string_view text, std::string_view expected,
                                   const std::string& detail = {}) {
  std::string message = "got '" + std::string(text) + "', expected ";
  message += expected;
  if (!detail.empty()) message += "; " + detail;
  return tl::unexpected(std::move(message));
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// ±digits × 10^exponent, exactly as written.
struct Decimal {
  bool negative = false;
  uint64_t digits = 0;
  int exponent = 0;
};

// Reads digits off the front of `text`; false where there are more than 19 that count.
bool TakeDigits(std::string_view& text, Decimal& decimal, int exponent_step) {
  while (!text.empty() && IsDigit(text.front())) {
    const uint64_t digit = static_cast<uint64_t>(text.front() - '0');
    if (__builtin_mul_overflow(decimal.digits, uint64_t{10}, &decimal.digits) ||
        __builtin_add_overflow(decimal.digits, digit, &decimal.digits)) {
      return false;
    }
    decimal.exponent += exponent_step;
    text.remove_prefix(1);
  }
  return true;
}

// Reads a decimal number off the front of `text` and leaves what follows; nothing where none stands
// there or it is beyond 64 bits.
std::optional<Decimal> TakeDecimal(std::string_view& text) {
  Decimal decimal;
  std::string_view rest = text;
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) {
    decimal.negative = rest.front() == '-';
    rest.remove_prefix(1);
  }
  if (rest.empty() || !(IsDigit(rest.front()) || rest.front() == '.')) return std::nullopt;
  const size_t before = rest.size();
  if (!TakeDigits(rest, decimal, 0)) return std::nullopt;
  size_t digits = before - rest.size();
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    const size_t before_fraction = rest.size();
    if (!TakeDigits(rest, decimal, -1)) return std::nullopt;
    digits += before_fraction - rest.size();
  }
  if (digits == 0) return std::nullopt;
  const bool marked = !rest.empty() && (rest.front() == 'e' || rest.front() == 'E');
  const size_t sign = marked && rest.size() > 1 && (rest[1] == '+' || rest[1] == '-') ? 1 : 0;
  if (marked && rest.size() > 1 + sign && IsDigit(rest[1 + sign])) {
    int exponent = 0;
    const char* first = rest.data() + (rest[1] == '+' ? 2 : 1);
    const auto [end, error] = std::from_chars(first, rest.data() + rest.size(), exponent);
    if (error != std::errc() || exponent > 100 || exponent < -100) return std::nullopt;
    decimal.exponent += exponent;
    rest.remove_prefix(static_cast<size_t>(end - rest.data()));
  }
  text = rest;
  return decimal;
}

enum class ScaleError { kFraction, kOverflow };

// decimal × scale as a whole number.
tl::expected<int64_t, ScaleError> Scale(const Decimal& decimal, int64_t scale) {
  if (decimal.digits == 0) return 0;
  unsigned __int128 size = static_cast<unsigned __int128>(decimal.digits);
  size *= static_cast<uint64_t>(scale);
  for (int i = 0; i < decimal.exponent; ++i) {
    size *= 10;
    if (size >> 64 != 0) return tl::unexpected(ScaleError::kOverflow);
  }
  for (int i = 0; i > decimal.exponent; --i) {
    if (size % 10 != 0) return tl::unexpected(ScaleError::kFraction);
    size /= 10;
  }
  const uint64_t limit = static_cast<uint64_t>(INT64_MAX) + (decimal.negative ? 1 : 0);
  if (size > limit) return tl::unexpected(ScaleError::kOverflow);
  const uint64_t bits = static_cast<uint64_t>(size);
  return static_cast<int64_t>(decimal.negative ? 0 - bits : bits);
}

bool SameButForCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && NameDistance(a, b) == 0;
}

// The unit that the writer of an unknown one may have meant: other case, else the longest that it
// starts with ("hours" → h, "minutes" → min).
std::string_view LikelyUnit(std::string_view given, std::span<const Unit> units) {
  std::string_view likely;
  for (const Unit& unit : units) {
    if (SameButForCase(given, unit.name)) return unit.name;
    if (unit.canonical && given.starts_with(unit.name) && unit.name.size() > likely.size()) {
      likely = unit.name;
    }
  }
  return likely;
}

Parsed<int64_t> ParseQuantity(std::string_view text, const Kind& kind) {
  std::string_view rest = text;
  const std::optional<Decimal> decimal = TakeDecimal(rest);
  if (!decimal) return Refuse(text, kind.expected);
  if (rest.size() > 1 && rest.front() == ' ') rest.remove_prefix(1);
  const auto unit = std::find_if(kind.units.begin(), kind.units.end(),
                                 [rest](const Unit& u) { return u.name == rest; });
  if (unit == kind.units.end()) {
    if (rest.empty()) return Refuse(text, kind.expected, "the unit is missing");
    const std::string_view likely = LikelyUnit(rest, kind.units);
    return Refuse(text, kind.expected,
                  "unknown unit '" + std::string(rest) + "'" +
                      (likely.empty() ? "" : " (did you mean '" + std::string(likely) + "'?)"));
  }
  const auto value = Scale(*decimal, unit->scale);
  if (value) return *value;
  return Refuse(text, kind.expected,
                value.error() == ScaleError::kOverflow
                    ? "it must lie within " + std::string(kind.range)
                    : "it must be a whole number of " + std::string(kind.grain));
}

uint64_t Magnitude(int64_t value) {
  const uint64_t bits = static_cast<uint64_t>(value);
  return value < 0 ? 0 - bits : bits;
}

// The shortest whole number that some canonical unit makes; of equally short ones the last unit's.
std::string FormatQuantity(int64_t value, std::span<const Unit> units, std::string_view zero) {
  if (value == 0) return std::string(zero);
  std::string best;
  size_t best_digits = 0;
  for (const Unit& unit : units) {
    const uint64_t scale = static_cast<uint64_t>(unit.scale);
    if (!unit.canonical || Magnitude(value) % scale != 0) continue;
    const std::string digits = std::to_string(Magnitude(value) / scale);
    if (!best.empty() && digits.size() > best_digits) continue;
    best_digits = digits.size();
    best = (value < 0 ? "-" : "") + digits + std::string(unit.name);
  }
  return best;
}

// `suffix` is what follows the number: "" or "/h".
Parsed<int64_t> ParseDollars(std::string_view text, std::string_view suffix,
                             std::string_view expected) {
  std::string_view rest = text;
  const bool negative = rest.starts_with("-");
  if (negative) rest.remove_prefix(1);
  if (!rest.starts_with("$")) return Refuse(text, expected, "the $ is missing");
  rest.remove_prefix(1);
  if (rest.empty() || rest.front() == '-' || rest.front() == '+') return Refuse(text, expected);
  std::optional<Decimal> decimal = TakeDecimal(rest);
  if (!decimal) return Refuse(text, expected);
  if (rest != suffix) {
    if (rest.empty()) return Refuse(text, expected, "the " + std::string(suffix) + " is missing");
    return Refuse(text, expected, "'" + std::string(rest) + "' does not belong there");
  }
  decimal->negative = negative;
  const auto value = Scale(*decimal, kMicrosPerDollar);
  if (value) return *value;
  return Refuse(text, expected,
                value.error() == ScaleError::kOverflow ? "it must lie within ±9.2e12 dollars"
                                                       : "it must be a whole number of millionths");
}

std::string FormatDollars(int64_t micros, std::string_view suffix) {
  const uint64_t size = Magnitude(micros);
  std::string text = micros < 0 ? "-$" : "$";
  text += std::to_string(size / kMicrosPerDollar);
  if (const uint64_t fraction = size % kMicrosPerDollar; fraction != 0) {
    std::string digits = std::to_string(kMicrosPerDollar + fraction);  // "1" and six digits
    digits.front() = '.';
    while (digits.back() == '0' && digits.size() > 3) digits.pop_back();  // cents stay
    text += digits;
  }
  text += suffix;
  return text;
}

}  // namespace

Parsed<Duration> ParseDuration(std::string_view text) {
  return ParseQuantity(text, kDuration).map(&Duration::Nanos);
}
std::string FormatDuration(Duration duration) {
  return FormatQuantity(duration.nanos(), kDurationUnits, "0s");
}

Parsed<Bytes> ParseBytes(std::string_view text) {
  return ParseQuantity(text, kBytes).map(&Bytes::Count);
}
std::string FormatBytes(Bytes bytes) { return FormatQuantity(bytes.count(), kByteUnits, "0B"); }

Parsed<Usd> ParseUsd(std::string_view text) {
  return ParseDollars(text, "", kUsdExpected).map(&Usd::Micros);
}
std::string FormatUsd(Usd amount) { return FormatDollars(amount.micros(), ""); }

Parsed<UsdPerHour> ParseUsdPerHour(std::string_view text) {
  return ParseDollars(text, "/h", kPriceExpected).map(&UsdPerHour::Micros);
}
std::string FormatUsdPerHour(UsdPerHour price) { return FormatDollars(price.micros(), "/h"); }

Parsed<int64_t> ParseCount(std::string_view text) { return ParseQuantity(text, kCount); }

Parsed<double> ParsePercent(std::string_view text) {
  std::string_view number = text;
  if (!number.ends_with('%')) return Refuse(text, kPercentExpected, "the % is missing");
  number.remove_suffix(1);
  if (number.ends_with(' ')) number.remove_suffix(1);
  const Parsed<double> percent = ParseDouble(number);
  if (!percent) return Refuse(text, kPercentExpected);
  // Two places further down in the text itself, so that there is one rounding only.
  const size_t mark = number.find_first_of("eE");
  if (mark != std::string_view::npos) return *percent / 100;
  const Parsed<double> share = ParseDouble(std::string(number) + "e-2");
  if (!share) return Refuse(text, kPercentExpected);
  return *share;
}

}  // namespace orrery
