// The round mechanism: turns the time shares of an allocate role into starts and stops.
//
// As in Gavel (Narayanan et al., OSDI'20, §5): at each round jobs are ranked by their share over
// the fraction of time that they have run so far, and taken from the top while the fleet's capacity
// lasts. Those chosen keep or get nodes, the others stop. Nodes that stay free go to the rest in
// rank order.
//
// A job's lease is extended from round to round (as in Gavel where a job is chosen again) until its
// attempt has been worth its start (JobInfo::StoppableFrom), whatever its rank: so every attempt
// gets somewhere, however short the rounds.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "policies/api/allocate.h"
#include "sim/cluster/state.h"

namespace orrery::cluster {

class RoundMechanism {
 public:
  RoundMechanism(Duration round, policies::AllocatePolicy* policy, ClusterState* state);

  // At the beginning of a round, ranks all jobs and names the running ones to stop. In every call,
  // starts chosen jobs for which there is room; `stops_pending`: nodes of stopped jobs are still to
  // come, so that only chosen jobs may start.
  void Decide(SimTime now, bool stops_pending, std::vector<JobSlot>* victims,
              const std::function<bool(JobSlot)>& try_start);
  // When Decide wants to be called again; never while there is no job.
  SimTime next_round() const { return next_round_; }
  void Forget(JobSlot job) { accounts_.erase(job.value); }

 private:
  struct Account {
    Duration received;  // running time until the last round
  };
  struct Ranked {
    double priority = 0;
    uint32_t tie = 0;
    JobId job;
    JobSlot slot;
  };

  static bool Fit(const JobInfo& job, ClusterState::Usage* left);
  void BeginRound(SimTime now, std::vector<JobSlot>* victims);
  std::vector<Ranked> Rank(SimTime now);

  Duration round_;
  policies::AllocatePolicy* policy_;
  ClusterState* state_;
  SimTime next_round_;
  SimTime last_round_;
  uint64_t tried_epoch_ = UINT64_MAX;                // freed_epoch when all that wait were tried
  absl::flat_hash_map<uint32_t, Account> accounts_;  // by slot
  std::vector<JobSlot> chosen_;                      // waiting, to be started in this order
  std::vector<JobSlot> rest_;                        // waiting, may have what is left
};

}  // namespace orrery::cluster
