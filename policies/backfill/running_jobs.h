// Jobs that hold nodes, as they were when last looked at: what changed since.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policies/api/view.h"
#include "sim/base/time.h"

namespace orrery::policies {

class RunningJobs {
 public:
  // What a job holds, or held.
  struct Hold {
    JobId job;
    Demand demand;
    std::vector<NodeGrant> grants;
    SimTime end;  // as expected
  };
  // A hold that lasts longer or shorter than was known: between the two ends its nodes are not free
  // any more, or have become so. A hold that is new, or over, counts as if it ended now.
  struct Change {
    Demand demand;
    std::vector<NodeGrant> grants;
    SimTime known_end;
    SimTime end;
  };

  // Takes in what the view says now, and tells what changed: what became free first. O(running).
  const std::vector<Change>& Update(const ClusterView& view);
  // A job that took nodes just now, about which Update will have nothing to tell.
  void Add(const JobInfo& job, std::span<const NodeGrant> grants, SimTime end);
  // The first expected end; SimTime::Never(): nobody holds anything.
  SimTime FirstEnd() const;

 private:
  class Look;
  struct Seen {
    Hold hold;
    uint64_t look = 0;
    bool held() const { return hold.job.valid(); }
  };
  void See(const JobInfo& job, std::span<const NodeGrant> grants, SimTime now);
  Seen& At(JobSlot slot);

  std::vector<Seen> seen_;  // by slot
  std::vector<JobSlot> slots_;
  std::vector<Change> freed_, changes_;
  uint64_t look_ = 0;
};

}  // namespace orrery::policies
