// Flat storage of the event queue: entries in chunks of 63, chunks in singly linked lists,
// free chunks in a pool. Appending touches one cache line; a list that is read is read in streams;
// no entry is ever allocated by itself.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "sim/base/memory.h"
#include "sim/base/prefetch.h"

namespace orrery::engine {

template <typename Entry>
inline constexpr size_t kChunkBytes = 64 * sizeof(Entry);

template <typename Entry>
struct alignas(kChunkBytes<Entry>) Chunk {
  static_assert(std::is_trivially_copyable_v<Entry> && sizeof(Entry) >= 16);
  static constexpr size_t kCapacity = kChunkBytes<Entry> / sizeof(Entry) - 1;

  // The chunk that holds the entry just before `end`.
  static Chunk* Before(Entry* end) {
    return reinterpret_cast<Chunk*>((reinterpret_cast<uintptr_t>(end) - 1) &
                                    ~(kChunkBytes<Entry> - 1));
  }
  void Prefetch() const {
    for (size_t at = 0; at < kChunkBytes<Entry>; at += 64) {
      orrery::Prefetch(reinterpret_cast<const char*>(this) + at);
    }
  }

  Chunk* next;
  std::byte padding[sizeof(Entry) - sizeof(Chunk*)];
  // The last entry ends where the chunk ends: see ChunkList::end_.
  Entry entries[kCapacity];
};

// Chunks that lists take and give back. Memory is taken from the system in growing blocks and given
// back by the destructor only: what a queue held at its largest stays with it.
template <typename Entry>
class ChunkPool {
 public:
  Chunk<Entry>* Take() {
    Chunk<Entry>* chunk = free_;
    if (chunk != nullptr) [[likely]] {
      free_ = chunk->next;
    } else {
      chunk = TakeFresh();
    }
    chunk->next = nullptr;
    return chunk;
  }
  void Give(Chunk<Entry>* chunk) {
    chunk->next = free_;
    free_ = chunk;
  }
  // All memory ever taken from the system [bytes].
  size_t bytes() const { return blocks_.bytes(); }

 private:
  // The newest block is cut as it is needed: memory that is never used is never touched.
  [[gnu::noinline]] Chunk<Entry>* TakeFresh() {
    if (fresh_ == fresh_end_) {
      const size_t size = blocks_.NextSize();
      fresh_ = static_cast<Chunk<Entry>*>(blocks_.Add(size));
      fresh_end_ = fresh_ + size / kChunkBytes<Entry>;
    }
    return fresh_++;
  }

  Chunk<Entry>* free_ = nullptr;
  Chunk<Entry>* fresh_ = nullptr;
  Chunk<Entry>* fresh_end_ = nullptr;
  MemoryBlocks blocks_;
};

template <typename Entry>
class ChunkFifo;

// An append-only list: entries come out in the order in which they went in. All its chunks but the
// last are full. The owner gives chunks back (Consume, or Drop); the list has no destructor.
template <typename Entry>
class ChunkList {
 public:
  bool empty() const { return head_ == nullptr; }
  // Whether the next Append takes a chunk from the pool.
  bool full() const { return (reinterpret_cast<uintptr_t>(end_) & (kChunkBytes<Entry> - 1)) == 0; }

  void Append(const Entry& entry, ChunkPool<Entry>& pool) { *AppendSlot(pool) = entry; }
  // Room for an entry, which the caller writes at once.
  Entry* AppendSlot(ChunkPool<Entry>& pool) {
    if (full()) [[unlikely]] {
      Grow(pool);
    }
    return end_++;
  }
  // Moves all chunks out; this list is empty afterwards.
  ChunkList Release() {
    ChunkList all = *this;
    *this = ChunkList();
    return all;
  }
  size_t size() const {
    if (head_ == nullptr) return 0;
    // Slot 0 of a chunk is its header, so the slot of the last entry counts those of its chunk.
    const size_t last =
        ((reinterpret_cast<uintptr_t>(end_) - 1) & (kChunkBytes<Entry> - 1)) / sizeof(Entry);
    return size_t{full_chunks_} * Chunk<Entry>::kCapacity + last;
  }
  // Calls visit(entry) for each in order.
  template <typename Visit>
  void ForEach(Visit&& visit) const {
    for (const Chunk<Entry>* chunk = head_; chunk != nullptr; chunk = chunk->next) {
      if (chunk->next != nullptr) chunk->next->Prefetch();
      ForEachIn(chunk, visit);
    }
  }
  // Calls visit(entry) for each in one chunk of the list.
  template <typename Visit>
  void ForEachIn(const Chunk<Entry>* chunk, Visit&& visit) const {
    const Entry* const end = EndOf(chunk);
    for (const Entry* entry = chunk->entries; entry != end; ++entry) visit(*entry);
  }
  // ForEach that gives each chunk back to the pool once it was read. `visit` may take chunks.
  template <typename Visit>
  void Consume(ChunkPool<Entry>& pool, Visit&& visit) {
    for (Chunk<Entry>* chunk = head_; chunk != nullptr;) {
      Chunk<Entry>* const next = chunk->next;
      if (next != nullptr) next->Prefetch();
      const Entry* const end = EndOf(chunk);
      for (const Entry* entry = chunk->entries; entry != end; ++entry) visit(*entry);
      pool.Give(chunk);
      chunk = next;
    }
    *this = ChunkList();
  }
  // Prefetches the first chunk and what is filled of the last: all of a short list. Must not be
  // empty.
  void PrefetchEnds() const {
    const Chunk<Entry>* const last = Chunk<Entry>::Before(end_);
    if (head_ != last) head_->Prefetch();
    for (auto* at = reinterpret_cast<const char*>(last); at < reinterpret_cast<const char*>(end_);
         at += 64) {
      orrery::Prefetch(at);
    }
  }
  // Whether test(entry) holds for all; stops at the first for which it does not.
  template <typename Test>
  bool AllOf(Test&& test) const {
    for (const Chunk<Entry>* chunk = head_; chunk != nullptr; chunk = chunk->next) {
      if (chunk->next != nullptr) chunk->next->Prefetch();
      if (!std::all_of(chunk->entries, EndOf(chunk), test)) return false;
    }
    return true;
  }
  const Chunk<Entry>* head() const { return head_; }

 private:
  friend class ChunkFifo<Entry>;

  const Entry* EndOf(const Chunk<Entry>* chunk) const {
    return chunk->next == nullptr ? end_ : chunk->entries + Chunk<Entry>::kCapacity;
  }
  [[gnu::noinline]] void Grow(ChunkPool<Entry>& pool) {
    Chunk<Entry>* const chunk = pool.Take();
    if (head_ == nullptr) {
      head_ = chunk;
    } else {
      Chunk<Entry>::Before(end_)->next = chunk;
      ++full_chunks_;
    }
    end_ = chunk->entries;
  }

  Chunk<Entry>* head_ = nullptr;
  // One past the last entry: a multiple of kChunkBytes exactly when that chunk is full (or null).
  Entry* end_ = nullptr;
  // Chunks before the last one.
  uint32_t full_chunks_ = 0;
};

}  // namespace orrery::engine
