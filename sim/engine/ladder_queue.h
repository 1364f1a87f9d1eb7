// LadderQueue: a pending event set with amortised O(1) insertion and removal, after W. T. Tang,
// R. S. M. Goh and I. L.-J. Thng, "Ladder queue: An O(1) priority queue structure for large-scale
// discrete event simulation", ACM TOMACS 15(3), 2005.
//
// Far events wait unsorted; rungs cut ever shorter spans of time into buckets; only the next few
// events are sorted (the bottom). What differs from the paper, and why:
//
// Flat memory. Buckets are lists of chunks of 63 entries. A rung has at most 1,024 buckets, so that
// the ends of all of them stay in the level-2 cache while events are dealt out; in the paper the
// first rung has a bucket for each event.
//
// Outliers. Every rung ends in a list for the rest, and the paper's Top is the rest of the first
// rung. Widths follow a quantile of the events, not their maximum, so that an event in 292 years
// costs the others nothing.
//
// A short bottom. When it overflows, it becomes a rung and takes along the rungs below any that
// holds no more than all below it: the number of rungs stays logarithmic, and so does the number of
// moves of an event, even when each insertion is earlier than all before. The paper stops at 8
// rungs and lets the bottom grow.
//
// Ties. Events of one instant are never sorted: lists keep the order of insertion, so dealing them
// out to one queue for each tie class (priority) is enough. The same queues take events for "now".
//
// Latency. While a bucket is worked off, what the events of the next one refer to is prefetched,
// and the events of those after it.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "sim/base/check.h"
#include "sim/engine/chunk_fifo.h"
#include "sim/engine/chunk_list.h"
#include "sim/engine/ladder_rung.h"
#include "sim/engine/small_sort.h"

namespace orrery::engine {

// `Order` says what an entry is:
//   using Entry = …;                          trivially copyable, 16 bytes or more, a power of two
//   static uint64_t Time(const Entry&);       below 2^63
//   static Key SortKey(const Entry&);         total order, by time first; Key has a branchless <
//   static constexpr int kTieClasses; static int TieClass(const Entry&);
// Entries of equal time and tie class must be pushed in the order of their keys.
template <typename Order>
class LadderQueue {
 public:
  using Entry = typename Order::Entry;

  LadderQueue() {
    AddRung().ResetToRest(0, kForever);
    SetFloor(0);
  }
  LadderQueue(const LadderQueue&) = delete;
  LadderQueue& operator=(const LadderQueue&) = delete;

  // Memory taken from the system [bytes].
  size_t bytes() const;

  // Adds an entry, not earlier than any that was popped. O(1) amortised.
  void Push(const Entry& entry);
  // The same in two steps, for entries that are put together on the spot: room for an entry at
  // `time`, which the caller writes at once, or null, where InsertBottom must be called instead.
  Entry* PushSlot(uint64_t time);
  void InsertBottom(const Entry& entry);
  // The time of which entries are taken by PushTieSlot: that of the last entry popped, as a rule.
  // Later where many entries of one instant have been found by Front and not been popped yet.
  uint64_t tie_time() const { return tie_time_; }
  // Room for an entry at tie_time(), which the caller writes at once. Cheaper than PushSlot.
  Entry* PushTieSlot(int tie_class) { return ties_.PushSlot(tie_class, pool_); }
  // Makes `time`, which no entry precedes, the tie time, as if an entry of that time was popped.
  void AdvanceTo(uint64_t time) {
    if (!ties_.any()) tie_time_ = time;
  }

  // The first entry, or null. `on_near(entry)` is called for entries shortly before they come
  // first, so that what they refer to can be prefetched. Valid until the next call. O(1) amortised.
  template <typename OnNear>
  const Entry* Front(OnNear&& on_near);
  // Removes what Front returned; nothing may have been pushed since.
  void PopFront();

  // Removes the entries for which `drop(entry)`. O(entries + buckets).
  template <typename Drop>
  void RemoveIf(Drop&& drop);

 private:
  using Key = decltype(Order::SortKey(std::declval<Entry>()));
  using List = ChunkList<Entry>;

  static constexpr uint64_t kForever = ~uint64_t{0};
  // A list of up to this many entries is sorted; a longer one becomes a rung.
  static constexpr size_t kSortAtMost = 64;
  // A bottom of this many entries becomes a rung.
  static constexpr ptrdiff_t kBottomAtMost = 128;
  // How far ahead of the first tie `on_near` is called.
  static constexpr size_t kTiesAhead = 12;
  // Entries are placed in the middle of the array, since insertion moves the shorter side.
  static constexpr size_t kBottomSize = 512;
  static constexpr size_t kBottomStart = 192;
  static constexpr uint32_t kNoList = ~uint32_t{0};
  // Never reached: after an overflow of the bottom each rung holds more than all below it; and of
  // those made of a bucket since then, each has an eighth of the width of the one before.
  static constexpr size_t kMaxRungs = 64;
  // A bucket is meant to hold about this many entries when it is reached.
  static constexpr size_t kEntriesPerBucket = 16;

  // Of time; both ends belong to it.
  struct Span {
    uint64_t first = kForever;
    uint64_t last = 0;
    // Bit c: entries of tie class c are among them. Known of exact spans only.
    uint32_t classes = 0;
  };

  Rung<Entry>& AddRung();
  Rung<Entry>& Deepest() { return *rungs_[depth_ - 1]; }
  void SetFloor(size_t rung) { floors_[rung] = rungs_[rung]->Floor(); }
  // Entries before this time are in the bottom (or are ties).
  uint64_t BottomEnd() const { return floors_[depth_ - 1]; }

  Entry* BottomStart() { return bottom_.begin() + kBottomStart; }
  void SpillBottom();
  template <typename OnNear>
  bool Refill(OnNear&& on_near);
  void Load(List list, size_t count, uint64_t first, int bits);
  void SinkBottom(Entry* at);
  void WarmParent();
  template <typename OnNear>
  void LookAhead(const Rung<Entry>& rung, OnNear&& on_near);
  template <typename OnNear>
  void LoadTies(List list, uint64_t time, uint32_t classes, OnNear&& on_near);
  static uint32_t ClassesOf(const List& list);
  void UnloadTies();
  static Span ExactSpan(const List& list);
  static Span SpanOfBucket(const Rung<Entry>& rung, uint32_t bucket, const List& list);
  static Span SpanOfRest(Rung<Entry>& rung, const List& list);
  void Deal(List list, Span span, size_t rung, uint64_t end);
  template <typename OnNear>
  const Entry* FrontAmongTies(OnNear&& on_near);

  // Rungs in use are the first `depth_`; floors_[i] is the Floor() of rung i, and falls with i.
  size_t depth_ = 0;
  std::array<uint64_t, kMaxRungs> floors_;
  // The bottom is [head_, tail_) within bottom_.
  Entry* head_ = nullptr;
  Entry* tail_ = nullptr;
  uint64_t tie_time_ = 0;
  bool front_is_tie_ = false;
  // How far WarmParent has come. Only for prefetching: the chunk may long be part of another list.
  bool warming_ = false;
  const Chunk<Entry>* warm_ = nullptr;
  // The list of the deepest rung that LookAhead has seen.
  uint32_t ahead_ = kNoList;
  TieQueues<Entry, Order::kTieClasses> ties_;
  ChunkPool<Entry> pool_;
  std::array<std::unique_ptr<Rung<Entry>>, kMaxRungs> rungs_;
  std::array<Entry, kBottomSize> bottom_;
};

}  // namespace orrery::engine

#include "sim/engine/ladder_queue_inl.h"
