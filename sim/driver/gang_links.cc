#include "sim/driver/gang_links.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

namespace orrery::driver {

using network::Hop;
using network::Pattern;
using scenario::NetworkLevel;
using scenario::Topology;
using Way = SitePaths::Way;

namespace {

std::vector<Way> Reversed(std::vector<Way> ways) {
  for (auto& [from, to] : ways) std::swap(from, to);
  return ways;
}

}  // namespace

std::optional<Hop> GangLinks::LanOf(const scenario::Lan& lan) const {
  if (!lan.given()) return std::nullopt;
  Hop hop = lan.Between();
  if (!full()) hop.bytes_s = std::numeric_limits<double>::infinity();
  return hop;
}

GangLinks::GangLinks(const scenario::Scenario& scenario, uint32_t replicate)
    : level_(scenario.network.level),
      topology_(scenario.network.topology),
      paths_(scenario, replicate) {
  if (!on()) return;
  exchange_[static_cast<size_t>(JobClass::kBatchTraining)] = scenario.network.batch_training;
  exchange_[static_cast<size_t>(JobClass::kSweep)] = scenario.network.sweep;
  exchange_[static_cast<size_t>(JobClass::kTuning)] = scenario.network.tuning;
  exchange_[static_cast<size_t>(JobClass::kReinforcementLearning)] =
      scenario.network.reinforcement_learning;
  const RandomStreams streams(scenario.seed, replicate);
  for (const scenario::FleetGroup& group : scenario.fleet) {
    links_.push_back(group.access.Link(group.nodes.owner_kind));
    lans_.push_back(LanOf(group.lan));
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
  if (!on()) return {};
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
  if (topology_ != Topology::kStar) return NodeId::None();
  const auto key = [&](NodeId id) {
    const Node& node = nodes_[id.index()];
    return std::make_tuple(!node.relay_only, links_[node.group].up_bytes_s, UINT32_MAX - id.value);
  };
  return *std::max_element(nodes.begin(), nodes.end(),
                           [&](NodeId a, NodeId b) { return key(a) < key(b); });
}

GangLinks::Sites GangLinks::SitesOf(std::span<const NodeId> nodes, bool real) const {
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
  Sites sites;
  for (size_t i = 0; i < members.size();) {
    const Node& first = members[i];
    float share = first.real_share;
    const size_t begin = i;
    for (++i; i < members.size() && one_site(first, members[i]); ++i) {
      share = std::min(share, members[i].real_share);
    }
    SiteEnd& end = sites.ends.emplace_back(EndOf(first));
    sites.insides.push_back({static_cast<uint32_t>(i - begin), &lans_[first.group]});
    if (!real || share == 1) continue;
    end.link.down_bytes_s *= double{share};
    end.link.up_bytes_s *= double{share};
  }
  return sites;
}

// The server is where a hub would be.
std::vector<Way> GangLinks::WaysOf(Pattern pattern, std::span<const SiteEnd> sites) const {
  std::vector<Way> ways;
  const size_t home = paths_.HubOf(sites);
  for (size_t i = 0; i < sites.size(); ++i) {
    if (pattern == Pattern::kRing) ways.emplace_back(i, (i + 1) % sites.size());
    if (pattern == Pattern::kParameterServer && i != home) ways.emplace_back(i, home);
    if (pattern == Pattern::kPipeline && i + 1 < sites.size()) ways.emplace_back(i, i + 1);
  }
  return ways;
}

double GangLinks::RingOf(std::span<const SiteEnd> sites, double bytes) const {
  return network::RingSeconds(paths_.Hops(sites, WaysOf(Pattern::kRing, sites), sites.size()),
                              bytes);
}

double GangLinks::ServerOf(std::span<const SiteEnd> sites, double bytes) const {
  const network::AccessLink& server = sites[paths_.HubOf(sites)].link;
  const std::vector<Way> push = WaysOf(Pattern::kParameterServer, sites);
  const std::vector<Way> pull = Reversed(push);
  const double infinity = std::numeric_limits<double>::infinity();
  return network::ParameterServerSeconds(
      paths_.Hops(sites, push, push.size()), paths_.Hops(sites, pull, pull.size()),
      full() ? server.down_bytes_s : infinity, full() ? server.up_bytes_s : infinity, bytes);
}

// A chain passes the nodes of a site one after the other, then goes on to the next site.
double GangLinks::PipelineOf(const Sites& sites, double bytes) const {
  const std::vector<Way> ways = WaysOf(Pattern::kPipeline, sites.ends);
  std::vector<Hop> there = paths_.Hops(sites.ends, ways, 1);
  std::vector<Hop> back = paths_.Hops(sites.ends, Reversed(ways), 1);
  for (const Sites::Inside& inside : sites.insides) {
    if (!*inside.lan) continue;
    there.insert(there.end(), inside.nodes - 1, **inside.lan);
    back.insert(back.end(), inside.nodes - 1, **inside.lan);
  }
  return there.empty() ? 0 : network::PipelineSeconds(there, back, bytes);
}

double GangLinks::ExchangeSeconds(const network::Exchange& exchange, const Sites& sites) const {
  const double bytes = static_cast<double>(exchange.volume_mib) * (1 << 20);
  if (exchange.pattern == Pattern::kPipeline) return PipelineOf(sites, bytes);
  double inside_s = 0;
  for (const Sites::Inside& inside : sites.insides) {
    if (!*inside.lan || inside.nodes < 2) continue;
    inside_s = std::max(inside_s,
                        network::LanSeconds(exchange.pattern, **inside.lan, inside.nodes, bytes));
  }
  if (sites.ends.size() < 2) return inside_s;
  const bool ring = exchange.pattern == Pattern::kRing;
  return inside_s + (ring ? RingOf(sites.ends, bytes) : ServerOf(sites.ends, bytes));
}

bool GangLinks::WaysChange(JobClass job_class, std::span<const NodeId> nodes) const {
  const Pattern pattern = exchange_[static_cast<size_t>(job_class)].pattern;
  if (pattern == Pattern::kNone || nodes.size() < 2 || !paths_.links_fail()) return false;
  const std::vector<SiteEnd> sites = SitesOf(nodes, /*real=*/false).ends;
  // Sites stand in the order of their regions.
  return sites.front().region != sites.back().region;
}

bool GangLinks::Cut(JobClass job_class, std::span<const NodeId> nodes) const {
  const Pattern pattern = exchange_[static_cast<size_t>(job_class)].pattern;
  const std::vector<SiteEnd> sites = SitesOf(nodes, /*real=*/true).ends;
  return paths_.Cut(sites, WaysOf(pattern, sites));
}

bool GangLinks::MayPassRelays() const {
  if (!full()) return false;
  return topology_ == Topology::kRelay ||
         std::any_of(relay_only_share_.begin(), relay_only_share_.end(),
                     [](double share) { return share > 0; });
}

std::vector<GangLinks::RelayLoad> GangLinks::RelayLoads(JobClass job_class,
                                                        std::span<const NodeId> nodes) const {
  const network::Exchange& exchange = exchange_[static_cast<size_t>(job_class)];
  if (exchange.pattern == Pattern::kNone || nodes.size() < 2) return {};
  const bool hidden = std::any_of(nodes.begin(), nodes.end(),
                                  [&](NodeId id) { return nodes_[id.index()].relay_only; });
  if (topology_ != Topology::kRelay && !hidden && !paths_.links_fail()) return {};
  const std::vector<SiteEnd> sites = SitesOf(nodes, /*real=*/true).ends;
  if (sites.size() < 2) return {};
  // Inside a region no link fails. Sites stand in the order of their regions.
  const bool near = sites.front().region == sites.back().region;
  if (topology_ != Topology::kRelay && !hidden && near) return {};
  const std::vector<Way> ways = WaysOf(exchange.pattern, sites);
  std::vector<uint32_t> passes = paths_.RelayPasses(sites, ways);
  if (exchange.pattern != Pattern::kRing) {
    const std::vector<uint32_t> back = paths_.RelayPasses(sites, Reversed(ways));
    for (size_t i = 0; i < passes.size(); ++i) passes[i] += back[i];
  }
  const double bytes = static_cast<double>(exchange.volume_mib) * (1 << 20);
  const double each = network::BytesOnEachWay(exchange.pattern, sites.size(), bytes);
  std::vector<RelayLoad> loads;
  for (uint32_t relay = 0; relay < passes.size(); ++relay) {
    if (passes[relay] == 0) continue;
    loads.push_back({relay, passes[relay] * each / exchange.step.seconds()});
  }
  return loads;
}

double GangLinks::SpeedOver(JobClass job_class, std::span<const NodeId> nodes, double speed,
                            bool real) const {
  const network::Exchange& exchange = exchange_[static_cast<size_t>(job_class)];
  if (exchange.pattern == Pattern::kNone || nodes.size() < 2 || !(speed > 0)) return speed;
  const double seconds = ExchangeSeconds(exchange, SitesOf(nodes, real));
  return seconds == 0 ? speed : network::SpeedWithExchange(speed, seconds, exchange);
}

}  // namespace orrery::driver
