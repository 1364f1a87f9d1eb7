// One rung of the ladder queue: a span of time cut into buckets of equal width, and what lies
// beyond.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "sim/engine/chunk_list.h"

namespace orrery::engine {

// Up to 64 values of a stream of unknown length, evenly spread: every k-th, with a k that doubles.
class StreamSample {
 public:
  void Add(uint64_t value) {
    if (wait_-- > 0) return;
    if (taken_ == values_.size()) {
      for (size_t i = 0; i < values_.size() / 2; ++i) values_[i] = values_[2 * i];
      taken_ /= 2;
      stride_ *= 2;
    }
    values_[taken_++] = value;
    wait_ = stride_ - 1;
  }
  void Clear() { *this = StreamSample(); }
  size_t size() const { return taken_; }
  // The value of which `numerator` / 4 of the sampled ones are smaller. size() must not be 0.
  uint64_t Quartile(size_t numerator) {
    const auto at = values_.begin() + static_cast<ptrdiff_t>(taken_ * numerator / 4);
    std::nth_element(values_.begin(), at, values_.begin() + static_cast<ptrdiff_t>(taken_));
    return *at;
  }

 private:
  std::array<uint64_t, 64> values_;
  size_t taken_ = 0;
  size_t stride_ = 1;
  size_t wait_ = 0;
};

// Holds the events with floor <= time < end. The first `buckets` lists hold [start + i * 2^shift,
// start + (i + 1) * 2^shift); list number `buckets`, the rest, holds everything from there to
// `end`. Times are unsigned here so that sums past 2^63 ns stay defined.
template <typename Entry>
struct Rung {
  static constexpr uint32_t kMaxBuckets = 1024;

  uint64_t start = 0;
  uint64_t end = 0;
  uint32_t shift = 0;
  uint32_t buckets = 0;
  // Entries in all lists.
  size_t held = 0;
  // Lists before this one were consumed.
  uint32_t next = 0;
  std::array<uint64_t, kMaxBuckets / 64 + 1> occupied = {};
  std::array<ChunkList<Entry>, kMaxBuckets + 1> lists = {};
  // Of the times in the rest: one of each chunk.
  StreamSample rest_sample;

  // All lists must be empty. Buckets cover [first, first + span] with the least width that makes do
  // with `count` of them, a power of two up to kMaxBuckets.
  void Reset(uint64_t first, uint64_t span, uint32_t count, uint64_t limit) {
    const int spare = std::bit_width(span) - std::bit_width(count - 1);
    shift = spare > 0 ? static_cast<uint32_t>(spare) : 0;
    buckets = static_cast<uint32_t>(span >> shift) + 1;
    start = first;
    end = limit;
    next = 0;
    rest_sample.Clear();
  }
  // No buckets: everything up to `limit` goes to the rest.
  void ResetToRest(uint64_t first, uint64_t limit) {
    start = first;
    end = limit;
    shift = 0;
    buckets = 0;
    next = 0;
    rest_sample.Clear();
  }

  // Room for an entry, which the caller writes at once. `time` must be at or after Floor() and
  // before `end`.
  Entry* AppendSlot(uint64_t time, ChunkPool<Entry>& pool) {
    const uint64_t bucket = std::min<uint64_t>((time - start) >> shift, buckets);
    ChunkList<Entry>& list = lists[bucket];
    if (list.full()) [[unlikely]] {
      occupied[bucket / 64] |= uint64_t{1} << (bucket % 64);
      if (bucket == buckets) rest_sample.Add(time);
    }
    ++held;
    return list.AppendSlot(pool);
  }

  // The first list from number `from` on that holds something; buckets + 1 when there is none.
  uint32_t FirstOccupied(uint32_t from) const {
    if (from > buckets) return buckets + 1;
    uint32_t word = from / 64;
    uint64_t bits = occupied[word] & (~uint64_t{0} << (from % 64));
    while (bits == 0) {
      if (++word > buckets / 64) return buckets + 1;
      bits = occupied[word];
    }
    return word * 64 + static_cast<uint32_t>(std::countr_zero(bits));
  }
  bool IsRest(uint32_t list) const { return list == buckets; }
  bool IsInstant(uint32_t list) const { return shift == 0 && list < buckets; }
  uint64_t StartOf(uint32_t list) const { return start + (uint64_t{list} << shift); }

  // Earliest time that lists not yet consumed may hold.
  uint64_t Floor() const { return next > buckets ? end : std::min(StartOf(next), end); }

  ChunkList<Entry> Take(uint32_t list) {
    occupied[list / 64] &= ~(uint64_t{1} << (list % 64));
    held -= lists[list].size();
    return lists[list].Release();
  }
};

}  // namespace orrery::engine
