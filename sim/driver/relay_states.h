// Which relays are up: each is on and off in turn. Nothing is scheduled; the state at a time is
// worked out when somebody asks.
#pragma once

#include <cstdint>
#include <vector>

#include "models/failure/on_off.h"
#include "sim/base/random.h"
#include "sim/engine/simulator.h"
#include "sim/scenario/scenario.h"

namespace orrery::driver {

class RelayStates {
 public:
  // Relays never fail unless the scenario says so, at level full. `simulator` outlives this.
  RelayStates(const scenario::Scenario& scenario, uint32_t replicate,
              const engine::Simulator* simulator);

  bool fail() const { return !spells_.empty(); }
  // Changes whenever a relay goes or comes, by now. O(1) where none has since the last call.
  uint64_t Epoch();
  // As of the last call of Epoch.
  bool up(uint32_t relay) const { return spells_.empty() || spells_[relay].on; }
  // When the next one goes or comes, as of the last call of Epoch; Never(): they do not fail.
  SimTime next_change() const { return next_change_; }

 private:
  RandomStream StreamOf(uint32_t relay) const { return random_.Stream("network/relay", relay); }

  const engine::Simulator* simulator_;
  RandomStreams random_;
  std::vector<failure::OnOff> process_;  // one, or none
  std::vector<failure::Spell> spells_;   // by relay; empty: they do not fail
  SimTime next_change_ = SimTime::Never();
  uint64_t epoch_ = 0;
};

}  // namespace orrery::driver
