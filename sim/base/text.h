// Numbers to and from text without a locale, and names that were nearly right.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace orrery {

// A value read from text. The error is a clause such as "got '6', expected a duration with its
// unit, for example 6h": the caller, who knows file, line and key, puts them in front.
template <typename T>
using Parsed = tl::expected<T, std::string>;

// The whole text as a decimal number (1, -2.5, 1e-3). Infinity, NaN and numbers beyond the range of
// a double are errors. Rounds correctly.
Parsed<double> ParseDouble(std::string_view text);
// The whole text as a decimal integer in int64.
Parsed<int64_t> ParseInt(std::string_view text);
// The shortest decimal text that reads back as the same double.
std::string FormatDouble(double value);

// How far `given` is from `candidate`: the least number of insertions, deletions, replacements and
// swaps of neighbours (optimal string alignment), where upper and lower case, and '-' and '_',
// count as equal. O(product of the lengths).
size_t NameDistance(std::string_view given, std::string_view candidate);
// Whether a person who wrote `given` may well have meant a candidate at that distance: at most a
// third of the letters are wrong, or the candidate starts with `given`, of three letters or more.
bool IsPlausibleName(std::string_view given, std::string_view candidate, size_t distance);

// The nearest of `candidates` (any range of strings), the first one among equals; none where
// nothing is near.
template <typename Range>
std::optional<std::string> NearestName(std::string_view given, const Range& candidates) {
  std::optional<std::string> nearest;
  size_t least = std::numeric_limits<size_t>::max();
  for (const auto& candidate : candidates) {
    const std::string_view name(candidate);
    const size_t distance = NameDistance(given, name);
    if (distance < least && IsPlausibleName(given, name, distance)) {
      nearest = std::string(name);
      least = distance;
    }
  }
  return nearest;
}

// "got 'fifoo', expected a queue order: edf, fifo, las (did you mean 'fifo'?)"; `kind` is "a queue
// order".
template <typename Range>
std::string UnknownName(std::string_view kind, std::string_view given, const Range& candidates) {
  std::string text = "got '" + std::string(given) + "', expected " + std::string(kind);
  const char* separator = ": ";
  for (const auto& candidate : candidates) {
    text += separator;
    text += std::string_view(candidate);
    separator = ", ";
  }
  if (const auto nearest = NearestName(given, candidates))
    text += " (did you mean '" + *nearest + "'?)";
  return text;
}

}  // namespace orrery
