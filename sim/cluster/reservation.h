// What a chosen job of a round waits for: the nodes that it is to have when enough leases end. As
// in EASY backfilling there is one reservation, for the first that waits, and others may have what
// they give back in time or what it does not need.
#pragma once

#include <memory>
#include <vector>

#include "sim/cluster/state.h"

namespace orrery::cluster {

class Reservation {
 public:
  // When a job that holds nodes gives them back.
  struct Release {
    SimTime time;
    JobSlot job;
  };

  explicit Reservation(const ClusterState* state) : state_(state) {}

  // Reserves for a waiting job at the first time at which it fits when nodes come back as
  // `releases` say, in any order. False, and nothing is reserved, if it does not fit even then.
  // O(running jobs × nodes of one).
  bool Make(JobSlot job, std::vector<Release> releases);
  void Drop() { made_ = false; }
  bool made() const { return made_; }
  // Whether the job that it was made for still waits; true where nothing is reserved.
  bool Stands() const;

  // Whether a waiting job may start there now: it is expected to be gone by the time of the
  // reservation, or leaves enough. Of it, `Take` tells that the job is about to start so.
  bool Allows(const JobInfo& job, const Placement& placement);
  void Take(const JobInfo& job, const Placement& placement);
  // A bound, maybe a little high, on the remaining time (reference scale) of jobs like this one
  // that may start there; Duration::Max(): it does not matter.
  Duration LongestAllowed(const JobInfo& like, const Placement& placement);

 private:
  bool LeavesEnough(const JobInfo& job, const Placement& placement);
  bool GoneInTime(const JobInfo& job, const Placement& placement) const;
  double SpeedOn(const JobInfo& job, const Placement& placement) const;

  const ClusterState* state_;
  bool made_ = false;
  JobSlot slot_;
  JobId job_;
  SimTime time_;
  std::unique_ptr<policies::FitProbe> probe_;  // the nodes as they will be at that time
};

}  // namespace orrery::cluster
