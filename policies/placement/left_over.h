// How much of a node would be left: what best fit minimises and worst fit maximises.
#pragma once

#include <cstdint>

#include "policies/api/place.h"
#include "sim/base/params.h"

namespace orrery::policies {

// Σ w_r × (free_r − demand_r) / largest_r over GPUs, CPU and memory r, divided by Σ w_r, where
// largest_r is what the node with the most of r has when empty. From 0 (nothing is left) to 1.
//
// This is the BestFit score of Weng et al., Beware of Fragmentation, ATC 2023 (artefact
// hkust-adsl/kubernetes-scheduler-simulator, best_fit_score.go), which goes back to the norm-based
// greedy of Panigrahy et al., Heuristics for Vector Bin Packing, 2011; memory is added.
class LeftOver {
 public:
  explicit LeftOver(Params& params)
      : gpu_(Weight(params, "gpu_weight", 0.5, "GPUs")),
        cpu_(Weight(params, "cpu_weight", 0.5, "CPU")),
        memory_(Weight(params, "memory_weight", 0, "memory")) {
    const double sum = gpu_ + cpu_ + memory_;
    if (sum == 0) return;
    gpu_ /= sum;
    cpu_ /= sum;
    memory_ /= sum;
  }

  // After one replica of `task` was placed on a node of the class; it must fit.
  double After(const TaskShape& task, const NodeClass& node_class, const FleetInfo& fleet) const {
    const Residual& left = node_class.residual;
    const Demand& demand = task.demand;
    return gpu_ * Share(left.gpu_milli(), demand.total_gpu_milli(), fleet.max_gpus * 1000) +
           cpu_ * Share(left.cpu_milli, demand.cpu_milli, fleet.max_cpu_milli) +
           memory_ * Share(left.memory_mib, demand.memory_mib, fleet.max_memory_mib);
  }

 private:
  static double Weight(Params& params, const char* name, double value, const char* resource) {
    return params.Real(name, {.value = value,
                              .unit = "",
                              .min = 0,
                              .max = 1000,
                              .doc = std::string("weight of the ") + resource +
                                     " left over, relative to the other weights",
                              .source = "ATC 2023 artefact, best_fit_score.go: 0.5 GPU, 0.5 CPU"});
  }
  static double Share(uint32_t free, uint32_t demand, uint32_t largest) {
    return largest == 0 ? 0 : static_cast<double>(free - demand) / largest;
  }

  double gpu_, cpu_, memory_;  // sum: 1, or 0 where nothing counts
};

}  // namespace orrery::policies
