// The one interface between the simulator and what it drives.
#pragma once

#include <cstdint>

#include "sim/engine/event.h"

namespace orrery::engine {

// Something that events happen to. Derived classes are `final` and switch on `event.kind`.
class Component {
 public:
  virtual ~Component() = default;
  // Called with the simulator's clock at `event.time`, once for each event scheduled for this
  // component and not cancelled, in the order of (time, priority, sequence). May schedule and
  // cancel freely.
  virtual void OnEvent(const Event& event) = 0;
  // An event with this payload is near, at least a few events away: asks for the cache lines that
  // it will touch (sim/base/prefetch.h). Called for most events, also for some that are cancelled
  // in the end. Must have no effect.
  virtual void Fetch(uint64_t payload) const { static_cast<void>(payload); }
};

}  // namespace orrery::engine
