#include "models/failure/replay/spell_trace.h"

#include "models/failure/replay/readers.h"

namespace orrery::failure {

Result<SpellTrace> ReadSpells(SpellFormat format, const std::string& path) {
  switch (format) {
    case SpellFormat::kFta:
      return ReadFta(path);
    case SpellFormat::kSpot:
      return ReadSpot(path);
  }
  return MakeError(path, "unknown format");
}

}  // namespace orrery::failure
