// The fleet's places and links: what a gang pays for where its members are.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/network/access.h"
#include "models/network/exchange.h"
#include "models/network/rtt.h"
#include "sim/base/demand.h"
#include "sim/base/ids.h"
#include "sim/scenario/scenario.h"

namespace orrery::driver {

// Nodes of one owner in one region are one site, on a network of their own; every home is a site of
// its own. Sites of a gang exchange data in the order of their longitude.
class GangLinks {
 public:
  // O(regions²) memory; a round trip is computed when first asked for.
  explicit GangLinks(const scenario::Scenario& scenario);

  bool on() const { return level_ != scenario::NetworkLevel::kOff; }
  // Nodes in the order of their ids. 12 bytes a node.
  void AddNode(RegionId region, uint32_t owner, uint32_t group);

  // The speed of a gang on these nodes that goes at `speed` where all stand at one site. O(n log
  // n).
  double LinkedSpeed(JobClass job_class, std::span<const NodeId> nodes, double speed) const;

 private:
  struct Node {
    RegionId region;
    uint32_t owner = 0;
    uint32_t link = 0;
  };
  struct Site {
    uint32_t rank = 0;  // of its region by longitude
    Node node;
    bool operator==(const Site& other) const;
  };

  double RttMs(RegionId a, RegionId b) const;
  // One way between two sites; `messages` are under way at once.
  network::Hop HopBetween(const Node& from, const Node& to, size_t messages) const;
  std::vector<Site> SitesOf(std::span<const NodeId> nodes) const;
  double ExchangeSeconds(const network::Exchange& exchange, const std::vector<Site>& sites) const;
  double RingOf(const std::vector<Site>& sites, double bytes) const;
  double ServerOf(const std::vector<Site>& sites, double bytes) const;
  double PipelineOf(const std::vector<Site>& sites, double bytes) const;

  scenario::NetworkLevel level_;
  network::Route route_;
  double window_bytes_;
  network::Exchange exchange_[kJobClasses];
  std::vector<network::Place> places_;      // by region
  std::vector<uint32_t> longitude_rank_;    // by region
  std::vector<network::AccessLink> links_;  // by fleet group
  std::vector<Node> nodes_;
  mutable std::vector<float> rtt_ms_;  // region × region; negative: not asked for yet
};

}  // namespace orrery::driver
