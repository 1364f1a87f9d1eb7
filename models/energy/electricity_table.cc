#include "models/energy/electricity_table.h"

#include <algorithm>
#include <fstream>
#include <span>
#include <utility>

#include "sim/base/check.h"
#include "sim/base/math.h"
#include "sim/base/text.h"

namespace orrery::energy {
namespace {

enum Column : size_t { kQuantity, kZone, kCountry, kLat, kLon, kMean, kFirstHour };
constexpr size_t kFirstMonth = kFirstHour + Profile::kHours;
constexpr size_t kError = kFirstMonth + Profile::kMonths;
constexpr size_t kColumns = kError + 1;

std::vector<std::string> ColumnNames() {
  std::vector<std::string> names = {"quantity", "zone", "country", "lat_deg", "lon_deg", "mean"};
  const auto numbered = [](char letter, int number) {
    return std::string{letter, static_cast<char>('0' + number / 10),
                       static_cast<char>('0' + number % 10)};
  };
  for (int hour = 0; hour < Profile::kHours; ++hour) names.push_back(numbered('h', hour));
  for (int month = 1; month <= Profile::kMonths; ++month) names.push_back(numbered('m', month));
  names.push_back("error");
  return names;
}

std::vector<std::string_view> Split(std::string_view line) {
  std::vector<std::string_view> cells;
  for (size_t comma = line.find(','); comma != std::string_view::npos; comma = line.find(',')) {
    cells.push_back(line.substr(0, comma));
    line.remove_prefix(comma + 1);
  }
  cells.push_back(line);
  return cells;
}

// Turns the lines of one file into rows and findings.
class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path), names_(ColumnNames()) {}

  std::vector<ElectricityTable::Row> rows;
  std::vector<Finding> findings;

  void ReadHeader(int line_number, std::string_view line) {
    const std::vector<std::string_view> cells = Split(line);
    for (size_t i = 0; i < kColumns; ++i) {
      const std::string_view got = i < cells.size() ? cells[i] : std::string_view("nothing");
      if (got == names_[i]) continue;
      return Report(line_number, i, "got '" + std::string(got) + "', expected this column");
    }
  }

  void ReadRow(int line_number, std::string_view line) {
    const std::vector<std::string_view> cells = Split(line);
    if (cells.size() != kColumns) {
      findings.push_back({path_ + ":" + std::to_string(line_number),
                          "got " + std::to_string(cells.size()) + " fields, expected " +
                              std::to_string(kColumns)});
      return;
    }
    ElectricityTable::Row row;
    if (cells[kQuantity] == "price" || cells[kQuantity] == "carbon") {
      row.quantity = cells[kQuantity] == "price" ? Quantity::kPrice : Quantity::kCarbon;
    } else {
      Report(line_number, kQuantity,
             "got '" + std::string(cells[kQuantity]) + "', expected price or carbon");
    }
    row.zone = cells[kZone];
    row.country = cells[kCountry];
    if (row.country.size() != 2) {
      Report(line_number, kCountry,
             "got '" + row.country + "', expected a country of two letters, or ZZ");
    }
    row.mean = Number(line_number, kMean, cells[kMean]);
    // Of an annual mean nothing else is given.
    if (!cells[kFirstHour].empty()) ReadZone(line_number, cells, &row);
    rows.push_back(std::move(row));
  }

 private:
  void ReadZone(int line_number, std::span<const std::string_view> cells,
                ElectricityTable::Row* row) {
    row->lat_deg = Number(line_number, kLat, cells[kLat]);
    row->lon_deg = Number(line_number, kLon, cells[kLon]);
    for (size_t i = kFirstHour; i < kError; ++i) {
      const double factor = Number(line_number, i, cells[i]);
      if (factor < 0) {
        Report(line_number, i, "got " + std::string(cells[i]) + ", expected at least 0");
      }
      (i < kFirstMonth ? row->hours : row->months).push_back(factor);
    }
    row->error = Number(line_number, kError, cells[kError]);
  }

  double Number(int line_number, size_t column, std::string_view text) {
    const Parsed<double> number = ParseDouble(text);
    if (number) return *number;
    Report(line_number, column, number.error());
    return 0;
  }

  void Report(int line_number, size_t column, std::string what) {
    findings.push_back(
        {path_ + ":" + std::to_string(line_number) + ":" + names_[column], std::move(what)});
  }

  const std::string& path_;
  const std::vector<std::string> names_;
};

bool HasEverywhere(const std::vector<ElectricityTable::Row>& rows, Quantity quantity) {
  return std::any_of(rows.begin(), rows.end(), [&](const ElectricityTable::Row& row) {
    return row.quantity == quantity && row.country == "ZZ";
  });
}

}  // namespace

Result<ElectricityTable> ElectricityTable::Load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return MakeError(path, "cannot be opened, expected a table of electricity (CSV)");
  Reader reader(path);
  bool header = false;
  int line_number = 0;
  for (std::string line; std::getline(file, line);) {
    ++line_number;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || line.front() == '#') continue;
    header ? reader.ReadRow(line_number, line) : reader.ReadHeader(line_number, line);
    header = true;
    if (reader.rows.empty() && !reader.findings.empty()) break;
  }
  for (const Quantity quantity : {Quantity::kPrice, Quantity::kCarbon}) {
    if (!reader.findings.empty() || HasEverywhere(reader.rows, quantity)) continue;
    const std::string name = quantity == Quantity::kPrice ? "price" : "carbon";
    reader.findings.push_back(
        {path, "has no row '" + name + ",ZZ,ZZ', expected one for countries without a row"});
  }
  if (!reader.findings.empty()) return tl::unexpected<Error>(Error(std::move(reader.findings)));
  return FromRows(std::move(reader.rows));
}

ElectricityTable ElectricityTable::FromRows(std::vector<Row> rows) {
  ORRERY_CHECK(HasEverywhere(rows, Quantity::kPrice) && HasEverywhere(rows, Quantity::kCarbon));
  ElectricityTable table;
  table.rows_ = std::move(rows);
  return table;
}

const ElectricityTable::Row& ElectricityTable::Find(Quantity quantity, std::string_view country,
                                                    double lat_deg, double lon_deg) const {
  const Row* found = nullptr;
  double nearest = 0;
  const double narrowing = CosPi(lat_deg / 180);
  for (const Row& row : rows_) {
    if (row.quantity != quantity || row.country != country) continue;
    const double north = row.lat_deg - lat_deg;
    const double east = (row.lon_deg - lon_deg) * narrowing;
    const double distance = north * north + east * east;
    if (found != nullptr && distance >= nearest) continue;
    found = &row;
    nearest = distance;
  }
  return found != nullptr ? *found : Find(quantity, "ZZ", 0, 0);
}

}  // namespace orrery::energy
