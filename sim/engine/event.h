// What travels through the event queue: `Event`, its order, and the handle by which it is
// cancelled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "sim/base/ids.h"
#include "sim/base/time.h"

namespace orrery::engine {

// Who goes first among events of the same instant: lower values do. Among equals, the order of
// scheduling decides.
enum class Priority : uint8_t {
  kCompletion = 0,  // work ends and frees what it held
  kFailure = 1,     // failure and repair
  kArrival = 2,
  kDecision = 3,  // the scheduler looks at everything that happened at this instant
  kSample = 4,    // observers see the state after all decisions
};
inline constexpr int kPriorities = 5;

// The number a component got from Simulator::Register.
using ComponentId = Id<struct ComponentTag, uint16_t>;

// One scheduled occurrence. Plain bytes: what it needs beyond `payload` lives in a slab of its
// component, and `payload` says where. A payload is never an address: it enters the trace digest.
struct Event {
  SimTime time;
  // Priority in the top 8 bits, sequence number of scheduling in the other 56. Unique in a run.
  uint64_t order = 0;
  ComponentId component;
  uint16_t kind = 0;  // private to the component
  uint64_t payload = 0;

  Priority priority() const { return static_cast<Priority>(PriorityOf(order)); }
  uint64_t sequence() const { return order & ((uint64_t{1} << kSequenceBits) - 1); }

  static constexpr int kSequenceBits = 56;
  static constexpr size_t PriorityOf(uint64_t order) { return order >> kSequenceBits; }
  static constexpr uint64_t MakeOrder(Priority priority, uint64_t sequence) {
    return (uint64_t{static_cast<uint8_t>(priority)} << kSequenceBits) | sequence;
  }
};
static_assert(sizeof(Event) == 32 && std::is_trivially_copyable_v<Event>);

// Names one scheduled event, for Cancel and Reschedule. There is one handle an event: it can be
// moved, and cancelling the event empties it. Once the event has happened, it names nothing,
// however long it is kept.
class EventHandle {
 public:
  // Names nothing.
  constexpr EventHandle() = default;
  EventHandle(EventHandle&& other) noexcept
      : time_(other.time_), order_(std::exchange(other.order_, kNothing)) {}
  EventHandle& operator=(EventHandle&& other) noexcept {
    time_ = other.time_;
    order_ = std::exchange(other.order_, kNothing);
    return *this;
  }
  // Whether it was returned by a Schedule, and neither moved away nor cancelled since. True says
  // nothing about the event being still pending.
  constexpr explicit operator bool() const { return order_ != kNothing; }

 private:
  friend class Simulator;
  static constexpr uint64_t kNothing = ~uint64_t{0};
  EventHandle(SimTime time, uint64_t order) : time_(time), order_(order) {}
  SimTime time_;
  uint64_t order_ = kNothing;
};

}  // namespace orrery::engine
