#include "sim/scenario/electricity.h"

#include "sim/base/check.h"

namespace orrery::scenario {

using energy::Profile;
using energy::Quantity;

namespace {

Profile ProfileOf(const energy::ElectricityTable::Row& row, double scale, bool by_hour) {
  return by_hour ? Profile::Make(row.mean * scale, row.hours, row.months)
                 : Profile::Make(row.mean * scale, {}, {});
}

}  // namespace

workload::Electricity ElectricityOf(const Scenario& scenario) {
  ORRERY_CHECK(scenario.electricity != nullptr);
  const bool by_hour = scenario.energy.level == Energy::Level::kFull;
  workload::Electricity electricity;
  electricity.begin = Duration::Hours(24) * (scenario.energy.day_of_year - 1);
  for (const Region& region : scenario.regions) {
    const auto row = [&](Quantity quantity) -> const energy::ElectricityTable::Row& {
      return scenario.electricity->Find(quantity, region.country, region.lat_deg, region.lon_deg);
    };
    const energy::ElectricityTable::Row& price = row(Quantity::kPrice);
    // The mean of countries without a zone is delivered already.
    const double delivery = price.country == "ZZ" ? 0 : scenario.energy.delivery_usd_kwh;
    electricity.price.push_back(
        ProfileOf(price, 1e6, by_hour).Plus(static_cast<int64_t>(delivery * 1e6 + 0.5)));
    electricity.carbon.push_back(ProfileOf(row(Quantity::kCarbon), 1e3, by_hour));
  }
  return electricity;
}

}  // namespace orrery::scenario
