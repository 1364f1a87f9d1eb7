#include "sim/engine/small_sort.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

namespace orrery::engine {
namespace {

TEST(RankAllTest, CountsSmallerKeys) {
  for (size_t count = 1; count <= kMaxRanked; ++count) {
    RankKeys keys;
    RankKeys ranks;
    for (size_t i = 0; i < kMaxRanked; ++i) {
      // What lies beyond `count` must not matter.
      keys.values[i] = i < count ? static_cast<int32_t>(i * 2'654'435'761u % 1'000'003) : -5;
    }
    const RankKeys original = keys;
    RankAll(keys, count, ranks);
    for (size_t i = 0; i < count; ++i) {
      int32_t smaller = 0;
      for (size_t j = 0; j < count; ++j) smaller += original.values[j] < original.values[i] ? 1 : 0;
      EXPECT_EQ(ranks.values[i], smaller) << "key " << i << " of " << count;
    }
  }
}

}  // namespace
}  // namespace orrery::engine
