// Jobs that hold nodes, as they were when last looked at: what changed since.
#pragma once

#include <absl/container/btree_set.h>

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "policies/api/view.h"
#include "sim/base/time.h"

namespace orrery::policies {

class RunningJobs {
 public:
  // A hold that lasts longer or shorter than was known: between the two ends its nodes are not free
  // any more, or have become so. A hold that is new, or over, counts as if it ended now.
  struct Change {
    Demand demand;
    std::vector<NodeGrant> grants;
    SimTime known_end;
    SimTime end;
  };

  // What the job holds, or until when, may have changed. O(1).
  void Note(JobSlot slot);
  // Takes in what became of the jobs noted, and of those that should have ended by now, and tells
  // what changed: what became free first. The first call looks at all jobs. O(jobs looked at).
  const std::vector<Change>& Update(const ClusterView& view);
  // A job that took nodes just now, about which Update will have nothing to tell.
  void Add(const JobInfo& job, std::span<const NodeGrant> grants, SimTime end);

 private:
  class Look;
  struct Hold {
    JobId job;
    uint32_t attempt = 0;  // a job that was stopped may hold other nodes the next time
    Demand demand;
    std::vector<NodeGrant> grants;
    SimTime end;  // as expected
  };
  struct Seen {
    Hold hold;
    bool noted = false;
    bool held() const { return hold.job.valid(); }
  };
  Seen& At(JobSlot slot);
  void See(const ClusterView& view, JobSlot slot);
  void SetEnd(JobSlot slot, Seen* seen, SimTime end);
  void Drop(JobSlot slot, Seen* seen, SimTime now);

  std::vector<Seen> seen_;  // by slot
  std::vector<JobSlot> noted_;
  absl::btree_set<std::pair<SimTime, JobSlot>> by_end_;  // of holds
  std::vector<Change> freed_, changes_;
  bool looked_ = false;
};

}  // namespace orrery::policies
