// The ways between the sites of a gang: round trips, what lies on the way, and what that carries.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "models/network/access.h"
#include "models/network/exchange.h"
#include "models/network/rtt.h"
#include "sim/base/ids.h"
#include "sim/base/random.h"
#include "sim/driver/network_states.h"
#include "sim/scenario/scenario.h"

namespace orrery::driver {

// One end of a way: the member that speaks for a site.
struct SiteEnd {
  RegionId region;
  network::AccessLink link;
  bool relay_only = false;  // behind a NAT or firewall that lets nobody in
};

// At level full a pair of regions has a residual of its own: it is as much longer or shorter than
// the model says as pairs were that were measured. Nobody knows by how much, so replications draw
// it anew; it goes by the names of the two regions, whatever others there are.
//
// Mesh: sites talk directly, but over a relay where one of the two is only reachable so. Relay:
// everything passes the relay that makes the way shortest. Star: everything passes the member with
// the fastest way out, of those that can be reached directly if there are such.
//
// Where the direct way between two regions is down, mesh goes over the best relay that both reach,
// relay over the next best, and a star's members are cut from each other.
class SitePaths {
 public:
  // O(regions²) memory; a round trip is computed when first asked for.
  SitePaths(const scenario::Scenario& scenario, uint32_t replicate);
  // From now on ways avoid what is down; `states` outlives this.
  void FailBy(NetworkStates* states) { states_ = states; }
  // Ways are the same while this is.
  uint64_t Epoch() const { return states_ == nullptr ? 0 : states_->Epoch(); }

  // (from, to), as indices of ends.
  using Way = std::pair<size_t, size_t>;
  // The hops of one exchange, in which `messages` are under way at once. Hops that pass the same
  // relay, or the same member of a star, share what it carries. O(ways × relays) at most, O(ways)
  // once the regions have met.
  std::vector<network::Hop> Hops(std::span<const SiteEnd> ends, std::span<const Way> ways,
                                 size_t messages) const;

  // Where what all have to reach should stand: the end with the fastest way out, of those that can
  // be called where there are any; among equals, the first.
  size_t HubOf(std::span<const SiteEnd> ends) const;

  // How many times these ways pass each relay, by relay.
  std::vector<uint32_t> RelayPasses(std::span<const SiteEnd> ends, std::span<const Way> ways) const;
  size_t relay_count() const { return relays_.size(); }
  // Whether direct ways between regions go and come.
  bool links_fail() const { return states_ != nullptr && states_->links_fail(); }
  // Whether one of these ways is cut.
  bool Cut(std::span<const SiteEnd> ends, std::span<const Way> ways) const;

  static constexpr uint32_t kNone = UINT32_MAX;
  // The way between a data store and an end, or between two ends, of somebody alone: a star has no
  // middle then.
  struct StoreWay {
    double rtt_ms = 0;
    uint32_t relay = kNone;  // an index of the scenario's relays
    bool cut = false;        // nothing that it could pass is up
    bool astray = false;     // over that relay for as long as the direct way is down
  };
  // Who is behind a NAT calls the store, so that only topology relay sends it over one.
  StoreWay ToStore(RegionId store, const SiteEnd& end) const;
  StoreWay Between(const SiteEnd& from, const SiteEnd& to) const;
  // Whether the way between two regions is up that goes over this relay, or directly (kNone).
  bool Open(RegionId a, RegionId b, uint32_t relay) const;
  // What a relay carries each way now [byte/s].
  double RelayBytesS(uint32_t relay) const;
  // What the window lets through in a round trip [byte/s].
  double WindowRate(double rtt_ms) const { return window_bytes_ / (rtt_ms * 1e-3); }

 private:
  // Through which relay, and how long that takes.
  struct Detour {
    float rtt_ms = -1;  // negative: not asked for yet
    uint32_t relay = 0;
    bool cut = false;    // neither it nor another is open
    uint64_t epoch = 0;  // when it was looked for
  };
  struct Path {
    double rtt_ms = 0;
    uint32_t relays[2] = {kNone, kNone};
    bool through_hub = false;
    bool home = false;
    bool cut = false;
    bool astray = false;
  };

  bool bandwidth_binds() const { return level_ == scenario::NetworkLevel::kFull; }
  double DirectMs(RegionId a, RegionId b) const;
  double PairMs(RegionId a, RegionId b) const;
  const Detour& DetourBetween(RegionId a, RegionId b) const;
  void Append(const SiteEnd& from, const SiteEnd& to, Path* path) const;
  Path PathOf(std::span<const SiteEnd> ends, const Way& way, size_t hub) const;

  scenario::NetworkLevel level_;
  scenario::Topology topology_;
  network::Route route_;
  bool residuals_;
  RandomStreams random_;
  double window_bytes_;
  double relay_bytes_s_;
  double flood_share_;
  std::vector<RegionId> relays_;
  NetworkStates* states_ = nullptr;     // null: nothing fails
  std::vector<network::Place> places_;  // by region
  std::vector<std::string> names_;      // by region
  // Region × region.
  mutable std::vector<float> rtt_ms_;  // negative: not asked for yet
  mutable std::vector<Detour> detours_;
};

}  // namespace orrery::driver
