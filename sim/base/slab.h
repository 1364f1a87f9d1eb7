// A growing array whose elements never move: chunks of a fixed size, on huge pages.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

#include "sim/base/memory.h"

namespace orrery {

template <typename T>
class Slab {
 public:
  Slab() = default;
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;
  ~Slab() {
    while (size_ > 0) (*this)[--size_].~T();
    for (T* chunk : chunks_) FreeFlat(chunk, kChunk * sizeof(T));
  }

  T& operator[](size_t index) { return chunks_[index / kChunk][index % kChunk]; }
  const T& operator[](size_t index) const { return chunks_[index / kChunk][index % kChunk]; }
  size_t size() const { return size_; }
  // Adds a default element. O(1) amortised.
  void Add() {
    if (size_ % kChunk == 0) chunks_.push_back(static_cast<T*>(AllocateFlat(kChunk * sizeof(T))));
    new (&(*this)[size_]) T();
    ++size_;
  }
  // Adds default elements until there is one at `index`.
  void Reach(size_t index) {
    while (size_ <= index) Add();
  }

 private:
  static constexpr size_t kChunk = 8192;
  static_assert(alignof(T) <= 4096);

  std::vector<T*> chunks_;
  size_t size_ = 0;
};

}  // namespace orrery
