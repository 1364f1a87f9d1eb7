// A node as its owner offers it, and the expansion of fleet groups into nodes.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/demand.h"
#include "sim/base/ids.h"
#include "sim/base/money.h"

namespace orrery::fleet {

struct NodeSpec {
  GpuModelId gpu_model;  // none where gpus == 0
  uint16_t gpus = 0;     // at most kMaxGpusPerNode
  uint32_t cpu_milli = 0;
  uint32_t memory_mib = 0;
  RegionId region{0};
  OwnerKind owner_kind = OwnerKind::kDatacentre;
  uint8_t tier = 0;  // higher is better
  bool verified = true;
  UsdPerHour ask;          // per whole GPU (per core-equivalent of a GPU for CPU-only nodes: 0)
  float reputation = 1;    // 0 … 1
  float hazard_per_h = 0;  // believed failure rate
  uint32_t owner = 0;      // account of the provider
};

inline constexpr uint16_t kMaxGpusPerNode = 16;

}  // namespace orrery::fleet
