// What there is to name in a scenario: GPUs, regions, policies, formats of traces, and so on.
// `list` and `describe` show it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/base/result.h"

namespace orrery::cli {

struct Catalogue {
  std::string name;      // "policies"
  std::string singular;  // "policy"
  // The keys that a table for people shows, the first one being what an entry is called by.
  std::vector<std::string> columns;
  // A list of objects with the same keys, in the order in which they are shown. An entry with
  // "parameters" has a list there: name, type, default, unit, min, max, choices, doc, source.
  Result<nlohmann::ordered_json> (*entries)();
  // Why there are no entries, where that may happen; else nullptr.
  std::string (*why_none)() = nullptr;
};

// All of them, in the order in which help lists them.
const std::vector<Catalogue>& Catalogues();
// By its name or its singular. An error names the valid ones, and the nearest.
Result<const Catalogue*> FindCatalogue(const std::string& name);

// The words of a value in JSON, as people write them.
std::string Words(const nlohmann::ordered_json& value);

}  // namespace orrery::cli
