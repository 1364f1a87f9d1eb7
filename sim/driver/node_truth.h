// Which nodes are truly up, which attempts are on them, and when those died. The back end's
// knowledge: the scheduler hears of it at health checks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "models/failure/failures.h"
#include "policies/api/job_info.h"
#include "policies/api/view.h"
#include "sim/base/ids.h"
#include "sim/base/random.h"
#include "sim/base/slab.h"
#include "sim/base/time.h"

namespace orrery::driver {

class NodeTruth {
 public:
  NodeTruth(uint32_t nodes, double job_failures_per_gpu_h, const RandomStreams& random)
      : nodes_(nodes), job_rate_per_gpu_h_(job_failures_per_gpu_h), random_(random) {}

  // An attempt takes its nodes. False if one of them is down: then it died before it began.
  bool Begin(const policies::JobInfo& job, std::span<const policies::NodeGrant> grants,
             SimTime now);
  // It gave them back.
  void End(JobSlot slot);

  void SetUp(NodeId node, bool up) { nodes_[node.index()].up = up; }
  bool up(NodeId node) const { return nodes_[node.index()].up; }
  // The attempts on a node, dead or alive.
  const std::vector<JobSlot>& On(NodeId node) const { return nodes_[node.index()].attempts; }
  // Whether the attempt holds this GPU, or a share of it.
  bool Holds(JobSlot slot, NodeId node, uint32_t gpu) const;
  void Kill(JobSlot slot, SimTime now) { attempts_[slot.index()].died = now; }
  // When the attempt died with a node; Never(): it did not.
  SimTime died(JobSlot slot) const { return attempts_[slot.index()].died; }
  // The node of an attempt that stands on one; none: it stands on several.
  NodeId OnlyNode(JobSlot slot) const {
    const std::vector<Held>& nodes = attempts_[slot.index()].nodes;
    return nodes.size() == 1 ? nodes.front().node : NodeId();
  }
  // The attempt fails by itself after `run` at the latest.
  void FailBy(JobSlot slot, Duration run) {
    Duration& fails_after = attempts_[slot.index()].fails_after;
    fails_after = std::min(fails_after, run);
  }
  // Run time after which the attempt fails by itself; Max(): it does not.
  Duration fails_after(JobSlot slot) const { return attempts_[slot.index()].fails_after; }

 private:
  struct Node {
    bool up = true;
    std::vector<JobSlot> attempts;
  };
  struct Held {
    NodeId node;
    uint16_t gpu_mask;
  };
  struct Attempt {
    std::vector<Held> nodes;
    SimTime died = SimTime::Never();
    Duration fails_after = Duration::Max();
  };

  std::vector<Node> nodes_;
  Slab<Attempt> attempts_;  // by job slot
  double job_rate_per_gpu_h_;
  RandomStreams random_;
};

}  // namespace orrery::driver
