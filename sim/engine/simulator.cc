#include "sim/engine/simulator.h"

#include <algorithm>
#include <limits>

namespace orrery::engine {
namespace {

// Dead events are left alone up to this number, since sweeping passes over everything.
constexpr size_t kDeadAlwaysAllowed = 1024;

}  // namespace

ComponentId Simulator::Register(Component* component) {
  ORRERY_CHECK(component != nullptr);
  ORRERY_CHECK(components_.size() < ComponentId::kNone, components_.size());
  components_.push_back(component);
  return ComponentId(static_cast<uint16_t>(components_.size() - 1));
}

inline auto Simulator::OnNear() {
  return [this](const Event& event) {
    components_[event.component.index()]->Fetch(event.payload);
    if (!dead_.empty()) dead_.prefetch(event.order);
  };
}

bool Simulator::Cancel(EventHandle& handle) {
  const bool pending = IsPending(handle);
  if (pending) {
    dead_.insert(handle.order_);
    ++cancelled_;
    if (dead_.size() > kDeadAlwaysAllowed && dead_.size() > this->pending()) RemoveDead();
  }
  handle = EventHandle();
  return pending;
}

void Simulator::Reschedule(EventHandle& handle, SimTime time, Priority priority,
                           ComponentId component, uint16_t kind, uint64_t payload) {
  Cancel(handle);
  handle = Schedule(time, priority, component, kind, payload);
}

void Simulator::RemoveDead() {
  queue_.RemoveIf([this](const Event& event) { return dead_.contains(event.order); });
  dead_.clear();
}

inline const Event* Simulator::Front() {
  while (const Event* event = queue_.Front(OnNear())) {
    if (dead_.empty() || dead_.erase(event->order) == 0) [[likely]] {
      return event;
    }
    queue_.PopFront();
  }
  return nullptr;
}

inline void Simulator::Dispatch(const Event& front) {
  const Event event = front;
  queue_.PopFront();
  last_[static_cast<size_t>(event.priority())] = {event.time, event.order};
  now_ = event.time;
  ++events_processed_;
  digest_.Add(static_cast<uint64_t>(event.time.nanos()), event.payload,
              (uint64_t{event.component.value} << 16) | event.kind);
  components_[event.component.index()]->OnEvent(event);
}

RunEnd Simulator::Run(SimTime until, const std::atomic<bool>* stop) {
  ORRERY_CHECK(until >= now_, until.nanos(), now_.nanos());
  stop_requested_ = false;
  RunEnd end = RunEnd::kDrained;
  while (true) {
    if (stop != nullptr && stop->load(std::memory_order_relaxed)) return RunEnd::kStopped;
    const Event* const event = Front();
    if (event == nullptr) break;
    if (event->time > until) {
      end = RunEnd::kHorizon;
      break;
    }
    Dispatch(*event);
    if (stop_requested_) return RunEnd::kStopped;
  }
  if (until != SimTime::Never()) {
    now_ = until;
    queue_.AdvanceTo(static_cast<uint64_t>(until.nanos()));
  }
  return end;
}

bool Simulator::Step() {
  const Event* const event = Front();
  if (event == nullptr) return false;
  Dispatch(*event);
  return true;
}

SimTime Simulator::NextTime() {
  const Event* const event = Front();
  return event == nullptr ? SimTime::Never() : event->time;
}

}  // namespace orrery::engine
