// What owners' idle GPUs mined in a run, and what that was worth.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace orrery::results {

struct MiningFigures {
  // Of the owners of a kind that mines.
  struct OfOwners {
    std::string name;
    uint64_t gpus = 0;       // of their nodes
    double gpu_hours = 0;    // mined
    double revenue_usd = 0;  // paid by pools
    double kwh = 0;          // above what idle GPUs draw
    double electricity_usd = 0;
    double profit_usd = 0;  // revenue − that electricity
  };

  double gpu_hours = 0;
  double revenue_usd = 0;
  double kwh = 0;
  double electricity_usd = 0;
  double carbon_kg = 0;
  double profit_usd = 0;
  uint64_t evictions = 0;  // starts of jobs that had to wait for a miner to go
  // Mean price of a coin over the run; and the fleet's mean hash rate over the network's.
  double mean_coin_usd = std::numeric_limits<double>::quiet_NaN();
  double network_share = std::numeric_limits<double>::quiet_NaN();
  std::vector<OfOwners> per_owner;  // of kinds that mine and have GPUs, by kind
};

}  // namespace orrery::results
