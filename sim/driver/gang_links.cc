#include "sim/driver/gang_links.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

namespace orrery::driver {

using network::Hop;
using network::Pattern;
using scenario::NetworkLevel;

GangLinks::GangLinks(const scenario::Scenario& scenario)
    : level_(scenario.network.level),
      route_(scenario.network.route),
      window_bytes_(static_cast<double>(scenario.network.window_mib) * (1 << 20)) {
  if (!on()) return;
  exchange_[static_cast<size_t>(JobClass::kBatchTraining)] = scenario.network.batch_training;
  exchange_[static_cast<size_t>(JobClass::kSweep)] = scenario.network.sweep;
  for (const scenario::Region& region : scenario.regions) {
    places_.push_back({region.lat_deg, region.lon_deg, network::AreaOf(region.country)});
  }
  for (const scenario::FleetGroup& group : scenario.fleet) {
    links_.push_back(group.access.Link(group.nodes.owner_kind));
  }
  std::vector<uint32_t> order(places_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return places_[a].lon_deg < places_[b].lon_deg; });
  longitude_rank_.resize(order.size());
  for (uint32_t rank = 0; rank < order.size(); ++rank) longitude_rank_[order[rank]] = rank;
  rtt_ms_.assign(places_.size() * places_.size(), -1);
}

void GangLinks::AddNode(RegionId region, uint32_t owner, uint32_t group) {
  nodes_.push_back({region, owner, group});
}

bool GangLinks::Site::operator==(const Site& other) const {
  return rank == other.rank && node.owner == other.node.owner;
}

double GangLinks::RttMs(RegionId a, RegionId b) const {
  float& known = rtt_ms_[a.index() * places_.size() + b.index()];
  if (known < 0) {
    const network::Place &from = places_[a.index()], &to = places_[b.index()];
    known = static_cast<float>(level_ == NetworkLevel::kSimple ? network::SimpleRttMs(from, to)
                                                               : network::RttMs(from, to, route_));
  }
  return double{known};
}

Hop GangLinks::HopBetween(const Node& from, const Node& to, size_t messages) const {
  double rtt_ms = RttMs(from.region, to.region);
  if (level_ == NetworkLevel::kSimple) {
    return {rtt_ms * 5e-4, std::numeric_limits<double>::infinity()};
  }
  const network::AccessLink &out = links_[from.link], &in = links_[to.link];
  rtt_ms += network::HomeAccessMs() * (int{out.home} + int{in.home});
  const double slowest_ms =
      network::SlowestRttMs(rtt_ms, static_cast<double>(messages), out.home || in.home);
  return {slowest_ms * 5e-4,
          std::min({out.up_bytes_s, in.down_bytes_s, window_bytes_ / (rtt_ms * 1e-3)})};
}

std::vector<GangLinks::Site> GangLinks::SitesOf(std::span<const NodeId> nodes) const {
  std::vector<Site> sites;
  for (const NodeId id : nodes) {
    const Node& node = nodes_[id.index()];
    sites.push_back({longitude_rank_[node.region.index()], node});
  }
  // The order among nodes of a site is that of their links: it must not depend on the placement's.
  std::sort(sites.begin(), sites.end(), [](const Site& a, const Site& b) {
    return std::tie(a.rank, a.node.owner, a.node.link) <
           std::tie(b.rank, b.node.owner, b.node.link);
  });
  const auto same = [&](const Site& a, const Site& b) {
    return a == b && !(links_[a.node.link].home && level_ == NetworkLevel::kFull);
  };
  sites.erase(std::unique(sites.begin(), sites.end(), same), sites.end());
  return sites;
}

double GangLinks::RingOf(const std::vector<Site>& sites, double bytes) const {
  std::vector<Hop> hops;
  for (size_t i = 0; i < sites.size(); ++i) {
    const Site& next = sites[i + 1 < sites.size() ? i + 1 : 0];
    hops.push_back(HopBetween(sites[i].node, next.node, sites.size()));
  }
  return network::RingSeconds(hops, bytes);
}

// The server is the site with the widest way out; among equals, the first.
double GangLinks::ServerOf(const std::vector<Site>& sites, double bytes) const {
  const auto link = [&](const Site& site) { return links_[site.node.link]; };
  const auto server = std::max_element(
      sites.begin(), sites.end(),
      [&](const Site& a, const Site& b) { return link(a).up_bytes_s < link(b).up_bytes_s; });
  std::vector<Hop> push, pull;
  for (auto site = sites.begin(); site != sites.end(); ++site) {
    if (site == server) continue;
    push.push_back(HopBetween(site->node, server->node, sites.size() - 1));
    pull.push_back(HopBetween(server->node, site->node, sites.size() - 1));
  }
  const double infinity = std::numeric_limits<double>::infinity();
  const bool bound = level_ == NetworkLevel::kFull;
  return network::ParameterServerSeconds(push, pull, bound ? link(*server).down_bytes_s : infinity,
                                         bound ? link(*server).up_bytes_s : infinity, bytes);
}

double GangLinks::PipelineOf(const std::vector<Site>& sites, double bytes) const {
  std::vector<Hop> there, back;
  for (size_t i = 0; i + 1 < sites.size(); ++i) {
    there.push_back(HopBetween(sites[i].node, sites[i + 1].node, 1));
    back.push_back(HopBetween(sites[i + 1].node, sites[i].node, 1));
  }
  return network::PipelineSeconds(there, back, bytes);
}

double GangLinks::ExchangeSeconds(const network::Exchange& exchange,
                                  const std::vector<Site>& sites) const {
  const double bytes = static_cast<double>(exchange.volume_mib) * (1 << 20);
  switch (exchange.pattern) {
    case Pattern::kNone:
      return 0;
    case Pattern::kRing:
      return RingOf(sites, bytes);
    case Pattern::kParameterServer:
      return ServerOf(sites, bytes);
    case Pattern::kPipeline:
      return PipelineOf(sites, bytes);
  }
  return 0;
}

double GangLinks::LinkedSpeed(JobClass job_class, std::span<const NodeId> nodes,
                              double speed) const {
  const network::Exchange& exchange = exchange_[static_cast<size_t>(job_class)];
  if (exchange.pattern == Pattern::kNone || nodes.size() < 2 || !(speed > 0)) return speed;
  const std::vector<Site> sites = SitesOf(nodes);
  if (sites.size() < 2) return speed;
  return network::SpeedWithExchange(speed, ExchangeSeconds(exchange, sites), exchange.step);
}

}  // namespace orrery::driver
