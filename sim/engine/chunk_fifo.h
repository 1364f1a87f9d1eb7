// Queues for entries of one instant: first in, first out, one for each tie class.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "sim/engine/chunk_list.h"

namespace orrery::engine {

// A queue in chunks. It keeps its last chunk when it runs empty, so that an entry that comes and
// goes touches the same cache line each time.
template <typename Entry>
class ChunkFifo {
 public:
  bool empty() const { return begin_ == end_; }
  const Entry& front() const { return *begin_; }

  // The entry that comes `distance` (up to a chunk's capacity) after the first; null beyond the
  // last.
  const Entry* Ahead(size_t distance) const {
    const Chunk<Entry>* chunk = Chunk<Entry>::Before(begin_ + 1);
    size_t at = static_cast<size_t>(begin_ - chunk->entries) + distance;
    if (at >= Chunk<Entry>::kCapacity) {
      chunk = chunk->next;
      at -= Chunk<Entry>::kCapacity;
      if (chunk == nullptr) return nullptr;
    }
    return chunk->next == nullptr && chunk->entries + at >= end_ ? nullptr : chunk->entries + at;
  }
  // Takes over a list, which must not be empty. The queue must be empty and hold no chunk.
  void Adopt(const ChunkList<Entry>& list) {
    begin_ = list.head_->entries;
    end_ = list.end_;
  }
  // Room for an entry, which the caller writes at once.
  Entry* PushSlot(ChunkPool<Entry>& pool) {
    if ((reinterpret_cast<uintptr_t>(end_) & (kChunkBytes<Entry> - 1)) == 0) [[unlikely]] {
      Grow(pool);
    }
    return end_++;
  }
  // Gives the last chunk back, too. The queue must be empty.
  void Discard(ChunkPool<Entry>& pool) {
    if (end_ != nullptr) pool.Give(Chunk<Entry>::Before(end_));
    begin_ = end_ = nullptr;
  }
  void Pop(ChunkPool<Entry>& pool) {
    ++begin_;
    if (begin_ == end_) {
      // Only one chunk is left: start over in it.
      begin_ = end_ = Chunk<Entry>::Before(end_)->entries;
    } else if ((reinterpret_cast<uintptr_t>(begin_) & (kChunkBytes<Entry> - 1)) == 0) [[unlikely]] {
      Chunk<Entry>* const done = Chunk<Entry>::Before(begin_);
      begin_ = done->next->entries;
      if (done->next->next != nullptr) done->next->next->Prefetch();
      pool.Give(done);
    }
  }

 private:
  [[gnu::noinline]] void Grow(ChunkPool<Entry>& pool) {
    Chunk<Entry>* const chunk = pool.Take();
    if (end_ == nullptr) {
      begin_ = chunk->entries;
    } else {
      Chunk<Entry>::Before(end_)->next = chunk;
    }
    end_ = chunk->entries;
  }

  Entry* begin_ = nullptr;
  // One past the last entry: a multiple of kChunkBytes exactly when that chunk is full (or null).
  Entry* end_ = nullptr;
};

template <typename Entry, int kClasses>
class TieQueues {
 public:
  bool any() const { return occupied_ != 0; }
  void Push(int tie_class, const Entry& entry, ChunkPool<Entry>& pool) {
    *PushSlot(tie_class, pool) = entry;
  }
  Entry* PushSlot(int tie_class, ChunkPool<Entry>& pool) {
    occupied_ |= 1u << tie_class;
    return queues_[tie_class].PushSlot(pool);
  }
  // Takes over a list of entries of one class, of which there must be none yet.
  void Adopt(int tie_class, const ChunkList<Entry>& list, ChunkPool<Entry>& pool) {
    queues_[tie_class].Discard(pool);
    queues_[tie_class].Adopt(list);
    occupied_ |= 1u << tie_class;
  }
  bool Has(int tie_class) const { return (occupied_ >> tie_class & 1) != 0; }
  // The entry that comes `distance` after the first of the same class, or null.
  const Entry* Ahead(size_t distance) const {
    return queues_[std::countr_zero(occupied_)].Ahead(distance);
  }
  // any() must hold. The first entry of the lowest class.
  const Entry& front() const { return queues_[std::countr_zero(occupied_)].front(); }
  void Pop(ChunkPool<Entry>& pool) {
    const int tie_class = std::countr_zero(occupied_);
    queues_[tie_class].Pop(pool);
    if (queues_[tie_class].empty()) occupied_ &= ~(1u << tie_class);
  }
  // Gives what empty queues keep back. any() must not hold.
  void Discard(ChunkPool<Entry>& pool) {
    for (ChunkFifo<Entry>& queue : queues_) queue.Discard(pool);
  }
  // Puts the entries of `earlier`, which it empties, before those of the same class here. Linear in
  // the entries here.
  void Prepend(TieQueues& earlier, ChunkPool<Entry>& pool) {
    for (int c = 0; c < kClasses; ++c) {
      for (; !queues_[c].empty(); queues_[c].Pop(pool)) {
        earlier.Push(c, queues_[c].front(), pool);
      }
      queues_[c].Discard(pool);
    }
    *this = earlier;
    earlier = TieQueues();
  }
  // Removes the entries for which `drop(entry)`; the order stays.
  template <typename Drop>
  void RemoveIf(Drop&& drop, ChunkPool<Entry>& pool) {
    TieQueues kept;
    for (int c = 0; c < kClasses; ++c) {
      for (; !queues_[c].empty(); queues_[c].Pop(pool)) {
        if (!drop(queues_[c].front())) kept.Push(c, queues_[c].front(), pool);
      }
    }
    occupied_ = 0;
    Prepend(kept, pool);
  }

 private:
  uint32_t occupied_ = 0;
  std::array<ChunkFifo<Entry>, kClasses> queues_;
};

}  // namespace orrery::engine
