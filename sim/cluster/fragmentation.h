// Fragmentation: the share of the fleet's GPUs that the typical job of the workload cannot use.
//
// F = Σ_m p_m Σ_n F_n(m) / Σ_n G_n, over job shapes m with popularity p_m and present nodes n with
// G_n GPUs (Weng et al., "Beware of Fragmentation", USENIX ATC'23, §3, eq. 2–4): F_n(m) is all that
// is left on a node which cannot take m at all (its CPU, memory, GPUs or requirements), else the
// shares left on GPUs that are too small for m.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/cluster/state.h"

namespace orrery::cluster {

class FragmentationMeter {
 public:
  explicit FragmentationMeter(const ClusterState* state) : state_(state) {}

  // Counts an arrived job into the workload's typical ones. O(1).
  void Count(const JobInfo& job);
  // F of the moment, 0 … 1; 0 while no job with GPUs has arrived. O(classes × kShapes).
  double Measure() const;

  // The most popular shapes stand for the workload.
  static constexpr size_t kShapes = 64;

 private:
  const ClusterState* state_;
  std::vector<uint64_t> arrivals_;  // by shape
  std::vector<uint32_t> gpu_shapes_;
};

}  // namespace orrery::cluster
