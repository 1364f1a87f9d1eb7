// One row of a size mix: what a job of that size asks for. The job class turns it into replicas ×
// GPUs (classes/).
#pragma once

#include <cstdint>
#include <optional>

#include "models/workload/distribution.h"

namespace orrery::workload {

struct SizeRow {
  double weight = 1;
  // GPUs of the whole job (of one task, where the class makes bags); 0: a CPU job.
  uint32_t gpus = 1;
  // Share of the GPU [thousandths]; below 1000 only with gpus == 1.
  uint16_t gpu_milli = 1000;
  // Replicas; 0: the class decides from `gpus`. Must divide `gpus`.
  uint32_t replicas = 0;
  // Of one replica; none: the class's share for each GPU. Stated for CPU jobs.
  std::optional<uint32_t> cpu_milli = {};
  std::optional<uint32_t> memory_mib = {};
  // Run time of jobs of this size [s]; none: the population's.
  std::optional<Distribution> duration = {};
};

}  // namespace orrery::workload
