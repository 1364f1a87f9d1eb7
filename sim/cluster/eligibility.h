// Which node shapes meet which requirements, whatever the nodes have left.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "policies/api/node_class.h"
#include "sim/base/demand.h"

namespace orrery::cluster {

// Figures of a GPU model that requirements speak of.
struct GpuFigures {
  uint32_t memory_mib = 0;
  float fp16_tflops = 0;
  float bandwidth_gbs = 0;
};

// What requirements refer to beside the node itself.
struct Atlas {
  std::vector<GpuFigures> gpus;             // by GpuModelId
  std::vector<std::string> region_country;  // by RegionId, ISO 3166-1 alpha-2
};

// Whether a node of this shape may hold a replica with these demands and requirements when it is
// empty. The maximum price is not looked at, for asks belong to nodes, nor the longest round trip,
// which depends on who asks.
bool Eligible(const policies::NodeShape& shape, const Demand& demand,
              const Requirements& requirements, const Atlas& atlas);

// Sum of the weights of the preferences that a node of this shape does not meet.
double PreferencePenalty(const policies::NodeShape& shape, const Requirements& requirements);

}  // namespace orrery::cluster
