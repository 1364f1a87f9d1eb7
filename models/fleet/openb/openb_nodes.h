// The node lists of the openb trace (Alibaba cluster-trace-gpu-v2023): openb_node_list_*.csv.
//
//   sn,cpu_milli,memory_mib,gpu,model
//   openb-node-0227,32000,262144,0,
//   openb-node-1056,96000,393216,8,G2
//
// Source: Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with
// Fragmentation Gradient Descent", USENIX ATC 2023. G1, G2 and G3 are undisclosed models; the
// catalogue has rows for them without figures.
#pragma once

#include <string>
#include <vector>

#include "models/fleet/gpu.h"
#include "models/fleet/node.h"
#include "sim/base/result.h"

namespace orrery::fleet {

// The nodes in the order of the file, plain or gzip. A list gives the hardware (GPU model, GPUs,
// CPU, memory); the rest of a NodeSpec keeps its defaults. Errors, as "file:line": a column that is
// missing, letters where digits belong, more GPUs than a node can have, a GPU that the catalogue
// does not know, a list without a node.
Result<std::vector<NodeSpec>> ReadOpenbNodes(const std::string& path, const GpuCatalogue& gpus);

}  // namespace orrery::fleet
