#include "sim/scenario/cities.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <utility>

#include "sim/base/text.h"
#include "sim/base/units.h"
#include "sim/scenario/words.h"

namespace orrery::scenario {
namespace {

constexpr std::string_view kHeader = "id,name,country,lat_deg,lon_deg,time_zone,utc_offset";
enum Column : size_t { kId, kName, kCountry, kLat, kLon, kTimeZone, kUtcOffset, kColumns };

std::optional<std::array<std::string, kColumns>> Split(std::string_view line) {
  std::array<std::string, kColumns> cells;
  for (size_t i = 0; i < kColumns; ++i) {
    const size_t comma = line.find(',');
    const bool last = i + 1 == kColumns;
    if (last != (comma == std::string_view::npos)) return std::nullopt;
    cells[i] = std::string(line.substr(0, comma));
    if (!last) line.remove_prefix(comma + 1);
  }
  return cells;
}

// The city in a row, or what is wrong with it.
tl::expected<City, std::string> ReadCity(const std::string& line) {
  const auto cells = Split(line);
  if (!cells) {
    return tl::unexpected("got " + Quoted(line) + ", expected the columns " + std::string(kHeader));
  }
  City city;
  city.id = (*cells)[kId];
  city.name = (*cells)[kName];
  city.country = (*cells)[kCountry];
  city.time_zone = (*cells)[kTimeZone];
  const Parsed<double> lat = ParseDouble((*cells)[kLat]);
  const Parsed<double> lon = ParseDouble((*cells)[kLon]);
  const Parsed<Duration> offset = ParseDuration((*cells)[kUtcOffset]);
  if (city.id.empty() || city.country.size() != 2) {
    return tl::unexpected("got " + Quoted(line) + ", expected an id and a country of two letters");
  }
  if (!lat || !lon || !offset) {
    return tl::unexpected(!lat ? lat.error() : !lon ? lon.error() : offset.error());
  }
  if (!(*lat >= -90 && *lat <= 90 && *lon >= -180 && *lon <= 180)) {
    return tl::unexpected("got " + Quoted(line) + ", expected degrees of latitude and longitude");
  }
  city.lat_deg = *lat;
  city.lon_deg = *lon;
  city.utc_offset = *offset;
  return city;
}

}  // namespace

Result<CityTable> CityTable::Load(const std::string& path) {
  std::ifstream stream(path);
  if (!stream) return MakeError(path, "cannot be opened, expected a table of cities");
  CityTable table;
  std::vector<Finding> findings;
  std::string line;
  bool header_seen = false;
  for (size_t number = 1; std::getline(stream, line); ++number) {
    if (line.starts_with('#')) continue;
    const std::string place = path + ":" + std::to_string(number);
    if (!std::exchange(header_seen, true)) {
      if (line == kHeader) continue;
      return MakeError(place, "got " + Quoted(line) + ", expected the header " + Quoted(kHeader));
    }
    tl::expected<City, std::string> city = ReadCity(line);
    if (!city) {
      findings.push_back({place, city.error()});
    } else if (table.Find(city->id) != nullptr) {
      findings.push_back({place, "got the id " + Quoted(city->id) + " again, expected it once"});
    } else {
      table.rows_.push_back(std::move(*city));
    }
  }
  if (!findings.empty()) return tl::unexpected(Error(std::move(findings)));
  if (table.rows_.empty()) return MakeError(path, "got no rows, expected a table of cities");
  return table;
}

const City* CityTable::Find(std::string_view id) const {
  const auto found =
      std::find_if(rows_.begin(), rows_.end(), [&](const City& city) { return city.id == id; });
  return found == rows_.end() ? nullptr : &*found;
}

}  // namespace orrery::scenario
