// Simulator: the virtual clock and the loop that brings events to components in their exact order.
#pragma once

#include <absl/container/flat_hash_set.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/base/check.h"
#include "sim/base/time.h"
#include "sim/engine/component.h"
#include "sim/engine/digest.h"
#include "sim/engine/event.h"
#include "sim/engine/event_queue.h"

namespace orrery::engine {

// Why Run returned.
enum class RunEnd : uint8_t {
  kDrained,  // nothing is pending
  kHorizon,  // what is pending lies after the horizon
  kStopped,  // by the stop flag or by Stop
};

// Runs on one thread. Two simulators share nothing.
//
// Events happen in the order (time, priority, sequence of scheduling), whatever mix of Schedule,
// Cancel and Reschedule led to them. Scheduling, cancelling and dispatching are O(1) amortised; see
// LadderQueue. Events for the current instant bypass the ladder: asking for a decision after each
// arrival and completion is cheap.
//
// What is cancelled is noted, and what is not costs nothing: within a priority, events happen in
// the order of (time, sequence), so the last one that did tells of every handle whether its event
// is still to come. A cancelled event leaves some 50 bytes behind until its time comes or until
// there are as many dead events as live ones (and 1,024 at least): then all dead ones go.
class Simulator {
 public:
  Simulator() = default;
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  // Adds a component, which must outlive the simulator's last event. At most 65,535.
  ComponentId Register(Component* component);

  SimTime now() const { return now_; }

  // Has `component` get an event at `time`, which must not lie before now() nor be Never().
  EventHandle Schedule(SimTime time, Priority priority, ComponentId component, uint16_t kind,
                       uint64_t payload);
  // Takes back a scheduled event and empties its handle. False, and no other effect, where it has
  // already happened, and for a handle that names nothing.
  bool Cancel(EventHandle& handle);
  // Cancels the event of `handle` where it is still pending, and gives it another. For timers that
  // are set again and again.
  void Reschedule(EventHandle& handle, SimTime time, Priority priority, ComponentId component,
                  uint16_t kind, uint64_t payload);
  // Whether the handle's event is still to happen.
  bool IsPending(const EventHandle& handle) const {
    return handle && !last_[Event::PriorityOf(handle.order_)].Reached(handle.time_, handle.order_);
  }

  // Processes events up to and including those at `until`, which must not lie before now(). Unless
  // it was stopped, now() is `until` afterwards, or, where that is Never(), the time of the last
  // event. `stop`, which another thread or a signal handler may set, is looked at before each
  // event; the event in progress is finished.
  RunEnd Run(SimTime until, const std::atomic<bool>* stop = nullptr);
  // Processes one event. False when nothing is pending.
  bool Step();
  // Makes the Run in progress return after the current event. Does nothing outside of Run.
  void Stop() { stop_requested_ = true; }

  // The time of the next event; Never() when nothing is pending.
  SimTime NextTime();
  // Events scheduled and neither processed nor cancelled.
  uint64_t pending() const { return next_sequence_ - events_processed_ - cancelled_; }
  uint64_t events_processed() const { return events_processed_; }
  // Of (time, component, kind, payload) of all events processed so far: the trace digest.
  const Digest& digest() const { return digest_; }
  // Memory held for the queue [bytes].
  size_t memory_bytes() const { return queue_.bytes() + dead_.capacity() * (sizeof(uint64_t) + 1); }

 private:
  // How far the events of one priority have come.
  struct Progress {
    SimTime time = SimTime::FromNanos(-1);
    uint64_t order = 0;
    bool Reached(SimTime other_time, uint64_t other_order) const {
      return other_time < time || (other_time == time && other_order <= order);
    }
  };

  auto OnNear();
  const Event* Front();
  void Dispatch(const Event& event);
  void RemoveDead();

  SimTime now_;
  uint64_t next_sequence_ = 0;
  uint64_t events_processed_ = 0;
  uint64_t cancelled_ = 0;
  // The orders of cancelled events that are still in the queue.
  absl::flat_hash_set<uint64_t> dead_;
  std::array<Progress, kPriorities> last_;
  bool stop_requested_ = false;
  Digest digest_;
  std::vector<Component*> components_;
  EventQueue queue_;
};

inline EventHandle Simulator::Schedule(SimTime time, Priority priority, ComponentId component,
                                       uint16_t kind, uint64_t payload) {
  ORRERY_CHECK(time >= now_ && time != SimTime::Never(), time.nanos(), now_.nanos(), kind);
  ORRERY_CHECK(component.index() < components_.size(), component.value, components_.size());
  const uint64_t order = Event::MakeOrder(priority, next_sequence_++);
  const uint64_t nanos = static_cast<uint64_t>(time.nanos());
  Event* const slot = nanos == queue_.tie_time() ? queue_.PushTieSlot(static_cast<int>(priority))
                                                 : queue_.PushSlot(nanos);
  // Written in place: a copy of what was just put together on the stack would wait for the stores.
  if (slot != nullptr) {
    *slot = Event{time, order, component, kind, payload};
  } else {
    queue_.InsertBottom(Event{time, order, component, kind, payload});
  }
  return EventHandle(time, order);
}

}  // namespace orrery::engine
