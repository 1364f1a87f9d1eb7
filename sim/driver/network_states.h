// What of the network is up: relays, the regions in which these and the stores of data stand, and
// the direct ways between regions; and which relays are flooded. Each is on and off in turn.
// Nothing is scheduled; the state at a time is worked out when somebody asks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "models/failure/on_off.h"
#include "sim/base/ids.h"
#include "sim/base/random.h"
#include "sim/engine/simulator.h"
#include "sim/scenario/scenario.h"

namespace orrery::driver {

class NetworkStates {
 public:
  // O(regions²) memory where links fail. Everything is up for ever unless the scenario says
  // otherwise, at level full. `simulator` outlives this.
  NetworkStates(const scenario::Scenario& scenario, uint32_t replicate,
                const engine::Simulator* simulator);

  // Whether anything ever goes.
  bool change() const { return !parts_.empty(); }
  // Whether a way may be lost that passes no relay.
  bool any_way_fails() const { return regions_ != kNone || links_fail(); }
  bool links_fail() const { return links_ != kNone; }
  // Changes whenever something goes or comes, by now. O(1) where nothing has since the last call,
  // else O(log n) for each change.
  uint64_t Epoch();
  // When the next thing goes or comes, as of the last call of Epoch; Never() where nothing does.
  SimTime next_change() const { return next_.empty() ? SimTime::Never() : next_.top().first; }

  // As of the last call of Epoch, all of them. A relay is down while its region has an outage.
  bool relay_up(uint32_t relay) const {
    return on(relays_, relay) && region_up(relay_regions_[relay]);
  }
  bool region_up(RegionId region) const { return on(regions_, region.index()); }
  bool flooded(uint32_t relay) const { return !on(floods_, relay); }
  // Between two regions, both ways; inside one nothing fails.
  bool link_up(RegionId a, RegionId b) const { return a == b || on(links_, PairOf(a, b)); }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Part {
    uint32_t process;
    RandomStream stream;
    failure::Spell spell;
  };

  bool on(uint32_t first, size_t index) const {
    return first == kNone || parts_[first + index].spell.on;
  }
  // Of two regions, in any order.
  static size_t PairOf(RegionId a, RegionId b) {
    const size_t low = std::min(a.index(), b.index()), high = std::max(a.index(), b.index());
    return high * (high - 1) / 2 + low;
  }
  // The next part is the first of those that follow this process.
  uint32_t AddProcess(const failure::OnOff& process);
  void AddPart(const RandomStream& stream);

  const engine::Simulator* simulator_;
  std::vector<RegionId> relay_regions_;
  std::vector<failure::OnOff> processes_;
  std::vector<Part> parts_;
  // The first of them in parts_; kNone: they are always up.
  uint32_t relays_ = kNone, floods_ = kNone, regions_ = kNone, links_ = kNone;
  using Change = std::pair<SimTime, uint32_t>;  // of a part
  std::priority_queue<Change, std::vector<Change>, std::greater<>> next_;
  uint64_t epoch_ = 0;
};

}  // namespace orrery::driver
