#include "sim/scenario/words.h"

#include <algorithm>
#include <cstdint>

#include "sim/base/text.h"

namespace orrery::scenario {
namespace {

// As long as a path can be on Linux.
constexpr size_t kMaxPathBytes = 4096;
// No name is longer; comparing takes time in proportion to the length.
constexpr size_t kMaxNameBytes = 80;

}  // namespace

// The length of the UTF-8 sequence at the start of `text`; 0 where there is none (overlong forms,
// surrogates and anything beyond U+10FFFF included).
size_t Utf8Length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  if ((lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) > 0x9f)) return 0;
  if ((lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) > 0x8f)) return 0;
  return length;
}

std::string Quoted(std::string_view text, size_t most) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string quoted = "'";
  size_t i = 0;
  while (i < text.size() && quoted.size() <= most) {
    const auto byte = static_cast<uint8_t>(text[i]);
    const size_t length = Utf8Length(text.substr(i));
    if (byte == '\n' || byte == '\t') {
      quoted += byte == '\n' ? "\\n" : "\\t";
    } else if (byte < 0x20 || byte == 0x7f || length == 0) {
      quoted += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      quoted += text.substr(i, length);
    }
    i += std::max<size_t>(length, 1);
  }
  if (i < text.size()) quoted += "…";
  return quoted + "'";
}

std::string QuotedPath(std::string_view path) { return Quoted(path, kMaxPathBytes); }

std::string Join(const std::vector<std::string>& words) {
  if (words.empty()) return "(none)";
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ", ";
    text += word;
  }
  return text;
}

std::string Nearest(std::string_view name, const std::vector<std::string>& candidates) {
  if (name.size() > kMaxNameBytes) return "";
  return NearestName(name, candidates).value_or("");
}

std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string nearest = Nearest(name, candidates);
  return nearest.empty() ? "" : " (did you mean '" + nearest + "'?)";
}

}  // namespace orrery::scenario
