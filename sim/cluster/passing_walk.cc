#include "sim/cluster/passing_walk.h"

#include <algorithm>

namespace orrery::cluster {

using policies::JobInfo;
using policies::Sieve;

PassingWalk::PassingWalk(const ClusterState& state) : state_(state), turn_(state.queue().front()) {
  cursors_.reserve(state.queue().shape_count());
  state.queue().VisitHeads([&](const QueueEntry& entry, uint32_t shape) {
    const QueueEntry* first = entry == turn_ ? state.queue().FirstAfter(shape, turn_) : &entry;
    if (first != nullptr) cursors_.push_back({first, shape, false});
  });
  std::make_heap(cursors_.begin(), cursors_.end(), Later);
}

void PassingWalk::Push(const Cursor& cursor) {
  cursors_.push_back(cursor);
  std::push_heap(cursors_.begin(), cursors_.end(), Later);
}

// A cursor that was not asked is at its shape's first job behind the started one already.
void PassingWalk::BeginAnew() {
  started_ = false;
  for (Cursor& cursor : cursors_) {
    if (!cursor.asked) continue;
    cursor.at = state_.queue().FirstAfter(cursor.shape, turn_);
    cursor.asked = false;
  }
  for (const uint32_t shape : asleep_) {
    cursors_.push_back({state_.queue().FirstAfter(shape, turn_), shape, false});
  }
  asleep_.clear();
  std::erase_if(cursors_, [](const Cursor& cursor) { return cursor.at == nullptr; });
  std::make_heap(cursors_.begin(), cursors_.end(), Later);
}

const JobInfo* PassingWalk::Next(Sieve& sieve) {
  if (started_) BeginAnew();
  while (!cursors_.empty()) {
    std::pop_heap(cursors_.begin(), cursors_.end(), Later);
    Cursor cursor = cursors_.back();
    cursors_.pop_back();
    const JobInfo& job = state_.job(cursor.at->slot);
    // Nothing is freed in a pass: what does not fit now will not later in it.
    if (!cursor.asked && !state_.Fits(job)) continue;
    turn_ = *cursor.at;
    if (sieve.Passes(job)) {
      asleep_.push_back(cursor.shape);
      return &job;
    }
    cursor.asked = true;
    cursor.at = FirstShort(cursor, sieve);
    if (cursor.at == nullptr) {
      asleep_.push_back(cursor.shape);
    } else {
      Push(cursor);
    }
  }
  return nullptr;
}

const QueueEntry* PassingWalk::FirstShort(const Cursor& cursor, Sieve& sieve) const {
  const RemainingIndex* index = state_.remaining_index(cursor.shape);
  if (index == nullptr) {
    const QueueEntry* at = cursor.at;
    do {
      at = state_.queue().FirstAfter(cursor.shape, *at);
    } while (at != nullptr && !sieve.Passes(state_.job(at->slot)));
    return at;
  }
  Duration longest = Duration::Nanos(-1);
  for (const JobInfo& kind : index->kinds()) longest = std::max(longest, sieve.Longest(kind));
  return index->FirstAfter(*cursor.at, longest);
}

}  // namespace orrery::cluster
