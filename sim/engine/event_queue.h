// The ladder queue of events.
#pragma once

#include <cstdint>

#include "sim/engine/event.h"
#include "sim/engine/ladder_queue.h"

namespace orrery::engine {

struct EventOrder {
  using Entry = Event;
  // Compared as one number of 128 bits, which needs no branch.
  struct Key {
    uint64_t order;
    uint64_t time;
    bool operator<(const Key& other) const { return Wide() < other.Wide(); }

   private:
    unsigned __int128 Wide() const { return (static_cast<unsigned __int128>(time) << 64) | order; }
  };
  static constexpr int kTieClasses = kPriorities;

  static uint64_t Time(const Event& event) { return static_cast<uint64_t>(event.time.nanos()); }
  static Key SortKey(const Event& event) { return {event.order, Time(event)}; }
  static int TieClass(const Event& event) { return static_cast<int>(event.priority()); }
};

using EventQueue = LadderQueue<EventOrder>;

}  // namespace orrery::engine
