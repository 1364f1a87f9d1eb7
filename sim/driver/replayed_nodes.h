// Nodes that go and come as machines of traces did.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "models/failure/churn.h"
#include "models/failure/replay/replay.h"
#include "sim/base/result.h"
#include "sim/cluster/state.h"
#include "sim/scenario/scenario.h"

namespace orrery::driver {

// Each node follows one machine of its region's trace, drawn at random; nodes of a region without a
// trace stay.
class ReplayedNodes {
 public:
  // `stream` names the random draws. Errors: a file that cannot be read; a trace that tells of no
  // machine at its beginning, or ends before the horizon.
  static Result<ReplayedNodes> Open(const failure::ReplayParams& params,
                                    const scenario::Scenario& scenario, StreamName stream,
                                    uint32_t replicate, const cluster::ClusterState& state);

  failure::Spell First(NodeId node) const;
  failure::Spell Next(NodeId node, const failure::Spell& last) const;

 private:
  struct Follows {
    uint32_t trace = UINT32_MAX;  // none
    uint32_t machine = 0;
  };

  std::vector<failure::Replay> traces_;
  std::vector<Follows> nodes_;
};

// Owners whose comings and goings are replayed. They give no notice.
std::unique_ptr<failure::OwnerPresence> ReplayedOwners(ReplayedNodes nodes, uint32_t node_count);

}  // namespace orrery::driver
