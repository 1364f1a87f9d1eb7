// What became free since reservations were last looked at: where and when a job might gain.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policies/api/view.h"
#include "policies/backfill/availability.h"

namespace orrery::policies {

// A sweep goes over all reservations in queue order. What a sweep frees itself serves those behind
// at once and those before in the next sweep.
class Gains {
 public:
  // Notes what became free since the last sweep: jobs that ended before they were expected to, or
  // now are expected earlier, and nodes that came.
  void BeginSweep(const ClusterView& view);
  void EndSweep();
  // Whether the last sweep left news for jobs that it had passed already.
  bool pending() const { return !later_.empty(); }
  // A reservation was given up.
  void Add(const Stay& stay);
  // A job holds these nodes and is expected to end then.
  void See(const JobInfo& job, std::span<const NodeGrant> grants, SimTime end);

  // Reservations were bound to other nodes: what became free is so somewhere, but not where it was.
  void ForgetNodes();

  // Whether anything gained leaves room for a replica of the job at a time that a window before
  // `window` would need. `free`: without the job's own reservation. If not, no earlier window can
  // have opened.
  bool Help(const ClusterView& view, const JobInfo& job, const Window& window,
            const Availability& free) const;

 private:
  struct Gain {
    NodeId node;  // none: on any
    SimTime from, to;
  };
  // A job that holds nodes, as it was when last seen.
  struct Seen {
    JobId job;
    SimTime end;
    std::vector<NodeId> nodes;
    uint64_t sweep = 0;
  };
  void Add(NodeId node, SimTime from, SimTime to);

  std::vector<Gain> gains_;
  std::vector<Gain> later_;  // made by this sweep: still news to those before
  bool sweeping_ = false;
  uint64_t sweep_ = 0;
  std::vector<Seen> seen_;  // by slot
  std::vector<JobSlot> seen_slots_;
  std::vector<bool> present_;  // by node
};

}  // namespace orrery::policies
