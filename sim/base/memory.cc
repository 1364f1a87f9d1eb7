#include "sim/base/memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace orrery {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;

std::align_val_t AlignmentFor(size_t bytes) {
  return std::align_val_t{bytes >= kHugePage ? kHugePage : 4096};
}

}  // namespace

void* AllocateFlat(size_t bytes) {
  void* const memory = ::operator new(bytes, AlignmentFor(bytes));
  // Only advice: where the kernel has no huge pages, ordinary ones serve.
  if (bytes >= kHugePage) madvise(memory, bytes, MADV_HUGEPAGE);
  return memory;
}

void FreeFlat(void* memory, size_t bytes) { ::operator delete(memory, AlignmentFor(bytes)); }

MemoryBlocks::~MemoryBlocks() {
  for (const Block& block : blocks_) FreeFlat(block.memory, block.bytes);
}

size_t MemoryBlocks::NextSize() const {
  constexpr size_t kLeast = size_t{64} << 10;
  constexpr size_t kMost = size_t{32} << 20;
  if (bytes_ < 8 * kHugePage) return std::clamp(bytes_, kLeast, kHugePage);
  return std::min(bytes_ / 8, kMost) / kHugePage * kHugePage;
}

void* MemoryBlocks::Add(size_t bytes) {
  void* const memory = AllocateFlat(bytes);
  blocks_.push_back({memory, bytes});
  bytes_ += bytes;
  return memory;
}

}  // namespace orrery
