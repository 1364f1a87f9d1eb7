// Layers of a scenario: a file, the files it extends, and overrides from the command line, merged
// into one document.
//
// Maps merge key by key, and anything else of a later layer replaces what it finds. A map over a
// scalar adds to it where the scalar is short for a map (`network: full`, then `network: {route:
// …}`), and replaces it elsewhere. A map that
// names another `policy`, `format`, `law` or `class` than the one below it replaces it too, because
// the parameters of one mean nothing to the other.
#pragma once

#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/scenario/document.h"

namespace orrery::scenario {

// The key under which a scalar survives when an override adds a key beside it:
// `ask: $2/h` with `--set fleet[0].ask.sigma=0.3`. No document can contain it.
inline constexpr std::string_view kShorthandKey = "";

// Reads `path` and the chain of files that it extends (paths relative to the file that names them),
// and merges them, the file itself last. The key `extends` is consumed. Findings: those of
// ReadDocument, a root that is not a map, an `extends` that is not a file name or leads in a
// circle.
Result<Value> ReadLayers(const std::string& path);
// The same with `text` in place of the file; `extends` is relative to the current folder.
Result<Value> ParseLayers(const std::string& text, const std::string& source);

// Applies `settings`, each "a.b=value" with the value in YAML; "a[0]" is the first entry of a list
// and "a[x]" the one whose name or id is x; a list with one entry need not be indexed. Findings
// have the place "--set a.b=value".
std::vector<Finding> ApplySettings(const std::vector<std::string>& settings, Value* root);

}  // namespace orrery::scenario
