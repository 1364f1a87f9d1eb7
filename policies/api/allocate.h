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
  GpuModelId gpu_model;   // none: any
  uint32_t gpus = 0;      // of the whole gang; jobs here are rigid: its size or 0
  double time_share = 0;  // of the time, 0 … 1
};

class AllocatePolicy {
 public:
  static constexpr const char* kRole = "allocate";
  virtual ~AllocatePolicy() = default;

  // `jobs`: all waiting and running ones, by job id. Appends at most one target a job and GPU
  // model; a job without one gets nothing.
  virtual void Allocate(const ClusterView& view, std::span<const JobSlot> jobs,
                        std::vector<Target>* targets) = 0;
};

}  // namespace orrery::policies
