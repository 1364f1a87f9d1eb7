// Memory for large tables that are read at random, on huge pages where the system has them: with
// pages of 4 KiB each read in a queue of a million jobs or events would miss the TLB.
#pragma once

#include <cstddef>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

namespace orrery {

// Memory of `bytes` bytes, aligned to 4 KiB at least; not initialised. Aborts when there is none.
void* AllocateFlat(size_t bytes);
void FreeFlat(void* memory, size_t bytes);

// Blocks that grow with what is already there and live until the owner goes.
class MemoryBlocks {
 public:
  MemoryBlocks() = default;
  MemoryBlocks(const MemoryBlocks&) = delete;
  MemoryBlocks& operator=(const MemoryBlocks&) = delete;
  ~MemoryBlocks();

  // A good size for the next block [bytes, a multiple of 64 KiB]: as much again as there is up to a
  // huge page, huge pages up to an eighth of what there is, 32 MiB at most.
  size_t NextSize() const;
  void* Add(size_t bytes);
  size_t bytes() const { return bytes_; }

 private:
  struct Block {
    void* memory;
    size_t bytes;
  };
  std::vector<Block> blocks_;
  size_t bytes_ = 0;
};

}  // namespace orrery
