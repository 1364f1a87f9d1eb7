// Energy, heat and the price of electricity, as a scenario says. Plain data; visit_energy.cc gives
// keys, units, bounds, defaults and sources.
#pragma once

#include <cstdint>

#include "models/energy/heat.h"
#include "models/energy/power.h"

namespace orrery::scenario {

struct Energy {
  enum class Level : uint8_t {
    kOff,     // nothing is counted
    kSimple,  // one price and one carbon intensity a place, for all hours
    kFull,    // both by hour and month; boards that get too hot slow down
  };

  Level level = Level::kOff;
  // The day of the year on which a run begins, at midnight UTC; 1: 1 January. A year has 365.
  uint16_t day_of_year = 1;
  // Of network and taxes, on top of the wholesale price of a zone [USD/kWh].
  // Assumption: delivery_charge.
  double delivery_usd_kwh = 0.05;
  energy::PowerParams power;
  energy::HeatParams heat;
};

}  // namespace orrery::scenario
