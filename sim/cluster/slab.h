// A growing array whose elements never move: chunks of a fixed size.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace orrery::cluster {

template <typename T>
class Slab {
 public:
  T& operator[](size_t index) { return chunks_[index / kChunk][index % kChunk]; }
  const T& operator[](size_t index) const { return chunks_[index / kChunk][index % kChunk]; }
  size_t size() const { return size_; }
  // Adds a default element. O(1) amortised.
  void Add() {
    if (size_ % kChunk == 0) chunks_.push_back(std::make_unique<T[]>(kChunk));
    ++size_;
  }

 private:
  static constexpr size_t kChunk = 1024;
  std::vector<std::unique_ptr<T[]>> chunks_;
  size_t size_ = 0;
};

}  // namespace orrery::cluster
