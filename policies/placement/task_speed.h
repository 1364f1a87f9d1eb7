// How fast a replica is believed to run on a kind of node.
#pragma once

#include "policies/api/view.h"

namespace orrery::policies {

// Relative to the task's reference GPU; 1 for CPU tasks and where nothing is believed.
inline double TaskSpeed(const TaskShape& task, const NodeShape& node, const FleetInfo& fleet) {
  if (fleet.speed == nullptr || task.demand.gpus == 0) return 1;
  return fleet.speed->Speed(task.job_class, task.type, task.reference_gpu, task.demand.gpus,
                            node.gpu_model);
}

}  // namespace orrery::policies
