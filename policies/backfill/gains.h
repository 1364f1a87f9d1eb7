// What became free since reservations were last looked at: where and when a job might gain.
#pragma once

#include <vector>

#include "policies/api/view.h"
#include "policies/backfill/availability.h"

namespace orrery::policies {

// A sweep goes over all reservations in queue order. What a sweep frees itself serves those behind
// at once and those before in the next sweep.
class Gains {
 public:
  void BeginSweep();
  void EndSweep();
  // Whether the last sweep left news for jobs that it had passed already.
  bool pending() const { return !later_.empty(); }

  // The node has more than before in [from, to).
  void Add(NodeId node, SimTime from, SimTime to);
  // A reservation was given up.
  void Add(const Stay& stay);
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

  std::vector<Gain> gains_;
  std::vector<Gain> later_;  // made by this sweep: still news to those before
  bool sweeping_ = false;
};

}  // namespace orrery::policies
