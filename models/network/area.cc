#include "models/network/area.h"

#include <iterator>

namespace orrery::network {
namespace {

struct Row {
  std::string_view name;
  std::string_view countries;  // separated by blanks
};

constexpr Row kRows[] = {
#define ORRERY_AREA(id, name, countries) {name, countries},
#include "models/network/areas.inc"
#undef ORRERY_AREA
};
static_assert(std::size(kRows) == kAreas);

}  // namespace

std::string_view AreaName(Area area) { return kRows[static_cast<size_t>(area)].name; }

std::optional<Area> AreaOf(std::string_view country) {
  if (country.size() != 2) return std::nullopt;
  for (size_t area = 0; area < kAreas; ++area) {
    const std::string_view countries = kRows[area].countries;
    for (size_t i = 0; i < countries.size(); i += 3) {
      if (countries.substr(i, 2) == country) return static_cast<Area>(area);
    }
  }
  return std::nullopt;
}

}  // namespace orrery::network
