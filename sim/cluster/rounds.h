// The round mechanism: turns the time shares of an allocate role into starts and stops.
//
// As in Gavel (Narayanan et al., OSDI'20, §5): at each round jobs are ranked by their share over
// the fraction of time that they have run so far, and taken from the top while the fleet's capacity
// lasts. Those chosen keep or get nodes, the others stop. Nodes that stay free go to the rest in
// rank order.
//
// A job's lease is extended from round to round (as in Gavel where a job is chosen again) until its
// attempt has been worth its start (JobInfo::StoppableFrom), whatever its rank: so every attempt
// gets somewhere, however short the rounds. Jobs are ranked as if all leases ended at once. The
// first chosen job that must wait for leases has a reservation: until it starts, others start only
// where they do not delay it, and nobody stops for a job behind it.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "policies/api/allocate.h"
#include "sim/cluster/reservation.h"
#include "sim/cluster/state.h"

namespace orrery::cluster {

class RoundMechanism {
 public:
  RoundMechanism(Duration round, policies::AllocatePolicy* policy, ClusterState* state);

  // Whether a round begins.
  bool Due(SimTime now) const { return now >= next_round_ || next_round_ == SimTime::Never(); }
  // Begins a round: ranks all jobs and names the running ones to stop.
  void Begin(SimTime now, std::vector<JobSlot>* victims);
  // Starts chosen jobs for which there is room, then others; `stops_pending`: nodes of stopped jobs
  // are still to come, so that only chosen jobs may start. False if nothing has changed since the
  // last time: then nobody was tried.
  bool Start(bool stops_pending, const std::function<bool(JobSlot)>& try_start);
  // What a chosen job waits for. Who starts a job asks it first.
  Reservation& reservation() { return reservation_; }
  // When the next round begins; never while there is no job.
  SimTime next_round() const { return next_round_; }
  void Forget(JobSlot job) { accounts_.erase(job.value); }

 private:
  struct Account {
    Duration received;    // running time until the last round
    bool chosen = false;  // in this round; those that have not started are in chosen_, too
  };
  struct Ranked {
    double priority = 0;
    uint32_t tie = 0;
    JobId job;
    JobSlot slot;
  };

  static bool Fit(const JobInfo& job, ClusterState::Usage* left);
  static void Take(const JobInfo& job, ClusterState::Usage* left);
  std::vector<Ranked> Rank(SimTime now);
  void Reserve(JobSlot job);
  SimTime ReleaseTime(const JobInfo& job) const;

  Duration round_;
  policies::AllocatePolicy* policy_;
  ClusterState* state_;
  SimTime next_round_;
  SimTime last_round_;
  Reservation reservation_;
  uint64_t tried_epoch_ = UINT64_MAX;                // freed_epoch when all that wait were tried
  absl::flat_hash_map<uint32_t, Account> accounts_;  // by slot
  std::vector<JobSlot> chosen_;                      // waiting, to be started in this order
  std::vector<JobSlot> rest_;                        // waiting, may have what is left
};

}  // namespace orrery::cluster
