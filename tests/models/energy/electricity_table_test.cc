#include "models/energy/electricity_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace orrery::energy {
namespace {

using ::testing::HasSubstr;

const ElectricityTable& Shipped() {
  static const ElectricityTable table =
      ElectricityTable::Load("scenarios/data/electricity.csv").value();
  return table;
}

std::string ErrorOf(const std::string& text) {
  const std::string path = ::testing::TempDir() + "electricity.csv";
  std::ofstream(path) << text;
  const auto table = ElectricityTable::Load(path);
  return table ? "none" : table.error().ToString();
}

std::string Header() {
  std::string header = "quantity,zone,country,lat_deg,lon_deg,mean";
  for (int h = 0; h < 24; ++h) header += (h < 10 ? ",h0" : ",h") + std::to_string(h);
  for (int m = 1; m <= 12; ++m) header += (m < 10 ? ",m0" : ",m") + std::to_string(m);
  return header + ",error\n";
}

TEST(ElectricityTableTest, NearestZoneOfTheCountry) {
  const auto zone = [](Quantity quantity, const char* country, double lat, double lon) {
    return Shipped().Find(quantity, country, lat, lon).zone;
  };
  EXPECT_EQ(zone(Quantity::kPrice, "US", 47.61, -122.33), "US-CAL-CISO");  // Seattle
  EXPECT_EQ(zone(Quantity::kPrice, "US", 32.78, -96.81), "US-TEX-ERCO");   // Dallas
  EXPECT_EQ(zone(Quantity::kCarbon, "US", 38.90, -77.04), "US-MIDA-PJM");  // Washington
  EXPECT_EQ(zone(Quantity::kPrice, "AU", -33.87, 151.21), "AU-NSW");
  EXPECT_EQ(zone(Quantity::kPrice, "DE", 50.12, 8.68), "DE-LU");
}

TEST(ElectricityTableTest, CountriesWithoutAZoneHaveAnAnnualMeanOrTheWorlds) {
  const auto& sweden = Shipped().Find(Quantity::kCarbon, "SE", 59.33, 18.07);
  EXPECT_TRUE(sweden.hours.empty());
  EXPECT_DOUBLE_EQ(sweden.mean, 35.89);
  EXPECT_EQ(Shipped().Find(Quantity::kPrice, "SE", 59.33, 18.07).zone, "ZZ");
  EXPECT_EQ(Shipped().Find(Quantity::kCarbon, "ZZ", 0, 0).zone, "ZZ");
}

TEST(ElectricityTableTest, ShippedProfilesStateTheirError) {
  for (const ElectricityTable::Row& row : Shipped().rows()) {
    EXPECT_GE(row.mean, 0) << row.zone;
    if (row.hours.empty()) continue;
    EXPECT_GT(row.error, 0) << row.zone;
    EXPECT_LT(row.error, row.quantity == Quantity::kPrice ? 0.7 : 0.4) << row.zone;
  }
}

TEST(ElectricityTableTest, MistakesAreToldWithTheirPlace) {
  EXPECT_THAT(ErrorOf("zone\n"), HasSubstr("electricity.csv:1:quantity: got 'zone'"));
  EXPECT_THAT(ErrorOf(Header() + "price,DE\n"), HasSubstr("electricity.csv:2: got 2 fields"));
  const std::string blanks(37, ',');
  EXPECT_THAT(ErrorOf(Header() + "heat,DE,DE,,,1" + blanks + "\n"),
              HasSubstr("electricity.csv:2:quantity: got 'heat', expected price or carbon"));
  EXPECT_THAT(ErrorOf(Header() + "price,DE,DE,,,1" + blanks + "\n"),
              HasSubstr("has no row 'price,ZZ,ZZ'"));
}

}  // namespace
}  // namespace orrery::energy
