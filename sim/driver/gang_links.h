// The fleet's places and links: what a gang pays for where its members are.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/network/access.h"
#include "models/network/exchange.h"
#include "sim/base/demand.h"
#include "sim/base/ids.h"
#include "sim/base/random.h"
#include "sim/driver/site_paths.h"
#include "sim/scenario/scenario.h"

namespace orrery::driver {

// Nodes of one owner in one region are one site, on a network of their own; every home is a site of
// its own. Sites of a gang exchange data in the order of their longitude. Where the scenario gives
// a site's own network, an exchange is a hierarchical one: the nodes of each site, all sites at
// once, then the sites (M. Cho et al., "BlueConnect: decomposing all-reduce for deep learning on
// heterogeneous network hierarchy", MLSys 2019; K. Hsieh et al., "Gaia: geo-distributed machine
// learning approaching LAN speeds", NSDI 2017, for servers). A pipeline is one chain of nodes.
class GangLinks {
 public:
  // O(regions²) memory; a round trip is computed when first asked for.
  GangLinks(const scenario::Scenario& scenario, uint32_t replicate);

  bool on() const { return level_ != scenario::NetworkLevel::kOff; }
  // Nodes in the order of their ids; `index` counts those of a group. 16 bytes a node.
  void AddNode(RegionId region, uint32_t owner, uint32_t group, uint32_t index);

  const SitePaths& paths() const { return paths_; }
  // From now on ways avoid what is down.
  void FailBy(NetworkStates* states) { paths_.FailBy(states); }
  // With what its link really carries. With network off, no place.
  SiteEnd EndOf(NodeId node) const;
  // Between somebody in a region, whom all can reach, and a node; of no length for somebody
  // nowhere, and with network off. O(1) once the regions have met.
  SitePaths::StoreWay ClientWay(RegionId client, const SiteEnd& node) const {
    if (!on() || !client.valid()) return {};
    return paths_.Between({client, {}, false}, node);
  }
  // What chance makes of a round trip to a node than which the share `above` in (0, 1] is longer.
  network::RttSpread SpreadOf(const SiteEnd& node, double above) const {
    return full() ? network::SpreadOf(above, node.link.home) : network::RttSpread();
  }
  bool full() const { return level_ == scenario::NetworkLevel::kFull; }
  // The node through which the others of a gang reach the world, where the topology is a star; else
  // none. It does not depend on their order.
  NodeId HubOf(std::span<const NodeId> nodes) const;
  // What the link of a node really carries, as a share of what it claims. Nodes must be there.
  void Shrink(NodeId node, double share);

  // The speed of a gang on these nodes, each named once, that goes at `speed` where what they
  // exchange takes no time. O(n log n).
  double LinkedSpeed(JobClass job_class, std::span<const NodeId> nodes, double speed) const {
    return SpeedOver(job_class, nodes, speed, /*real=*/false);
  }
  // The same over what their links really carry; a site's is that of its worst member.
  double RealSpeed(JobClass job_class, std::span<const NodeId> nodes, double speed) const {
    return SpeedOver(job_class, nodes, speed, /*real=*/true);
  }
  // Whether direct ways of what such a gang exchanges go and come.
  bool WaysChange(JobClass job_class, std::span<const NodeId> nodes) const;
  // Whether it has to wait with that, for one of the ways is cut.
  bool Cut(JobClass job_class, std::span<const NodeId> nodes) const;
  // Whether what a gang exchanges may pass a relay at all, and bandwidth binds.
  bool MayPassRelays() const;
  // What such a gang sends over relays, each named once, over what their links really carry; none
  // where it passes none.
  struct RelayLoad {
    uint32_t relay;
    double bytes;  // in a second of work on the reference GPU
  };
  std::vector<RelayLoad> RelayLoads(JobClass job_class, std::span<const NodeId> nodes) const;

 private:
  struct Node {
    RegionId region;
    uint16_t group = 0;
    bool relay_only = false;
    uint32_t owner = 0;
    float real_share = 1;  // of its bandwidth
  };

  // Of the members of a gang.
  struct Sites {
    std::vector<SiteEnd> ends;  // one for each, in the order of longitude
    struct Inside {
      uint32_t nodes = 0;
      const std::optional<network::Hop>* lan = nullptr;
    };
    std::vector<Inside> insides;  // as ends
  };

  double SpeedOver(JobClass job_class, std::span<const NodeId> nodes, double speed,
                   bool real) const;

  std::optional<network::Hop> LanOf(const scenario::Lan& lan) const;
  SiteEnd EndOf(const Node& node) const;
  Sites SitesOf(std::span<const NodeId> nodes, bool real) const;
  double ExchangeSeconds(const network::Exchange& exchange, const Sites& sites) const;
  // Of an exchange between sites; of what goes there and back, the ways there.
  std::vector<SitePaths::Way> WaysOf(network::Pattern pattern,
                                     std::span<const SiteEnd> sites) const;
  double RingOf(std::span<const SiteEnd> sites, double bytes) const;
  double ServerOf(std::span<const SiteEnd> sites, double bytes) const;
  double PipelineOf(const Sites& sites, double bytes) const;

  scenario::NetworkLevel level_;
  scenario::Topology topology_;
  SitePaths paths_;
  network::Exchange exchange_[kJobClasses];
  std::vector<uint32_t> longitude_rank_;    // by region
  std::vector<network::AccessLink> links_;  // by fleet group
  // By fleet group; none: what nodes of a site exchange takes no time of its own.
  std::vector<std::optional<network::Hop>> lans_;
  std::vector<double> relay_only_share_;  // by fleet group
  std::vector<RandomStream> draws_;       // by fleet group
  std::vector<Node> nodes_;
};

}  // namespace orrery::driver
