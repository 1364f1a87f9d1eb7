// The readers of the formats in spell_trace.h.
#pragma once

#include <string>

#include "models/failure/replay/spell_trace.h"

namespace orrery::failure {

Result<SpellTrace> ReadFta(const std::string& path);
Result<SpellTrace> ReadSpot(const std::string& path);

}  // namespace orrery::failure
