// Runs the replications of a scenario, several at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/results/summary.h"
#include "sim/scenario/load.h"

namespace orrery::cli {

struct RunPlan {
  const scenario::Loaded* loaded = nullptr;
  // Jobs of one replication, for the progress; 0: not known.
  uint64_t expected_jobs = 0;
  // Replications that run at a time, at least 1.
  uint32_t threads = 1;
  // Put before the progress; may be empty.
  std::string label = {};
  // No progress on stderr.
  bool quiet = false;
};

// The results file of a replication: outputs.file, or "out-3.h5" for "out.h5" where there are
// several.
std::string ResultsPath(const scenario::Scenario& scenario, uint32_t replicate);

struct Ended {
  std::vector<results::Summary> summaries;  // in the order of replications
  std::optional<Error> error;               // the first one in that order
};

// `interrupt`: those that are running end with what is known, and no more are started. None is
// started after an error either; what had ended by then is told all the same.
Ended RunReplications(const RunPlan& plan, const std::atomic<bool>& interrupt);

}  // namespace orrery::cli
