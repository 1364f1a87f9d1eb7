// What a kilowatt-hour costs and emits, by place: the rows of scenarios/data/electricity.csv.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/energy/profile.h"
#include "sim/base/result.h"

namespace orrery::energy {

enum class Quantity : uint8_t {
  kPrice,   // [USD/kWh]; of zones: wholesale
  kCarbon,  // [g CO2-equivalent/kWh], life cycle
};

class ElectricityTable {
 public:
  struct Row {
    Quantity quantity = Quantity::kPrice;
    std::string zone;     // "DE-LU"; of an annual mean: the country
    std::string country;  // ISO 3166-1 alpha-2; "ZZ": everywhere that has no row
    double lat_deg = 0;   // of a place in the zone
    double lon_deg = 0;
    double mean = 0;  // over a year
    // Factors by hour (UTC) and by month; both empty: an annual mean.
    std::vector<double> hours = {};
    std::vector<double> months = {};
    // Σ|observed − profile| / Σ|observed| over the weeks that the fit did not see.
    double error = 0;
  };

  // Reads a file like scenarios/data/electricity.csv; lines that begin with # are comments. Every
  // mistake is reported, with file and line.
  static Result<ElectricityTable> Load(const std::string& path);
  // A table given in code. Both quantities must have a row of country ZZ.
  static ElectricityTable FromRows(std::vector<Row> rows);

  // The row for a place: of the zones in its country the nearest one (Assumption: nearest_zone),
  // else the row of ZZ. O(rows).
  const Row& Find(Quantity quantity, std::string_view country, double lat_deg,
                  double lon_deg) const;
  const std::vector<Row>& rows() const { return rows_; }

 private:
  std::vector<Row> rows_;
};

}  // namespace orrery::energy
