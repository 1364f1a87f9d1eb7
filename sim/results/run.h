// What a run tells the results beside its rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/time.h"
#include "sim/results/energy.h"
#include "sim/results/mining.h"
#include "sim/results/summary.h"
#include "sim/results/transfers.h"
#include "sim/results/trust.h"

namespace orrery::results {

// Which jobs, with their attempts, get rows. The summary counts all of them in any case.
enum class JobRows : uint8_t { kAll, kSample, kAggregate };
// "all", "sample", "aggregate".
const char* JobRowsName(JobRows rows);

// Known when a run starts.
struct RunDescription {
  std::string name;      // the scenario's
  std::string scenario;  // resolved, as YAML text
  std::string version;   // of orrery
  uint64_t seed = 0;
  uint32_t replicate = 0;
  SimTime warm_up;  // jobs submitted earlier are not measured
  SimTime horizon = SimTime::Never();
  JobRows job_rows = JobRows::kAll;
  double sample_fraction = 1;  // share of the jobs where job_rows == kSample
  // What GpuModelId, RegionId, UserId and accounts stand for; may be empty.
  std::vector<std::string> gpu_models;
  std::vector<std::string> regions;
  std::vector<std::string> users;
  std::vector<std::string> accounts;
  std::vector<std::string> services;
};

// What failed, and what it cost.
struct FailureCounters {
  bool modelled = false;       // whether anything could fail
  uint64_t node_failures = 0;  // without those in outages of a region
  uint64_t region_outages = 0;
  uint64_t provider_outages = 0;
  uint64_t gpu_errors = 0;     // attempts that they ended
  uint64_t departures = 0;     // nodes that their owners took away
  uint64_t evictions = 0;      // attempts that ended so, saved in time
  uint64_t detections = 0;     // nodes that the scheduler heard had gone
  uint64_t attempts_lost = 0;  // ended by a node that went down
  uint64_t job_failures = 0;   // attempts that the job's own software ended
  uint64_t failed_starts = 0;  // on a node that was down, or went down before the job ran
  uint64_t blacklistings = 0;  // times that a node was left alone, because too much failed there
  uint64_t nodes_blacklisted = 0;
  double detection_s = 0;      // from going down to being noticed, all detections together
  __int128 gpu_lost = 0;       // progress and time lost by these [1e-3 GPU · ns]; of it,
  __int128 gpu_unnoticed = 0;  // held on nodes that were down
  __int128 node_ns_up = 0;     // nodes that were truly up, integrated over time
  __int128 node_ns = 0;        // all nodes, up or not
  __int128 node_ns_blacklisted = 0;
};

// What rows do not tell; as of the moment it is handed over.
struct RunCounters {
  uint64_t submitted = 0;  // jobs that have arrived so far
  uint64_t decisions_made = 0;
  uint64_t decisions_refused = 0;
  uint64_t events = 0;
  double policy_seconds = 0;  // CPU time spent deciding [s]
  double wall_seconds = 0;    // of the run so far [s]
  SimTime now;                // simulated time reached
  // Capacity of the nodes that were up, integrated over simulated time.
  __int128 gpu_milli_ns = 0;   // [1e-3 GPU · ns]
  __int128 cpu_milli_ns = 0;   // [1e-3 core · ns]
  __int128 memory_mib_ns = 0;  // [MiB · ns]
  // Where energy is modelled.
  std::optional<EnergyFigures> energy;
  // Where owners mine.
  std::optional<MiningFigures> mining;
  // Where data move.
  std::optional<TransferFigures> transfers;
  FailureCounters failures;
  std::vector<ServiceFigures> services;
  // Where trust is modelled.
  std::optional<TrustFigures> trust;
};

// How a run ended.
struct RunEnd {
  bool complete = true;
  std::string partial_reason;  // where it is not complete: "interrupted (SIGINT)"
  std::string trace_digest;
  std::string outcome_digest;
};

}  // namespace orrery::results
