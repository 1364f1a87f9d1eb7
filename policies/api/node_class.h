// Nodes as placement sees them: equal nodes form a class, with the count of its members and the
// resources each of them has left.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "sim/base/demand.h"
#include "sim/base/ids.h"
#include "sim/base/money.h"

namespace orrery::policies {

inline constexpr int kMaxGpusPerNode = 16;

// What never changes about a node. Interned: equal nodes share one.
struct NodeShape {
  GpuModelId gpu_model;  // none: no GPU
  uint16_t gpus = 0;
  uint32_t cpu_milli = 0;
  uint32_t memory_mib = 0;
  RegionId region;
  OwnerKind owner_kind = OwnerKind::kDatacentre;
  uint8_t tier = 0;
  bool verified = true;

  constexpr auto operator<=>(const NodeShape&) const = default;
};

// What a node has left.
struct Residual {
  uint32_t cpu_milli = 0;
  uint32_t memory_mib = 0;
  uint8_t whole_gpus = 0;    // GPUs nobody uses
  uint8_t partial_gpus = 0;  // GPUs with 1 … 999 thousandths left
  // Thousandths left on each partly used GPU, descending; zero past `partial_gpus`.
  std::array<uint16_t, kMaxGpusPerNode> partial_milli{};

  bool operator==(const Residual&) const = default;
  // GPU thousandths left in all.
  uint32_t gpu_milli() const {
    uint32_t sum = uint32_t{whole_gpus} * 1000;
    for (int g = 0; g < partial_gpus; ++g) sum += partial_milli[static_cast<size_t>(g)];
    return sum;
  }
};

// How many replicas of `demand` fit into `residual` at once. O(partial GPUs).
inline uint32_t FitCount(const Residual& residual, const Demand& demand) {
  uint32_t count = UINT32_MAX;
  if (demand.gpus > 0) {
    if (demand.gpu_milli == 1000) {
      count = uint32_t{residual.whole_gpus} / demand.gpus;
    } else {
      count = uint32_t{residual.whole_gpus} * (1000u / demand.gpu_milli);
      for (int g = 0; g < residual.partial_gpus; ++g) {
        count += residual.partial_milli[static_cast<size_t>(g)] / uint32_t{demand.gpu_milli};
      }
    }
  }
  if (count == 0) return 0;
  if (demand.cpu_milli > 0) count = std::min(count, residual.cpu_milli / demand.cpu_milli);
  if (demand.memory_mib > 0) count = std::min(count, residual.memory_mib / demand.memory_mib);
  return std::min(count, uint32_t{0xffff});
}

// Thousandths of GPUs that one demand can have of a residual at most: whole GPUs if there are any,
// else the largest share. FitCount is 0 for a demand of more (Demand::total_gpu_milli).
inline uint32_t GpuRoom(const Residual& residual) {
  return residual.whole_gpus > 0 ? uint32_t{residual.whole_gpus} * 1000 : residual.partial_milli[0];
}

// A set of nodes with the same shape and the same residual (and the same ask, once a job names a
// maximum price).
struct NodeClass {
  const NodeShape* shape = nullptr;
  Residual residual;
  uint32_t count = 0;
  // The member that is first in the place role's order inside a class.
  NodeId first;
  // Ask of that member, per whole GPU; the lowest of the class where the place role orders by
  // price.
  UsdPerHour first_ask;
  // Reputation of that member, 0 … 1; the highest of the class where the place role orders by it.
  float first_reputation = 1;
};

}  // namespace orrery::policies
