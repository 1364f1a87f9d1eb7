#include "sim/driver/client_rtts.h"

namespace orrery::driver {

using scenario::NetworkLevel;

ClientRtts::ClientRtts(const scenario::Scenario& scenario)
    : level_(scenario.network.level), route_(scenario.network.route) {
  if (level_ == NetworkLevel::kOff) return;
  for (const scenario::Region& region : scenario.regions) {
    places_.push_back({region.lat_deg, region.lon_deg, network::AreaOf(region.country)});
  }
  if (level_ == NetworkLevel::kFull) home_ = Duration::FromSeconds(network::HomeAccessMs() / 1e3);
  known_.assign(places_.size() * places_.size(), Duration::Nanos(-1));
}

Duration ClientRtts::Between(RegionId client, RegionId region, OwnerKind owner) const {
  if (level_ == NetworkLevel::kOff) return Duration();
  Duration& known = known_[client.index() * places_.size() + region.index()];
  if (known < Duration()) {
    const network::Place &from = places_[client.index()], &to = places_[region.index()];
    const double ms = level_ == NetworkLevel::kSimple ? network::SimpleRttMs(from, to)
                                                      : network::RttMs(from, to, route_);
    known = Duration::FromSeconds(ms / 1e3);
  }
  return owner == OwnerKind::kConsumer ? known + home_ : known;
}

}  // namespace orrery::driver
