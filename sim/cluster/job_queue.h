// The waiting jobs, in the order role's own key, and split by what they ask for: a shape that does
// not fit can be passed over as a whole.
#pragma once

#include <absl/container/btree_set.h>

#include <compare>
#include <cstdint>
#include <vector>

#include "policies/api/order.h"
#include "sim/base/ids.h"

namespace orrery::cluster {

// Everything that decides a job's turn. `tie` is its id, or a hash of it where ties are random.
struct QueueEntry {
  policies::OrderKey key;
  uint32_t tie = 0;
  JobId job;
  JobSlot slot;
  auto operator<=>(const QueueEntry&) const = default;
};

class JobQueue {
 public:
  // O(log jobs).
  void Insert(const QueueEntry& entry, uint32_t queue_shape);
  // The job that is first of its shape now where another one was; else none.
  JobSlot Erase(const QueueEntry& entry, uint32_t queue_shape);

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // The entry whose turn it is. The queue must not be empty.
  const QueueEntry& front() const { return heads_.begin()->entry; }
  uint32_t front_shape() const { return heads_.begin()->shape; }

  // How many shapes have entries.
  size_t shape_count() const { return heads_.size(); }
  // Calls visit(entry, shape) for the first entry of each shape that has any, in order.
  template <typename Visit>
  void VisitHeads(Visit&& visit) const {
    for (const Head& head : heads_) visit(head.entry, head.shape);
  }
  // The entries of a shape in order.
  using Set = absl::btree_set<QueueEntry>;
  const Set& OfShape(uint32_t shape) const { return shapes_[shape]; }
  // The first entry of a shape after `turn`, or nullptr. O(log jobs). Valid until the next Insert
  // or Erase.
  const QueueEntry* FirstAfter(uint32_t shape, const QueueEntry& turn) const {
    const auto after = shapes_[shape].upper_bound(turn);
    return after == shapes_[shape].end() ? nullptr : &*after;
  }

  // Walks entries in order over all shapes, or only some. Insert and Erase end its validity, except
  // that entries may be erased which it gave already if SkipShape is called for no shape
  // afterwards.
  class Walk {
   public:
    explicit Walk(const JobQueue& queue);
    // The next entry, or nullptr. O(log shapes).
    const QueueEntry* Next();
    // Leaves out the shape of the entry that Next gave last, and all that follow of it.
    void SkipShape();
    uint32_t shape() const { return shape_; }

   private:
    struct Cursor {
      Set::const_iterator at, end;
      uint32_t shape;
    };
    bool static Later(const Cursor& a, const Cursor& b) { return *b.at < *a.at; }
    std::vector<Cursor> cursors_;  // heap by entry
    bool pending_ = false;         // the top was given and must advance
    uint32_t shape_ = 0;
  };

 private:
  struct Head {
    QueueEntry entry;
    uint32_t shape = 0;
    auto operator<=>(const Head&) const = default;
  };
  std::vector<Set> shapes_;
  absl::btree_set<Head> heads_;  // the first entry of each shape that has any
  size_t size_ = 0;
};

}  // namespace orrery::cluster
