// The one interface between the simulator and what it drives.
#pragma once

#include "sim/engine/event.h"

namespace orrery::engine {

// Something that events happen to. Derived classes are `final` and switch on `event.kind`.
class Component {
 public:
  virtual ~Component() = default;
  // Called with the simulator's clock at `event.time`, once for each event scheduled for this
  // component and not cancelled, in the order of HappensBefore. May schedule and cancel freely.
  virtual void OnEvent(const Event& event) = 0;
};

// Where a component keeps the state that an event will touch: `base + index * stride` with the
// index in the low 32 bits of the payload. The simulator only prefetches that cache line a few
// events ahead; it reads nothing, so a stale base or an index past the end does no harm.
struct PrefetchHint {
  const void* base = nullptr;
  uint32_t stride = 0;  // [bytes]; 0: always `base`
};

}  // namespace orrery::engine
