// Well-known metropolitan areas: a region of a scenario that is named after one gets its facts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/base/result.h"
#include "sim/base/time.h"

namespace orrery::scenario {

struct City {
  std::string id;         // "sao-paulo"; unique, lower case
  std::string name;       // "São Paulo"
  std::string country;    // ISO 3166-1 alpha-2
  double lat_deg = 0;     // north positive
  double lon_deg = 0;     // east positive
  std::string time_zone;  // tz database
  Duration utc_offset;    // standard time − UTC
};

class CityTable {
 public:
  // Reads `scenarios/data/regions.csv`; lines that begin with # are comments. Findings name file
  // and line.
  static Result<CityTable> Load(const std::string& path);

  // The city with this id, or null. O(cities).
  const City* Find(std::string_view id) const;
  const std::vector<City>& rows() const { return rows_; }

 private:
  std::vector<City> rows_;
};

}  // namespace orrery::scenario
