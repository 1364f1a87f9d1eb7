// The scheduler of a scenario: which policy fills each role, and when and how decisions are made.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "policies/api/ties.h"
#include "sim/base/time.h"

namespace orrery::scenario {

// A policy by its registered name, with a value for every parameter that it declares, in the order
// of the declaration and in scenario notation ("6h", "0.5"), defaults filled in.
struct PolicyChoice {
  // "none" where the role is not filled (backfill, preempt, rebalance, allocate).
  std::string policy;
  std::vector<std::pair<std::string, std::string>> parameters;
};

// Whether a job at the head of the queue that does not fit stops those behind it. Only where
// neither a backfill nor an allocate policy says who may pass it.
enum class Blocking : uint8_t { kStrict, kSkip };

using policies::TieRule;

// When the scheduler decides: after each event, every so often, or both (at least one).
struct Trigger {
  bool each_event = true;
  // Zero: no timer.
  Duration every;
};

// Times that the back end's work takes in the model.
struct Delays {
  Duration start;   // Starting: from the decision until the job runs
  Duration stop;    // Stopping: from the decision until its nodes are free
  Duration decide;  // compute time of a decision: it takes effect so much later
};

inline constexpr uint64_t kMostQueued = 1'000'000'000;

struct Scheduler {
  Trigger trigger;
  Blocking blocking = Blocking::kStrict;
  TieRule ties = TieRule::kLowestId;
  // Most jobs that may wait; one that would have to wait beyond is rejected. UINT64_MAX: any
  // number.
  uint64_t queue_limit = UINT64_MAX;
  // Policies see the truth instead of reports (true remaining work, dead nodes).
  bool oracle = false;
  PolicyChoice order{"fifo", {}};
  PolicyChoice place{"best_fit", {}};
  PolicyChoice backfill{"none", {}};
  PolicyChoice preempt{"none", {}};
  PolicyChoice rebalance{"none", {}};
  // Not "none": rounds of this allocation policy every `round` instead of backfill and preempt.
  PolicyChoice allocate{"none", {}};
  Duration round = Duration::Minutes(6);
  PolicyChoice market{"posted", {}};
  // Attempts of a job that may fail and be followed by another; UINT32_MAX: any number.
  uint32_t retries = 6;
  Delays delays;
};

}  // namespace orrery::scenario
