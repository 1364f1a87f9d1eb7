// Checks on the raw text of a document, made before a YAML parser sees it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/base/result.h"

namespace orrery::scenario {

// The reason why `text` cannot be a YAML document: empty, too long, binary, or not UTF-8.
std::optional<Finding> CheckText(std::string_view text, const std::string& source);

// The first line that is indented with a tab.
std::optional<Finding> FindTabIndent(std::string_view text, const std::string& source);

}  // namespace orrery::scenario
