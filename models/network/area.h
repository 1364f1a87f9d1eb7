// Areas of the world between which routes to the outside differ, as round-trip times tell them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace orrery::network {

enum class Area : uint8_t {
#define ORRERY_AREA(id, name, countries) id,
#include "models/network/areas.inc"
#undef ORRERY_AREA
};
inline constexpr int kAreas = 15;

// "north_america".
std::string_view AreaName(Area area);

// The area of a country (ISO 3166-1 alpha-2, in capitals); none where the table has no such
// country, as for "ZZ". O(countries).
std::optional<Area> AreaOf(std::string_view country);

}  // namespace orrery::network
