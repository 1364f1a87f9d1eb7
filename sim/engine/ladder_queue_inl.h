// Definitions of LadderQueue's members: see ladder_queue.h, which includes this file.
#pragma once

namespace orrery::engine {

template <typename Order>
inline auto LadderQueue<Order>::PushSlot(uint64_t time) -> Entry* {
  for (size_t rung = 0; rung < depth_; ++rung) {
    if (time >= floors_[rung]) {
      return rungs_[rung]->AppendSlot(time, pool_);
    }
  }
  return nullptr;
}

template <typename Order>
inline void LadderQueue<Order>::Push(const Entry& entry) {
  if (Entry* const slot = PushSlot(Order::Time(entry))) {
    *slot = entry;
  } else {
    InsertBottom(entry);
  }
}

template <typename Order>
template <typename OnNear>
inline auto LadderQueue<Order>::Front(OnNear&& on_near) -> const Entry* {
  if (!ties_.any()) [[likely]] {
    front_is_tie_ = false;
    if (head_ != tail_) [[likely]] {
      return head_;
    }
    if (!Refill(on_near)) return nullptr;
    if (!ties_.any()) return head_;
  }
  const uint64_t other = head_ != tail_ ? Order::Time(*head_) : BottomEnd();
  if (other <= tie_time_) [[unlikely]] {
    return FrontAmongTies(on_near);
  }
  front_is_tie_ = true;
  if (const Entry* const ahead = ties_.Ahead(kTiesAhead)) on_near(*ahead);
  return &ties_.front();
}

template <typename Order>
inline void LadderQueue<Order>::PopFront() {
  if (front_is_tie_) [[unlikely]] {
    ties_.Pop(pool_);
  } else {
    AdvanceTo(Order::Time(*head_));
    ++head_;
  }
}

// Entries of the tie queues' time may be in the bottom or, not yet loaded, in a rung.
template <typename Order>
template <typename OnNear>
[[gnu::noinline]] auto LadderQueue<Order>::FrontAmongTies(OnNear&& on_near) -> const Entry* {
  if (head_ == tail_ && BottomEnd() <= tie_time_) Refill(on_near);
  front_is_tie_ = head_ == tail_ || !(Order::SortKey(*head_) < Order::SortKey(ties_.front()));
  return front_is_tie_ ? &ties_.front() : head_;
}

// Binary search without a branch on the order, then the shorter side moves by one.
template <typename Order>
[[gnu::noinline]] void LadderQueue<Order>::InsertBottom(const Entry& entry) {
  if (tail_ - head_ >= kBottomAtMost) {
    SpillBottom();
    Push(entry);
    return;
  }
  if (head_ == tail_) head_ = tail_ = BottomStart();
  const Key key = Order::SortKey(entry);
  Entry* at = head_;
  for (ptrdiff_t length = tail_ - head_; length > 0;) {
    const ptrdiff_t half = (length + 1) / 2;
    at += Order::SortKey(at[half - 1]) < key ? half : 0;
    length -= half;
  }
  const bool front_shorter = at - head_ < tail_ - at;
  if ((front_shorter && head_ != bottom_.begin()) || tail_ == bottom_.end()) {
    std::memmove(head_ - 1, head_, static_cast<size_t>(at - head_) * sizeof(Entry));
    --head_;
    at[-1] = entry;
  } else {
    std::memmove(at + 1, at, static_cast<size_t>(tail_ - at) * sizeof(Entry));
    ++tail_;
    *at = entry;
  }
}

template <typename Order>
auto LadderQueue<Order>::AddRung() -> Rung<Entry>& {
  ORRERY_CHECK(depth_ < kMaxRungs, depth_);
  if (rungs_[depth_] == nullptr) rungs_[depth_] = std::make_unique<Rung<Entry>>();
  return *rungs_[depth_++];
}

template <typename Order>
size_t LadderQueue<Order>::bytes() const {
  size_t bytes = pool_.bytes() + sizeof(*this);
  for (const auto& rung : rungs_) bytes += rung != nullptr ? sizeof(*rung) : 0;
  return bytes;
}

// The bottom becomes a rung, together with the rungs from the topmost on that holds no more than
// what lies below it.
template <typename Order>
void LadderQueue<Order>::SpillBottom() {
  size_t keep = depth_;
  size_t below = static_cast<size_t>(tail_ - head_);
  for (size_t rung = depth_ - 1; rung > 0; --rung) {
    if (rungs_[rung]->held <= below) keep = rung;
    below += rungs_[rung]->held;
  }
  List gathered;
  for (; head_ != tail_; ++head_) gathered.Append(*head_, pool_);
  uint64_t end = BottomEnd();
  while (depth_ > keep) {
    Rung<Entry>& rung = Deepest();
    for (uint32_t b; (b = rung.FirstOccupied(rung.next)) <= rung.buckets; rung.next = b + 1) {
      rung.Take(b).Consume(pool_, [&](const Entry& entry) { gathered.Append(entry, pool_); });
    }
    end = rung.end;
    --depth_;
  }
  const Span span = ExactSpan(gathered);
  AddRung();
  Deal(gathered, span, depth_ - 1, end);
}

// Makes the bottom hold the first entries again, or the tie queues where those are many of one
// instant. Returns false when no entry is left outside of the tie queues.
template <typename Order>
template <typename OnNear>
[[gnu::noinline]] bool LadderQueue<Order>::Refill(OnNear&& on_near) {
  while (true) {
    Rung<Entry>& rung = Deepest();
    const uint32_t b = rung.FirstOccupied(rung.next);
    if (b > rung.buckets) {
      if (depth_ > 1) {
        --depth_;
        continue;
      }
      // Nothing is left that could precede the ties.
      rung.ResetToRest(std::max(rung.Floor(), ties_.any() ? tie_time_ + 1 : 0), rung.end);
      SetFloor(0);
      return false;
    }
    const size_t count = rung.lists[b].size();
    if (count > kSortAtMost && rung.IsInstant(b)) {
      const uint64_t time = rung.StartOf(b);
      if (ties_.any() && time > tie_time_) {
        // Ties of an earlier instant come first; these wait where they are.
        rung.next = b;
        SetFloor(depth_ - 1);
        return false;
      }
      if (ties_.any() && time < tie_time_) {
        UnloadTies();
        continue;
      }
      rung.next = b + 1;
      SetFloor(depth_ - 1);
      const List list = rung.Take(b);
      LoadTies(list, time, ClassesOf(list), on_near);
      return true;
    }
    List list = rung.Take(b);
    rung.next = b + 1;
    if (count <= kSortAtMost) {
      if (rung.IsRest(b)) {
        const Span span = ExactSpan(list);
        list.ForEach(on_near);
        Load(list, count, span.first, std::bit_width(span.last - span.first));
        rung.ResetToRest(span.last + 1, rung.end);
      } else {
        if (b != ahead_) list.ForEach(on_near);
        Load(list, count, rung.StartOf(b), static_cast<int>(rung.shift));
        LookAhead(rung, on_near);
        WarmParent();
      }
      SetFloor(depth_ - 1);
      return true;
    }
    if (rung.IsRest(b)) {
      Deal(list, SpanOfRest(rung, list), depth_ - 1, rung.end);
    } else {
      const Span span = SpanOfBucket(rung, b, list);
      if (span.first == span.last && (!ties_.any() || span.first == tie_time_)) {
        SetFloor(depth_ - 1);
        LoadTies(list, span.first, span.classes, on_near);
        return true;
      }
      const uint64_t end = rung.Floor();
      floors_[depth_ - 1] = end;
      AddRung();
      Deal(list, span, depth_ - 1, end);
    }
  }
}

// Sorts a list, whose times lie within [first, first + 2^bits), into the empty bottom: first by the
// leading bits of the time and by position, then, where that was not enough, by neighbours.
template <typename Order>
void LadderQueue<Order>::Load(List list, size_t count, uint64_t first, int bits) {
  static_assert(kSortAtMost <= kMaxRanked);
  constexpr int kIndexBits = std::bit_width(kSortAtMost - 1);
  const int drop = std::max(0, bits - (31 - kIndexBits));
  RankKeys keys = {};
  RankKeys rank;
  size_t i = 0;
  list.ForEach([&](const Entry& entry) {
    const uint64_t leading = (Order::Time(entry) - first) >> drop;
    keys.values[i] = static_cast<int32_t>(leading << kIndexBits | i);
    ++i;
  });
  RankAll(keys, count, rank);
  head_ = BottomStart();
  tail_ = head_ + count;
  i = 0;
  list.Consume(pool_, [&](const Entry& entry) { head_[rank.values[i++]] = entry; });
  for (Entry* at = head_ + 1; at < tail_; ++at) {
    if (Order::Time(*at) <= Order::Time(at[-1])) [[unlikely]] {
      SinkBottom(at);
    }
  }
}

// While the bottom is worked off, what the bucket after it refers to comes into the cache, and the
// beginning of the bucket after that.
template <typename Order>
template <typename OnNear>
void LadderQueue<Order>::LookAhead(const Rung<Entry>& rung, OnNear&& on_near) {
  ahead_ = kNoList;
  const uint32_t first = rung.FirstOccupied(rung.next);
  if (first >= rung.buckets || rung.lists[first].size() > kSortAtMost) return;
  ahead_ = first;
  rung.lists[first].ForEach(on_near);
  const uint32_t second = rung.FirstOccupied(first + 1);
  if (second < rung.buckets) rung.lists[second].PrefetchEnds();
}

// Chunks of a long list lie anywhere, and each tells where the next one is: whoever reads the list
// in one go waits for memory at every chunk. So the list that the deepest rung will be made of next
// is brought into the cache while the present rung is worked off, a little with each bucket.
template <typename Order>
void LadderQueue<Order>::WarmParent() {
  constexpr int kChunksAtOnce = 2;
  if (depth_ < 2) return;
  if (!warming_) {
    const Rung<Entry>& parent = *rungs_[depth_ - 2];
    const uint32_t b = parent.FirstOccupied(parent.next);
    warming_ = true;
    warm_ = b < parent.buckets ? parent.lists[b].head() : nullptr;
    if (warm_ != nullptr) warm_->Prefetch();
    return;
  }
  for (int i = 0; i < kChunksAtOnce && warm_ != nullptr; ++i) {
    warm_ = warm_->next;
    if (warm_ != nullptr) warm_->Prefetch();
  }
}

// Moves the entry at `at` to where it belongs among those before it.
template <typename Order>
void LadderQueue<Order>::SinkBottom(Entry* at) {
  const Entry entry = *at;
  for (; at > head_ && Order::SortKey(entry) < Order::SortKey(at[-1]); --at) *at = at[-1];
  *at = entry;
}

// Entries of one instant, in the order of their keys within each class. Where the tie queues hold
// entries already, those were scheduled at this very instant, and thus later.
template <typename Order>
template <typename OnNear>
void LadderQueue<Order>::LoadTies(List list, uint64_t time, uint32_t classes, OnNear&& on_near) {
  const auto& first = list.head()->entries;
  for (size_t i = 0; i < kTiesAhead; ++i) on_near(first[i]);
  tie_time_ = time;
  const int lowest = std::countr_zero(classes);
  if ((classes & (classes - 1)) == 0 && !ties_.Has(lowest)) {
    ties_.Adopt(lowest, list, pool_);
    return;
  }
  TieQueues<Entry, Order::kTieClasses> loaded;
  list.Consume(pool_,
               [&](const Entry& entry) { loaded.Push(Order::TieClass(entry), entry, pool_); });
  ties_.Prepend(loaded, pool_);
}

// Bit c: an entry of tie class c is there. Stops at the second class found.
template <typename Order>
uint32_t LadderQueue<Order>::ClassesOf(const List& list) {
  uint32_t classes = 0;
  list.AllOf([&](const Entry& entry) {
    classes |= 1u << Order::TieClass(entry);
    return (classes & (classes - 1)) == 0;
  });
  return classes;
}

// Puts the entries of the tie queues back among the others. Only after Front has loaded ties of
// some later instant, they were not popped, and many of an earlier one were pushed meanwhile.
template <typename Order>
void LadderQueue<Order>::UnloadTies() {
  TieQueues<Entry, Order::kTieClasses> ties = ties_;
  ties_ = {};
  for (; ties.any(); ties.Pop(pool_)) Push(ties.front());
  ties.Discard(pool_);
}

template <typename Order>
auto LadderQueue<Order>::ExactSpan(const List& list) -> Span {
  Span span;
  list.ForEach([&](const Entry& entry) {
    span.first = std::min(span.first, Order::Time(entry));
    span.last = std::max(span.last, Order::Time(entry));
    span.classes |= 1u << Order::TieClass(entry);
  });
  return span;
}

// Entries of a bucket spread all over it, as a rule, and reading them to see costs more than a rung
// too many now and then: only where those of the first chunk lie close together are all looked at.
template <typename Order>
auto LadderQueue<Order>::SpanOfBucket(const Rung<Entry>& rung, uint32_t b, const List& list)
    -> Span {
  Span sample;
  list.ForEachIn(list.head(), [&](const Entry& entry) {
    sample.first = std::min(sample.first, Order::Time(entry));
    sample.last = std::max(sample.last, Order::Time(entry));
  });
  const uint64_t width = uint64_t{1} << rung.shift;
  if (sample.last - sample.first < width / 8) return ExactSpan(list);
  return {rung.StartOf(b), rung.StartOf(b) + width - 1, 0};
}

// Twice the span of the earliest three quarters: a few late entries do not make buckets wide.
template <typename Order>
auto LadderQueue<Order>::SpanOfRest(Rung<Entry>& rung, const List& list) -> Span {
  const uint64_t first = rung.StartOf(rung.buckets);
  if (rung.rest_sample.size() >= 32) {
    const uint64_t quartile = rung.rest_sample.Quartile(3);
    // Else the entries are far away and their beginning must be known exactly.
    if (rung.rest_sample.Quartile(1) - first < (quartile - first) / 2) {
      return {first, first + std::min(2 * (quartile - first), rung.end - 1 - first), 0};
    }
  }
  Span span = ExactSpan(list);
  if (rung.rest_sample.size() > 0) {
    const uint64_t quartile = rung.rest_sample.Quartile(3);
    span.last = std::min(span.last, span.first + 2 * (quartile - span.first));
  }
  return span;
}

// Deals a list out to the buckets of a rung whose lists are empty.
template <typename Order>
void LadderQueue<Order>::Deal(List list, Span span, size_t number, uint64_t end) {
  Rung<Entry>& rung = *rungs_[number];
  ahead_ = kNoList;
  warming_ = false;
  const size_t buckets = std::bit_ceil(list.size() / kEntriesPerBucket + 1);
  rung.Reset(span.first, span.last - span.first,
             static_cast<uint32_t>(std::clamp<size_t>(buckets, 8, Rung<Entry>::kMaxBuckets)), end);
  SetFloor(number);
  list.Consume(pool_,
               [&](const Entry& entry) { *rung.AppendSlot(Order::Time(entry), pool_) = entry; });
}

template <typename Order>
template <typename Drop>
void LadderQueue<Order>::RemoveIf(Drop&& drop) {
  tail_ = std::remove_if(head_, tail_, drop);
  ties_.RemoveIf(drop, pool_);
  for (size_t number = 0; number < depth_; ++number) {
    Rung<Entry>& rung = *rungs_[number];
    const uint32_t next = rung.next;
    for (uint32_t b; (b = rung.FirstOccupied(rung.next)) <= rung.buckets; rung.next = b + 1) {
      List list = rung.Take(b);
      list.Consume(pool_, [&](const Entry& entry) {
        if (!drop(entry)) *rung.AppendSlot(Order::Time(entry), pool_) = entry;
      });
    }
    rung.next = next;
  }
}

}  // namespace orrery::engine
