// Keys and values that a replica keeps of prompts it has read, in case another prompt begins alike
// (Kwon et al., SOSP 2023, section 4.4; Zheng et al., "SGLang", NeurIPS 2024, section 3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <span>
#include <unordered_map>

namespace orrery::workload {

// Tokens of a block: those of Mooncake's hash_ids.
inline constexpr uint32_t kPrefixBlock = 512;

// A block's id stands for all tokens up to its end, so that a prompt's blocks are found in order.
// The least recently used go first; of one prompt, its last ones.
class PrefixCache {
 public:
  // How many of the first blocks are there. O(blocks).
  size_t Match(std::span<const uint64_t> blocks) const;
  // Uses these blocks: they are there now, all others at most as long as no more than `room` blocks
  // are. O(blocks), amortised.
  void Use(std::span<const uint64_t> blocks, size_t room);
  void Shrink(size_t room);
  size_t size() const { return places_.size(); }

 private:
  std::list<uint64_t> recent_;  // the most recently used first
  std::unordered_map<uint64_t, std::list<uint64_t>::iterator> places_;
};

}  // namespace orrery::workload
