// What the rebalance policies share: who may move at all, what a move would bring, and which nodes
// were bad lately.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policies/api/rebalance.h"
#include "sim/base/params.h"

namespace orrery::policies {

// The parameters that keep jobs from moving to and fro.
class MoveRules {
 public:
  explicit MoveRules(Params& params);

  Duration period() const { return period_; }
  Duration cooldown() const { return cooldown_; }
  // Moves in one pass, at most.
  size_t at_once() const { return static_cast<size_t>(at_once_); }
  // Whether a job may be moved now: it runs, a stop does not end it for its user, its attempt has
  // run for the cooldown and has been worth its start (JobInfo::StoppableFrom), and it has not been
  // moved too often.
  bool MayMove(const JobInfo& job, SimTime now) const;

 private:
  Duration period_;
  Duration cooldown_;
  int64_t most_;
  int64_t at_once_;
};

// Jobs that may move, in the order of VisitRunning.
std::vector<JobSlot> MovableJobs(const ClusterView& view, const MoveRules& rules);

// How a running job gets on, as far as monitors and its estimate tell.
struct Progress {
  double rate = 0;    // work done a second since its set-up, reference scale
  double left_s = 0;  // work to come, reference scale

  double TimeLeftS() const;  // if it stays and goes on like that; infinity: it stands still
};
// False: it has not begun to work; a stop would keep nothing of its attempt yet; or it has outrun
// its estimate, so that nobody knows.
bool ProgressOf(const RebalancePass& pass, const JobInfo& job, Progress* progress);

// Time that getting going took the job the last time: from its start to the end of its set-up [s].
double RestartS(const JobInfo& job);
// Time to its end if it goes to such a place [s].
double TimeLeftThereS(const JobInfo& job, const Progress& progress, const Offer& offer);

// The nodes of a job, each once.
std::vector<NodeId> NodesOf(const ClusterView& view, const JobInfo& job);

// Nodes that were bad, each until a time.
class BadNodes {
 public:
  void Note(NodeId node, SimTime until);
  // Those whose time is not over, ascending. O(nodes noted).
  std::vector<NodeId> At(SimTime now);

 private:
  struct Entry {
    NodeId node;
    SimTime until;
  };
  std::vector<Entry> entries_;  // by node
};

}  // namespace orrery::policies
