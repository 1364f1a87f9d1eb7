#include "sim/driver/relay_states.h"

#include <algorithm>

namespace orrery::driver {

using failure::SpellLaw;

RelayStates::RelayStates(const scenario::Scenario& scenario, uint32_t replicate,
                         const engine::Simulator* simulator)
    : simulator_(simulator), random_(scenario.seed, replicate) {
  const scenario::Network& network = scenario.network;
  const bool full = network.level == scenario::NetworkLevel::kFull;
  if (!full || network.relay_mtbf == Duration::Max()) return;
  process_.emplace_back(SpellLaw::Exponential(network.relay_mtbf),
                        SpellLaw::Exponential(network.relay_mttr));
  spells_.resize(network.relays.empty() ? scenario.regions.size() : network.relays.size());
  for (uint32_t relay = 0; relay < spells_.size(); ++relay) {
    spells_[relay] = process_.front().First(StreamOf(relay));
    next_change_ = std::min(next_change_, spells_[relay].until);
  }
}

uint64_t RelayStates::Epoch() {
  const SimTime now = simulator_->now();
  if (now < next_change_) return epoch_;
  next_change_ = SimTime::Never();
  for (uint32_t relay = 0; relay < spells_.size(); ++relay) {
    while (spells_[relay].until <= now) {
      spells_[relay] = process_.front().Next(StreamOf(relay), spells_[relay]);
    }
    next_change_ = std::min(next_change_, spells_[relay].until);
  }
  return ++epoch_;
}

}  // namespace orrery::driver
