// Scores of place policies on hand-made classes of nodes.
#pragma once

#include <memory>
#include <string>

#include "policies/api/place.h"

namespace orrery::policies::testing {

// A node of GPU model `model` with `gpus` GPUs, 8 cores and 64 GiB for each, of which `free_gpus`
// are free, with their CPU and memory.
struct NodeSketch {
  uint16_t gpus = 8;
  uint8_t free_gpus = 8;
  uint16_t model = 0;
  uint32_t first = 0;
  double ask = 1;
  float reputation = 1;
};

// Speeds: model 0 is the reference, model 1 twice, model 2 four times as fast.
class Speeds final : public SpeedEstimate {
 public:
  double Speed(JobClass, JobTypeId, GpuModelId, uint32_t, GpuModelId gpu) const override {
    return 1 << gpu.value;
  }
};

inline double ScoreOf(const PlacePolicy& policy, const NodeSketch& sketch, uint16_t gpus = 1) {
  NodeShape shape;
  shape.gpu_model = GpuModelId(sketch.model);
  shape.gpus = sketch.gpus;
  shape.cpu_milli = sketch.gpus * 8000u;
  shape.memory_mib = sketch.gpus * 65536u;
  NodeClass node_class;
  node_class.shape = &shape;
  node_class.residual.whole_gpus = sketch.free_gpus;
  node_class.residual.cpu_milli = sketch.free_gpus * 8000u;
  node_class.residual.memory_mib = sketch.free_gpus * 65536u;
  node_class.count = 1;
  node_class.first = NodeId(sketch.first);
  node_class.first_ask = UsdPerHour::FromDollars(sketch.ask);
  node_class.first_reputation = sketch.reputation;
  TaskShape task;
  task.demand = {
      .gpus = gpus, .gpu_milli = 1000, .cpu_milli = 8000u * gpus, .memory_mib = 65536u * gpus};
  task.reference_gpu = GpuModelId(0);
  const Speeds speeds;
  FleetInfo fleet{.nodes = 100,
                  .max_gpus = 8,
                  .max_cpu_milli = 64000,
                  .max_memory_mib = 8 * 65536,
                  .gpu_models = 3,
                  .speed = &speeds};
  return policy.Score(task, node_class, fleet);
}

}  // namespace orrery::policies::testing
