// The allocate role: at each round, targets for all jobs at once. The shared round mechanism turns
// them into starts and stops through the place role.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policies/api/view.h"

namespace orrery::policies {

// What a job should get until the next round.
struct Target {
  JobSlot job;
  double time_share = 0;  // of the time that its whole gang should run, 0 … 1
};

class AllocatePolicy {
 public:
  static constexpr const char* kRole = "allocate";
  static constexpr const char* kNone = "No rounds: order, backfill and preempt decide.";
  virtual ~AllocatePolicy() = default;

  // `jobs`: all waiting and running ones, by job id. Appends at most one target a job and GPU
  // model; a job without one gets nothing.
  virtual void Allocate(const ClusterView& view, std::span<const JobSlot> jobs,
                        std::vector<Target>* targets) = 0;
};

}  // namespace orrery::policies
