#include "sim/scenario/text_check.h"

#include <algorithm>
#include <cstdint>

#include "sim/scenario/document.h"
#include "sim/scenario/words.h"

namespace orrery::scenario {
namespace {

// What a binary file probably is, for the person who named it by mistake.
std::string_view BinaryHint(std::string_view text) {
  using std::string_view_literals::operator""sv;
  if (text.starts_with("\x89HDF")) return " (HDF5 results? `orrery show` prints those)"sv;
  if (text.starts_with("\x1f\x8b")) return " (gzip? a scenario is read uncompressed)"sv;
  return "";
}

}  // namespace

std::optional<Finding> CheckText(std::string_view text, const std::string& source) {
  if (text.size() > kMaxDocumentBytes) {
    return Finding{source, "got " + std::to_string(text.size()) +
                               " bytes, expected a scenario of at most " +
                               std::to_string(kMaxDocumentBytes >> 20) + " MiB"};
  }
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return Finding{source, "got an empty file, expected a scenario in YAML"};
  }
  size_t line = 1;
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<uint8_t>(text[i]);
    const size_t length = Utf8Length(text.substr(i));
    const bool control = byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t';
    if (control || byte == 0x7f || length == 0) {
      return Finding{source + ":" + std::to_string(line),
                     "got the byte " + Quoted(text.substr(i, 1)) +
                         ", expected a scenario in YAML, which is UTF-8 text" +
                         std::string(BinaryHint(text))};
    }
    if (byte == '\n') ++line;
    i += length;
  }
  return std::nullopt;
}

std::optional<Finding> FindTabIndent(std::string_view text, const std::string& source) {
  size_t line = 1;
  for (size_t start = 0; start < text.size(); ++line) {
    const size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view indent =
        text.substr(start, std::min(text.find_first_not_of(" \t", start), end) - start);
    const size_t tab = indent.find('\t');
    if (tab != std::string_view::npos && start + indent.size() < end) {
      return Finding{source + ":" + std::to_string(line) + ":" + std::to_string(tab + 1),
                     "got a tab in the indentation, expected spaces"};
    }
    start = end + 1;
  }
  return std::nullopt;
}

}  // namespace orrery::scenario
