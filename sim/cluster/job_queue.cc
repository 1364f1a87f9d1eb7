#include "sim/cluster/job_queue.h"

#include <algorithm>

#include "sim/base/check.h"

namespace orrery::cluster {

void JobQueue::Insert(const QueueEntry& entry, uint32_t queue_shape) {
  if (queue_shape >= shapes_.size()) shapes_.resize(queue_shape + 1);
  auto& set = shapes_[queue_shape];
  const bool first = set.empty() || entry < *set.begin();
  if (first && !set.empty()) heads_.erase({*set.begin(), queue_shape});
  ORRERY_CHECK(set.insert(entry).second, entry.job.value);
  if (first) heads_.insert({entry, queue_shape});
  ++size_;
}

JobSlot JobQueue::Erase(const QueueEntry& entry, uint32_t queue_shape) {
  auto& set = shapes_[queue_shape];
  --size_;
  if (*set.begin() != entry) {
    ORRERY_CHECK(set.erase(entry) == 1, entry.job.value, queue_shape);
    return JobSlot::None();
  }
  set.erase(set.begin());
  heads_.erase({entry, queue_shape});
  if (set.empty()) return JobSlot::None();
  heads_.insert({*set.begin(), queue_shape});
  return set.begin()->slot;
}

JobQueue::Walk::Walk(const JobQueue& queue) {
  cursors_.reserve(queue.heads_.size());
  for (const Head& head : queue.heads_) {
    const auto& set = queue.shapes_[head.shape];
    cursors_.push_back({set.begin(), set.end(), head.shape});
  }
  // Heads come in order, and an ascending array is a heap already.
}

const QueueEntry* JobQueue::Walk::Next() {
  if (pending_) {
    std::pop_heap(cursors_.begin(), cursors_.end(), Later);
    if (++cursors_.back().at == cursors_.back().end) {
      cursors_.pop_back();
    } else {
      std::push_heap(cursors_.begin(), cursors_.end(), Later);
    }
  }
  pending_ = !cursors_.empty();
  if (!pending_) return nullptr;
  shape_ = cursors_.front().shape;
  return &*cursors_.front().at;
}

void JobQueue::Walk::SkipShape() {
  std::pop_heap(cursors_.begin(), cursors_.end(), Later);
  cursors_.pop_back();
  pending_ = false;
}

}  // namespace orrery::cluster
