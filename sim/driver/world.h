// A world built from a scenario: fleet, workload, scheduler, model back end and recorder, wired to
// one simulator; and its run.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/workload/job_tables.h"
#include "sim/base/demand.h"
#include "sim/base/result.h"
#include "sim/driver/arrivals.h"
#include "sim/results/summary.h"
#include "sim/scenario/scenario.h"

namespace orrery::driver {

struct WorldOptions {
  // Which of the scenario's replications this is: part of the key of all random numbers.
  uint32_t replicate = 0;
  // Where the results go; empty: no file.
  std::string results_path;
  // The resolved scenario, stored in the results.
  std::string scenario_text;
  // Where the jobs come from instead of the scenario's workload; empty: from there.
  std::function<Result<std::vector<ArrivalStream>>(RequirementsTable*, workload::JobTables*)>
      open_workload;
};

// How far a run has come.
struct Progress {
  SimTime now;
  SimTime horizon;  // Never(): until the last job is done
  uint64_t events = 0;
  uint64_t submitted = 0;
  uint64_t left = 0;  // jobs that finished, were rejected or killed
  uint64_t running = 0;
  uint64_t waiting = 0;
  double wall_seconds = 0;
};

// What whoever runs a world may do meanwhile.
struct RunControl {
  // Checked before each event; true: finish the current event, write what is known, and return.
  const std::atomic<bool>* interrupt = nullptr;
  // Called a few times a second of wall time.
  std::function<void(const Progress&)> on_progress;
};

struct RunOutcome {
  results::Summary summary;
  bool interrupted = false;
  uint64_t never_fit = 0;  // jobs rejected because no node set could ever hold them
};

class World {
 public:
  // Errors: whatever is wrong with files that the scenario names; a job that could never fit where
  // the scenario says `unplaceable: error`. The scenario must outlive the world.
  static Result<std::unique_ptr<World>> Build(const scenario::Scenario& scenario,
                                              const WorldOptions& options);
  ~World();

  // Runs to the horizon. Errors: a trace that breaks off, a results file that cannot be written;
  // what was known by then is in the results file.
  Result<RunOutcome> Run(const RunControl& control);

 private:
  struct Parts;
  explicit World(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// Jobs of the scenario that no node set of its fleet could ever hold, among the first `limit` jobs.
struct UnplaceableJobs {
  uint64_t scanned = 0;
  uint64_t unplaceable = 0;
  std::string example;  // demand of the first one
  // Services of which no node could hold a replica, with its demand.
  std::vector<std::string> services;
  // What traces told of jobs that they left out or changed: "philly: 3 jobs skipped: …".
  std::vector<std::string> trace_notes;
};
// Of one replication. `go_on` is asked now and then, with the number looked at so far; where it
// says no, what is found by then is told.
Result<UnplaceableJobs> FindUnplaceable(
    const scenario::Scenario& scenario, uint32_t replicate, uint64_t limit,
    const std::function<bool(uint64_t scanned)>& go_on = [](uint64_t) { return true; });

}  // namespace orrery::driver
