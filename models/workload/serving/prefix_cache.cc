#include "models/workload/serving/prefix_cache.h"

namespace orrery::workload {

size_t PrefixCache::Match(std::span<const uint64_t> blocks) const {
  size_t matched = 0;
  while (matched < blocks.size() && places_.contains(blocks[matched])) ++matched;
  return matched;
}

void PrefixCache::Use(std::span<const uint64_t> blocks, size_t room) {
  for (size_t i = blocks.size(); i-- > 0;) {
    const auto found = places_.find(blocks[i]);
    if (found != places_.end()) {
      recent_.splice(recent_.begin(), recent_, found->second);
    } else {
      recent_.push_front(blocks[i]);
      places_.emplace(blocks[i], recent_.begin());
    }
  }
  Shrink(room);
}

void PrefixCache::Shrink(size_t room) {
  while (places_.size() > room) {
    places_.erase(recent_.back());
    recent_.pop_back();
  }
}

}  // namespace orrery::workload
