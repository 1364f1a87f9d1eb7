// A scenario: everything a run depends on, as plain data. load.h makes one from YAML, echo.h prints
// it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/energy/electricity_table.h"
#include "models/fleet/gpu.h"
#include "models/workload/throughput_table.h"
#include "sim/base/time.h"
#include "sim/scenario/churn.h"
#include "sim/scenario/energy.h"
#include "sim/scenario/failures.h"
#include "sim/scenario/fleet.h"
#include "sim/scenario/mining.h"
#include "sim/scenario/network.h"
#include "sim/scenario/outputs.h"
#include "sim/scenario/scheduler.h"
#include "sim/scenario/services.h"
#include "sim/scenario/trust.h"
#include "sim/scenario/workload.h"

namespace orrery::scenario {

// What becomes of a job that no node of the fleet could ever hold.
enum class Unplaceable : uint8_t {
  kReject,  // rejected on arrival and counted
  kError,   // the run does not start
};

struct Scenario {
  std::string name;
  std::string description;
  uint64_t seed = 1;
  uint32_t replications = 1;
  // Nodes, arrivals and users are multiplied by it (scale.h).
  double scale = 1;
  // The run stops here (jobs still there are "unfinished"); Duration::Max(): when the last job is
  // done.
  Duration horizon = Duration::Max();
  // Jobs that arrive earlier run but do not count in the summary.
  Duration warm_up;
  Unplaceable unplaceable = Unplaceable::kReject;
  // RegionId is the row; never empty.
  std::vector<Region> regions = {{"local", "ZZ", 0, 0, Duration()}};
  std::vector<FleetGroup> fleet;
  std::vector<WorkloadSource> workload;
  std::vector<Service> services;
  Network network;
  Scheduler scheduler;
  Energy energy;
  Mining mining;
  Failures failures;
  Churn churn;
  Detection detection;
  Checkpoints checkpoints;
  Trust trust;
  Outputs outputs;
  // A table of measured speeds (Gavel's simulation_throughputs.json); empty: rooflines alone.
  std::string throughputs;

  // The tables that the GpuModelIds and JobTypeIds above are rows of; the second is null where
  // `throughputs` is empty.
  std::shared_ptr<const fleet::GpuCatalogue> gpus;
  std::shared_ptr<const workload::ThroughputTable> throughput_table;
  // What a kilowatt-hour costs and emits; needed unless energy.level is kOff.
  std::shared_ptr<const energy::ElectricityTable> electricity;
};

}  // namespace orrery::scenario
