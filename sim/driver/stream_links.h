// What people watch goes out over the links of the nodes that render it, which carry only so much.
#pragma once

#include <cstdint>
#include <vector>

#include "models/workload/frames.h"
#include "sim/base/ids.h"
#include "sim/base/slab.h"
#include "sim/base/time.h"
#include "sim/cluster/state.h"
#include "sim/driver/gang_links.h"

namespace orrery::driver {

// Follows the sum of the streams that leave each node. Where it reaches what the node's link
// carries, frames of all its sessions wait, ever longer. Where bandwidth does not bind, nothing is
// followed.
class StreamLinks {
 public:
  // All outlive this.
  StreamLinks(const GangLinks* links, const workload::FrameTable* frames,
              const cluster::ClusterState* state)
      : links_(links), frames_(frames), state_(state) {}

  // An attempt with this row of the FrameTable runs from now on, or no longer. It holds its node.
  // O(1).
  void Run(JobSlot slot, uint16_t frames, bool on, SimTime now);
  // Whether the link of its node was too thin for more than one in 20 moments of the attempt, which
  // has run, until now or its end.
  bool Choked(JobSlot slot, SimTime now) const;

 private:
  struct Node {
    int64_t bytes_s = 0;
    // How long the link was too thin, by `settled`; and whether it is.
    Duration thin_time;
    SimTime settled;
    bool thin = false;

    Duration ThinBy(SimTime now) const { return thin ? thin_time + (now - settled) : thin_time; }
  };
  struct Session {
    bool on = false;
    NodeId node = {};
    SimTime begin;
    Duration thin_before;  // of its node, when it began
    // Of one that has ended.
    bool choked = false;
  };

  static bool TooOften(const Session& session, Duration thin_time, SimTime now);

  const GangLinks* links_;
  const workload::FrameTable* frames_;
  const cluster::ClusterState* state_;
  std::vector<Node> nodes_;  // by NodeId; may be short
  Slab<Session> sessions_;   // by job slot
};

}  // namespace orrery::driver
