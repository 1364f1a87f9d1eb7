// What a run's electricity came to.
#pragma once

#include <limits>
#include <string>
#include <vector>

namespace orrery::results {

// Energy is counted from the grid's side: with what power supplies, fans and the building take.
struct EnergyFigures {
  // Of jobs of a class: what they held and drew, all attempts.
  struct OfClass {
    std::string name;
    double kwh = 0;
    double usd = 0;
    double carbon_kg = 0;
  };
  // Of the nodes in a region, idle time included.
  struct OfRegion {
    std::string name;
    double kwh = 0;
    double usd = 0;
    double carbon_kg = 0;
    double earned_usd = 0;
    double profit_usd = 0;  // earned − electricity
  };

  double busy_kwh = 0;  // of attempts that have ended
  double idle_kwh = 0;  // of the rest of the fleet
  double usd = 0;       // of both
  double carbon_kg = 0;
  double owner_profit_usd = 0;  // what owners earned − what electricity cost them
  // Of boards in use [°C], and the GPU-hours of attempts that heat slowed down; NaN where
  // temperatures are not modelled.
  double peak_temperature_c = std::numeric_limits<double>::quiet_NaN();
  double throttled_gpu_hours = std::numeric_limits<double>::quiet_NaN();
  std::vector<OfClass> per_class;    // of classes that ran, by class
  std::vector<OfRegion> per_region;  // of regions that have nodes, by region
};

}  // namespace orrery::results
