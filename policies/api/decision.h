// Decisions are data: a policy returns them and changes nothing itself. The DecisionChecker refuses
// an impossible one, with its reason.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "sim/base/ids.h"
#include "sim/base/time.h"

namespace orrery::policies {

// Replicas of a gang on one node.
struct NodeShare {
  NodeId node;
  uint32_t replicas = 0;

  bool operator==(const NodeShare&) const = default;
};
// Where a whole gang goes; each node at most once.
using Placement = std::vector<NodeShare>;

// Take the nodes and start the job.
struct Start {
  JobSlot job;
  Placement nodes;
};
// Stop a running job; it goes back to the queue with the progress its checkpoints keep.
struct Preempt {
  JobSlot job;
};
// Stop a running job, with the progress that a stop keeps, and start it on these nodes instead.
struct Migrate {
  JobSlot job;
  Placement nodes;
};
// Give a waiting job up for good.
struct Reject {
  JobSlot job;
};
// Decide again at this time, even if nothing happens until then.
struct WakeAt {
  SimTime time;
};

using Decision = std::variant<Start, Preempt, Migrate, Reject, WakeAt>;

}  // namespace orrery::policies
