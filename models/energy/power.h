// Electric power of nodes, and of the jobs on them.
//
// A GPU draws its idle share of the TDP, and of the rest what its load says; a core and a gibibyte
// of memory have figures of their own. What power supplies, fans and network cards take is a factor
// on that, what the building takes another one (PUE). Powers are integers [mW], from the grid's
// side; rounded down in such a way that the idle powers of parts never exceed that of the whole.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/fleet/gpu.h"
#include "sim/base/demand.h"
#include "sim/base/ids.h"

namespace orrery::energy {

struct PowerParams {
  // Power of a GPU that is on and does nothing, as a share of its TDP.
  // Assumption: gpu_idle_share: from 5% (GeForce boards) to 20% (SXM modules) in vendors' tools.
  double gpu_idle_share = 0.12;
  // Share of the range from idle to TDP that a job uses, by JobClass.
  // Assumption: gpu_load: rendering and training keep a GPU busy, decoding waits for memory, a
  // notebook's user thinks, a learner waits for its actors, an endpoint for its requests.
  std::array<double, kJobClasses> gpu_load =
      std::to_array<double>({0.9, 0.8, 0.65, 0.95, 0.2, 0.8, 0.4, 0.7, 0.5, 0.85, 0.6});
  // Of a GPU model without a TDP [W]. Assumption: unknown_tdp: between the V100 and the A100.
  double unknown_tdp_w = 300;
  // Cloud Carbon Footprint, "Methodology", appendix I: mean of the servers behind AWS's instances
  // [W a virtual core], and memory [W/GB].
  double core_idle_w = 0.74;
  double core_busy_w = 3.5;
  double memory_w_per_gib = 0.392;
  // Power of a node over that of its parts, by OwnerKind. With 1.33, eight H100 in training draw
  // 7.8 kW: 76% of the node's rated 10.2 kW, as measured by Newkirk et al., "Empirically-Calibrated
  // H100 Node Power Models", arXiv 2506.14551 (2025). Others: Assumption: psu_efficiency.
  std::array<double, kOwnerKinds> overhead = std::to_array({1.33, 1.1, 1.1, 1.33});
  // Power usage effectiveness, by OwnerKind. Data centres and partners: Uptime Institute, "Global
  // Data Center Survey 2024", mean. Others: Assumption: home_pue.
  std::array<double, kOwnerKinds> pue = std::to_array({1.56, 1.1, 1.0, 1.56});
};

// A node, or the part of one that a job holds.
struct Hardware {
  GpuModelId gpu;          // none where gpu_milli == 0
  uint32_t gpu_milli = 0;  // [thousandths of a GPU]
  uint64_t cpu_milli = 0;  // [thousandths of a core]
  uint64_t memory_mib = 0;
  OwnerKind owner = OwnerKind::kDatacentre;
};

class PowerModel {
 public:
  PowerModel(const PowerParams& params, const fleet::GpuCatalogue& gpus);

  // Drawn when nothing runs [mW].
  int64_t Idle(const Hardware& hardware) const;
  // Drawn above that while a job of a class works [mW]. `effort`: share of the job's dynamic power
  // of GPUs that it may draw, 0 … 1.
  int64_t Dynamic(const Hardware& hardware, JobClass job_class, double effort = 1) const;

  // Drawn above idle by a GPU that works at this share of its TDP [mW]; 0 below idle.
  int64_t AboveIdle(GpuModelId gpu, OwnerKind owner, double tdp_share) const;

  // Of one GPU [W], without overhead: idle, and while a job of the class works.
  double GpuIdleWatts(GpuModelId gpu) const;
  double GpuBusyWatts(GpuModelId gpu, JobClass job_class) const;
  // At a share of its TDP, idle at least.
  double GpuWattsAt(GpuModelId gpu, double tdp_share) const;

 private:
  int64_t FromGrid(uint64_t milliwatts, OwnerKind owner) const;

  PowerParams params_;
  std::vector<uint64_t> idle_mw_;     // by GPU model
  std::vector<uint64_t> dynamic_mw_;  // from idle to TDP
  uint64_t core_idle_mw_, core_dynamic_mw_, gib_mw_;
  std::array<uint64_t, kOwnerKinds> grid_milli_;  // overhead × PUE [thousandths]
};

}  // namespace orrery::energy
