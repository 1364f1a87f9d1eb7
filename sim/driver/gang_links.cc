#include "sim/driver/gang_links.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

namespace orrery::driver {

using network::Hop;
using network::Pattern;
using scenario::NetworkLevel;
using Way = SitePaths::Way;

GangLinks::GangLinks(const scenario::Scenario& scenario, uint32_t replicate)
    : level_(scenario.network.level),
      star_(scenario.network.topology == scenario::Topology::kStar),
      paths_(scenario) {
  if (!on()) return;
  exchange_[static_cast<size_t>(JobClass::kBatchTraining)] = scenario.network.batch_training;
  exchange_[static_cast<size_t>(JobClass::kSweep)] = scenario.network.sweep;
  exchange_[static_cast<size_t>(JobClass::kTuning)] = scenario.network.tuning;
  exchange_[static_cast<size_t>(JobClass::kReinforcementLearning)] =
      scenario.network.reinforcement_learning;
  const RandomStreams streams(scenario.seed, replicate);
  for (const scenario::FleetGroup& group : scenario.fleet) {
    links_.push_back(group.access.Link(group.nodes.owner_kind));
    relay_only_share_.push_back(group.access.RelayOnly(group.nodes.owner_kind));
    draws_.push_back(streams.Stream(StreamName::FromText("access/" + group.nodes.name)));
  }
  std::vector<uint32_t> order(scenario.regions.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return scenario.regions[a].lon_deg < scenario.regions[b].lon_deg;
  });
  longitude_rank_.resize(order.size());
  for (uint32_t rank = 0; rank < order.size(); ++rank) longitude_rank_[order[rank]] = rank;
}

void GangLinks::AddNode(RegionId region, uint32_t owner, uint32_t group, uint32_t index) {
  const bool relay_only = draws_[group].At(index).UniformOpen() < relay_only_share_[group];
  nodes_.push_back({region, static_cast<uint16_t>(group), relay_only, owner});
}

void GangLinks::Shrink(NodeId node, double share) {
  if (on()) nodes_[node.index()].real_share = static_cast<float>(share);
}

SiteEnd GangLinks::EndOf(NodeId id) const {
  const Node& node = nodes_[id.index()];
  SiteEnd end = EndOf(node);
  end.link.down_bytes_s *= double{node.real_share};
  end.link.up_bytes_s *= double{node.real_share};
  return end;
}

SiteEnd GangLinks::EndOf(const Node& node) const {
  return {node.region, links_[node.group], node.relay_only};
}

NodeId GangLinks::HubOf(std::span<const NodeId> nodes) const {
  if (!star_) return NodeId::None();
  const auto key = [&](NodeId id) {
    const Node& node = nodes_[id.index()];
    return std::make_tuple(!node.relay_only, links_[node.group].up_bytes_s, UINT32_MAX - id.value);
  };
  return *std::max_element(nodes.begin(), nodes.end(),
                           [&](NodeId a, NodeId b) { return key(a) < key(b); });
}

std::vector<SiteEnd> GangLinks::SitesOf(std::span<const NodeId> nodes, bool real) const {
  std::vector<Node> members;
  for (const NodeId id : nodes) members.push_back(nodes_[id.index()]);
  // The member that speaks for a site must not depend on the order of the placement.
  const auto key = [&](const Node& node) {
    return std::make_tuple(longitude_rank_[node.region.index()], node.owner, node.relay_only,
                           node.group);
  };
  std::sort(members.begin(), members.end(),
            [&](const Node& a, const Node& b) { return key(a) < key(b); });
  const auto one_site = [&](const Node& a, const Node& b) {
    return a.region == b.region && a.owner == b.owner &&
           !(links_[a.group].home && level_ == NetworkLevel::kFull);
  };
  std::vector<SiteEnd> sites;
  for (size_t i = 0; i < members.size();) {
    const Node& first = members[i];
    float share = first.real_share;
    for (++i; i < members.size() && one_site(first, members[i]); ++i) {
      share = std::min(share, members[i].real_share);
    }
    SiteEnd& end = sites.emplace_back(EndOf(first));
    if (!real || share == 1) continue;
    end.link.down_bytes_s *= double{share};
    end.link.up_bytes_s *= double{share};
  }
  return sites;
}

double GangLinks::RingOf(std::span<const SiteEnd> sites, double bytes) const {
  std::vector<Way> ways;
  for (size_t i = 0; i < sites.size(); ++i) ways.emplace_back(i, (i + 1) % sites.size());
  return network::RingSeconds(paths_.Hops(sites, ways, sites.size()), bytes);
}

// The server is where a hub would be.
double GangLinks::ServerOf(std::span<const SiteEnd> sites, double bytes) const {
  const size_t home = paths_.HubOf(sites);
  const network::AccessLink& server = sites[home].link;
  std::vector<Way> push, pull;
  for (size_t i = 0; i < sites.size(); ++i) {
    if (i == home) continue;
    push.emplace_back(i, home);
    pull.emplace_back(home, i);
  }
  const double infinity = std::numeric_limits<double>::infinity();
  const bool bound = level_ == NetworkLevel::kFull;
  return network::ParameterServerSeconds(
      paths_.Hops(sites, push, push.size()), paths_.Hops(sites, pull, pull.size()),
      bound ? server.down_bytes_s : infinity, bound ? server.up_bytes_s : infinity, bytes);
}

double GangLinks::PipelineOf(std::span<const SiteEnd> sites, double bytes) const {
  std::vector<Way> there, back;
  for (size_t i = 0; i + 1 < sites.size(); ++i) {
    there.emplace_back(i, i + 1);
    back.emplace_back(i + 1, i);
  }
  return network::PipelineSeconds(paths_.Hops(sites, there, 1), paths_.Hops(sites, back, 1), bytes);
}

double GangLinks::ExchangeSeconds(const network::Exchange& exchange,
                                  std::span<const SiteEnd> sites) const {
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

double GangLinks::SpeedOver(JobClass job_class, std::span<const NodeId> nodes, double speed,
                            bool real) const {
  const network::Exchange& exchange = exchange_[static_cast<size_t>(job_class)];
  if (exchange.pattern == Pattern::kNone || nodes.size() < 2 || !(speed > 0)) return speed;
  const std::vector<SiteEnd> sites = SitesOf(nodes, real);
  if (sites.size() < 2) return speed;
  return network::SpeedWithExchange(speed, ExchangeSeconds(exchange, sites), exchange);
}

}  // namespace orrery::driver
