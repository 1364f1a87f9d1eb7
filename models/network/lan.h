// What joins the nodes of one site, a provider's own network.
#pragma once

#include <cstdint>

#include "models/network/exchange.h"

namespace orrery::network {

enum class LanKind : uint8_t {
  kEthernet10g,
  kEthernet25g,
  kEthernet100g,
  kInfinibandHdr,
  kInfinibandNdr
};
inline constexpr int kLanKinds = 5;

// "ethernet_10g", …, "infiniband_ndr".
const char* LanKindName(LanKind kind);

// Between any two nodes, one port a node each way at its line rate (Assumption: lan_line_rate), the
// switches between them never full (Assumption: lan_full_bisection).
//
//   ethernet    10, 25 and 100 Gbit/s (IEEE 802.3); 10 µs, the least one way through Linux's TCP on
//               10 Gbit/s (S. Larsen et al., "Architectural breakdown of end-to-end latency in a
//               TCP/IP network", International Journal of Parallel Programming 37(6), 2009), also
//               for the faster ones (Assumption: ethernet_latency).
//   infiniband  HDR 200 and NDR 400 Gbit/s (InfiniBand Trade Association, roadmap, four lanes);
//               1.4 µs, a short message of MVAPICH over ConnectX (Open MPI developers' list, 2007),
//               also for later adapters (Assumption: infiniband_latency).
Hop LanOf(LanKind kind);

}  // namespace orrery::network
