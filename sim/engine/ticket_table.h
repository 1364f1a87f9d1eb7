// TicketTable: which scheduled events are still to happen.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/base/memory.h"
#include "sim/base/prefetch.h"
#include "sim/engine/event.h"

namespace orrery::engine {

// Each pending event has a slot here which holds its order, unique in a run; cancelling empties the
// slot and leaves the event in the queue, where it is recognised as dead because the slot no longer
// holds its order. Slots are reused at once, the last freed first, so that an event which schedules
// its successor finds the slot in the cache. 8 bytes a slot; every operation is O(1).
class TicketTable {
 public:
  TicketTable() = default;
  TicketTable(const TicketTable&) = delete;
  TicketTable& operator=(const TicketTable&) = delete;
  ~TicketTable() { FreeFlat(slots_, capacity_ * sizeof(uint64_t)); }

  // A slot for the event with this order. At most 2^32 - 1 may be in use.
  uint32_t Issue(uint64_t order) {
    if (free_ == kEndOfFree) [[unlikely]] {
      Grow();
    }
    const uint32_t slot = free_;
    free_ = static_cast<uint32_t>(slots_[slot]);
    slots_[slot] = order;
    return slot;
  }
  // Whether the event is still to happen.
  bool Holds(uint32_t slot, uint64_t order) const { return slots_[slot] == order; }
  // Frees a slot that holds an event's order.
  void Free(uint32_t slot) {
    slots_[slot] = kFree | free_;
    free_ = slot;
  }
  size_t bytes() const { return capacity_ * sizeof(uint64_t); }
  void Prefetch(uint32_t slot) const { orrery::Prefetch(&slots_[slot]); }

  static EventHandle MakeHandle(uint64_t order, uint32_t slot) { return EventHandle(order, slot); }
  // Whether the event that the handle names is still to happen.
  bool Holds(EventHandle handle) const {
    return handle.ticket_ < capacity_ && slots_[handle.ticket_] == handle.order_;
  }
  static uint32_t SlotOf(EventHandle handle) { return handle.ticket_; }
  // Gives the slot of a held handle to another event.
  void Replace(uint32_t slot, uint64_t order) { slots_[slot] = order; }

 private:
  static constexpr uint32_t kEndOfFree = ~uint32_t{0};
  // No event has a priority of 255, so a free slot equals no order, and no handle that names
  // nothing.
  static constexpr uint64_t kFree = uint64_t{0xff} << Event::kSequenceBits;

  void Grow();

  uint64_t* slots_ = nullptr;
  uint32_t free_ = kEndOfFree;
  size_t capacity_ = 0;
};

}  // namespace orrery::engine
