#include "sim/engine/ticket_table.h"

#include <algorithm>
#include <cstring>

#include "sim/base/check.h"

namespace orrery::engine {

void TicketTable::Grow() {
  const size_t capacity = std::max<size_t>(1024, capacity_ * 2);
  ORRERY_CHECK(capacity <= kEndOfFree, capacity);
  auto* const slots = static_cast<uint64_t*>(AllocateFlat(capacity * sizeof(uint64_t)));
  if (capacity_ > 0) std::memcpy(slots, slots_, capacity_ * sizeof(uint64_t));
  FreeFlat(slots_, capacity_ * sizeof(uint64_t));
  slots_ = slots;
  for (size_t slot = capacity; slot-- > capacity_;) Free(static_cast<uint32_t>(slot));
  capacity_ = capacity;
}

}  // namespace orrery::engine
