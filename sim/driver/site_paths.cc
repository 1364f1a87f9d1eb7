#include "sim/driver/site_paths.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace orrery::driver {

using network::Hop;
using scenario::NetworkLevel;
using scenario::Topology;

SitePaths::SitePaths(const scenario::Scenario& scenario, uint32_t replicate)
    : level_(scenario.network.level),
      topology_(scenario.network.topology),
      route_(scenario.network.route),
      residuals_(scenario.network.residuals),
      random_(scenario.seed, replicate),
      window_bytes_(static_cast<double>(scenario.network.window_mib) * (1 << 20)),
      relay_bytes_s_(1e9 * double{scenario.network.relay_gbs}),
      flood_share_(scenario.network.flood_capacity),
      relays_(scenario.network.relays) {
  if (level_ == NetworkLevel::kOff) return;
  for (const scenario::Region& region : scenario.regions) {
    names_.push_back(region.id);
    places_.push_back({region.lat_deg, region.lon_deg, network::AreaOf(region.country)});
  }
  if (relays_.empty()) {
    for (size_t i = 0; i < places_.size(); ++i) relays_.emplace_back(static_cast<uint16_t>(i));
  }
  rtt_ms_.assign(places_.size() * places_.size(), -1);
  detours_.resize(rtt_ms_.size());
}

double SitePaths::DirectMs(RegionId a, RegionId b) const {
  float& known = rtt_ms_[a.index() * places_.size() + b.index()];
  if (known < 0) known = static_cast<float>(PairMs(a, b));
  return double{known};
}

double SitePaths::PairMs(RegionId a, RegionId b) const {
  const network::Place &from = places_[a.index()], &to = places_[b.index()];
  if (level_ == NetworkLevel::kSimple) return network::SimpleRttMs(from, to);
  if (!residuals_) return network::RttMs(from, to, route_);
  const auto [first, second] = std::minmax(names_[a.index()], names_[b.index()]);
  const StreamName name = StreamName::FromText("network/residual/" + first + "|" + second);
  return network::RttMs(from, to, route_, random_.Stream(name).At(0).Normal());
}

const SitePaths::Detour& SitePaths::DetourBetween(RegionId a, RegionId b) const {
  Detour& known = detours_[a.index() * places_.size() + b.index()];
  const uint64_t epoch = Epoch();
  if (known.rtt_ms >= 0 && known.epoch == epoch) return known;
  known = {.epoch = epoch};
  // Where none is open, the way is what it will be when they all are.
  for (const bool open : {true, false}) {
    for (uint32_t relay = 0; relay < relays_.size(); ++relay) {
      if (open && !Open(a, b, relay)) continue;
      const auto rtt_ms =
          static_cast<float>(DirectMs(a, relays_[relay]) + DirectMs(relays_[relay], b));
      if (known.rtt_ms < 0 || rtt_ms < known.rtt_ms) known = {rtt_ms, relay, !open, epoch};
    }
    if (known.rtt_ms >= 0) break;
  }
  return known;
}

bool SitePaths::Open(RegionId a, RegionId b, uint32_t relay) const {
  if (states_ == nullptr) return true;
  states_->Epoch();
  if (relay == kNone) return states_->link_up(a, b);
  const RegionId middle = relays_[relay];
  return states_->relay_up(relay) && states_->link_up(a, middle) && states_->link_up(middle, b);
}

double SitePaths::RelayBytesS(uint32_t relay) const {
  if (states_ == nullptr) return relay_bytes_s_;
  states_->Epoch();
  return relay_bytes_s_ * (states_->flooded(relay) ? flood_share_ : 1);
}

std::vector<uint32_t> SitePaths::RelayPasses(std::span<const SiteEnd> ends,
                                             std::span<const Way> ways) const {
  const size_t hub = HubOf(ends);
  std::vector<uint32_t> passes(relays_.size());
  for (const Way& way : ways) {
    for (const uint32_t relay : PathOf(ends, way, hub).relays) {
      if (relay != kNone) ++passes[relay];
    }
  }
  return passes;
}

bool SitePaths::Cut(std::span<const SiteEnd> ends, std::span<const Way> ways) const {
  const size_t hub = HubOf(ends);
  return std::any_of(ways.begin(), ways.end(),
                     [&](const Way& way) { return PathOf(ends, way, hub).cut; });
}

size_t SitePaths::HubOf(std::span<const SiteEnd> ends) const {
  const auto key = [](const SiteEnd& end) {
    return std::make_pair(!end.relay_only, end.link.up_bytes_s);
  };
  const auto hub =
      std::max_element(ends.begin(), ends.end(),
                       [&](const SiteEnd& a, const SiteEnd& b) { return key(a) < key(b); });
  return static_cast<size_t>(hub - ends.begin());
}

void SitePaths::Append(const SiteEnd& from, const SiteEnd& to, Path* path) const {
  const bool barred = bandwidth_binds() && (from.relay_only || to.relay_only);
  const bool relayed = topology_ == Topology::kRelay || barred;
  const bool linked = relayed || Open(from.region, to.region, kNone);
  const bool astray = !linked && topology_ == Topology::kMesh;
  const Detour* detour = relayed || astray ? &DetourBetween(from.region, to.region) : nullptr;
  // Where nothing is left it waits for the direct way.
  if (astray && detour->cut) detour = nullptr;
  if (detour != nullptr) {
    path->rtt_ms += double{detour->rtt_ms};
    path->relays[path->relays[0] == kNone ? 0 : 1] = detour->relay;
    path->cut |= detour->cut;
    path->astray |= astray;
  } else {
    path->rtt_ms += DirectMs(from.region, to.region);
    path->cut |= !linked;
  }
  if (!bandwidth_binds()) return;
  path->rtt_ms += network::HomeAccessMs() * (int{from.link.home} + int{to.link.home});
  path->home |= from.link.home || to.link.home;
}

SitePaths::StoreWay SitePaths::Between(const SiteEnd& from, const SiteEnd& to) const {
  Path path;
  Append(from, to, &path);
  return {path.rtt_ms, path.relays[0], path.cut, path.astray};
}

SitePaths::StoreWay SitePaths::ToStore(RegionId store, const SiteEnd& end) const {
  SiteEnd caller = end;
  caller.relay_only = false;
  return Between({store, {}, false}, caller);
}

SitePaths::Path SitePaths::PathOf(std::span<const SiteEnd> ends, const Way& way, size_t hub) const {
  Path path;
  const auto [from, to] = way;
  path.through_hub = topology_ == Topology::kStar && from != hub && to != hub;
  if (path.through_hub) {
    Append(ends[from], ends[hub], &path);
    Append(ends[hub], ends[to], &path);
  } else {
    Append(ends[from], ends[to], &path);
  }
  return path;
}

std::vector<Hop> SitePaths::Hops(std::span<const SiteEnd> ends, std::span<const Way> ways,
                                 size_t messages) const {
  const size_t hub = HubOf(ends);
  std::vector<Path> paths;
  std::vector<uint32_t> through_relay(relays_.size());
  double into_hub = 0, out_of_hub = 0;
  for (const Way& way : ways) {
    const Path path = PathOf(ends, way, hub);
    for (const uint32_t relay : path.relays) {
      if (relay != kNone) ++through_relay[relay];
    }
    into_hub += path.through_hub || way.second == hub;
    out_of_hub += path.through_hub || way.first == hub;
    paths.push_back(path);
  }
  std::vector<Hop> hops;
  for (size_t i = 0; i < paths.size(); ++i) {
    const Path& path = paths[i];
    if (!bandwidth_binds()) {
      hops.push_back({path.rtt_ms * 5e-4, std::numeric_limits<double>::infinity()});
      continue;
    }
    const network::AccessLink &out = ends[ways[i].first].link, &in = ends[ways[i].second].link;
    const network::AccessLink& head = ends[hub].link;
    double bytes_s =
        std::min({out.up_bytes_s, in.down_bytes_s, window_bytes_ / (path.rtt_ms * 1e-3)});
    for (const uint32_t relay : path.relays) {
      if (relay != kNone) bytes_s = std::min(bytes_s, RelayBytesS(relay) / through_relay[relay]);
    }
    if (path.through_hub) {
      bytes_s = std::min({bytes_s, head.down_bytes_s / into_hub, head.up_bytes_s / out_of_hub});
    }
    hops.push_back(
        {5e-4 * network::SlowestRttMs(path.rtt_ms, static_cast<double>(messages), path.home),
         bytes_s});
  }
  return hops;
}

}  // namespace orrery::driver
