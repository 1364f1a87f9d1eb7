// How fast a node is joined to the rest of the world.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/base/demand.h"

namespace orrery::network {

// io.net's four tiers of connectivity (io.net documentation, "Connectivity tier": megabytes a
// second down / up), a server in a data centre, and a home.
enum class AccessTier : uint8_t { kDatacentre, kUltra, kHigh, kMedium, kLow, kHome };
inline constexpr int kAccessTiers = 6;

// "datacentre", "ultra", "high", "medium", "low", "home".
const char* AccessTierName(AccessTier tier);

struct AccessLink {
  double down_bytes_s = 0;  // > 0
  double up_bytes_s = 0;    // > 0
  // A home: its round trips are longer and have a heavy tail, and it shares no network with others.
  bool home = false;
};

//   datacentre  1250/1250 MB/s: 10 Gbit/s. Assumption: datacentre_access.
//   ultra       1600/1200, high 800/600, medium 400/300, low 100/10: io.net.
//   home        12.5/5 MB/s: 100/40 Mbit/s. Assumption: home_access.
AccessLink LinkOf(AccessTier tier);

// Where a scenario names no tier: datacentre, and partner networks high, miners medium, consumers
// home. Assumption: access_by_owner.
AccessTier DefaultAccess(OwnerKind owner);

// Share of the nodes with such a link that can only be reached over a relay: of homes 18%, as hole
// punching for UDP failed with 18% of the NATs that were tried (B. Ford, P. Srisuresh, D. Kegel,
// "Peer-to-peer communication across network address translators", USENIX ATC 2005, table 1); of
// others none.
double RelayOnlyShare(const AccessLink& link);

}  // namespace orrery::network
