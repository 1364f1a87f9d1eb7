// The network of a scenario. Plain data; visit_network.cc gives keys, units, bounds, defaults and
// sources.
#pragma once

#include <optional>
#include <vector>

#include "models/network/access.h"
#include "models/network/exchange.h"
#include "models/network/lan.h"
#include "models/network/rtt.h"
#include "sim/base/ids.h"
#include "sim/base/money.h"
#include "sim/base/time.h"

namespace orrery::scenario {

enum class NetworkLevel : uint8_t {
  kOff,     // places cost nothing
  kSimple,  // one base and inflation of round trips for the world; bandwidth never binds
  kFull,    // round trips by area, jitter, homes, access links
};

enum class Topology : uint8_t {
  kMesh,   // sites talk directly where they can
  kRelay,  // everything passes a relay
  kStar,   // everything passes one member
};

// Where a region's data lie.
struct Store {
  float capacity_gbs = 12.5f;  // each way
  // Of what leaves the region [USD for 1e9 bytes]. Assumption: egress_one_price: rented nodes are
  // not in the cloud that has the data, so what leaves goes to the Internet, at about this
  // everywhere.
  Usd egress_per_gb = Usd::Micros(90'000);
};

struct Stores : Store {
  // Regions whose store is another one.
  struct Other : Store {
    RegionId region;
  };
  std::vector<Other> others;

  std::vector<Store> ByRegion(size_t regions) const;
};

struct Network {
  NetworkLevel level = NetworkLevel::kOff;
  network::Route route = network::Route::kPublic;
  // Pairs of places differ from what their distance and areas say, with level full.
  bool residuals = true;
  uint32_t window_mib = 48;
  Topology topology = Topology::kMesh;
  // Where relays are; empty: in every region.
  std::vector<RegionId> relays;
  float relay_gbs = 1.25f;
  Duration relay_mtbf = Duration::Max();  // of each; Max(): they do not fail
  Duration relay_mttr = Duration::Hours(1);
  // Spells in which a relay carries only that share; Max(): there are none.
  Duration flood_mtbf = Duration::Max();
  Duration flood_mttr = Duration::Minutes(52);
  double flood_capacity = 0.05;
  // Of the direct way of each pair of regions; Max(): it does not fail.
  Duration link_mtbf = Duration::Max();
  Duration link_mttr = Duration::Minutes(20);
  Stores stores;
  network::Exchange batch_training = {network::Pattern::kRing, 649, Duration::Seconds(1)};
  network::Exchange sweep = {network::Pattern::kRing, 98, Duration::Millis(300)};
  network::Exchange tuning = sweep;
  network::Exchange reinforcement_learning = {network::Pattern::kParameterServer, 27,
                                              Duration::Seconds(1), true};
};

// The access links of a fleet group's nodes.
struct Access {
  // None: that of the owner kind.
  std::optional<network::AccessTier> tier;
  // 0: the tier's [GB/s].
  float down_gbs = 0;
  float up_gbs = 0;
  // Share of the nodes that nobody can call; none: that of the owner kind or tier.
  std::optional<double> relay_only;

  network::AccessLink Link(OwnerKind owner) const;
  double RelayOnly(OwnerKind owner) const;
};

// What joins the nodes that an owner has in a region.
struct Lan {
  std::optional<network::LanKind> kind;
  // 0: that of the kind [GB/s].
  float gbs = 0;
  Duration latency = Duration::Max();  // one way; Max(): that of the kind

  bool given() const { return kind || (gbs > 0 && latency != Duration::Max()); }
  // Between any two nodes; only where it is given.
  network::Hop Between() const;
};

}  // namespace orrery::scenario
