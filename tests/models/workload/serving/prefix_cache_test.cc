#include "models/workload/serving/prefix_cache.h"

#include <gtest/gtest.h>

#include <vector>

namespace orrery::workload {
namespace {

using Blocks = std::vector<uint64_t>;

TEST(PrefixCacheTest, MatchesFromTheBeginning) {
  PrefixCache cache;
  cache.Use(Blocks{1, 2, 3}, 10);
  EXPECT_EQ(cache.Match(Blocks{1, 2, 3, 4}), 3u);
  EXPECT_EQ(cache.Match(Blocks{1, 5, 3}), 1u);
  EXPECT_EQ(cache.Match(Blocks{2, 3}), 2u);
  EXPECT_EQ(cache.Match(Blocks{9, 1}), 0u);
}

TEST(PrefixCacheTest, TheLeastRecentlyUsedGoFirstAndEndsBeforeBeginnings) {
  PrefixCache cache;
  cache.Use(Blocks{1, 2, 3}, 5);
  cache.Use(Blocks{1, 7, 8}, 5);
  EXPECT_EQ(cache.size(), 5u);
  cache.Use(Blocks{4}, 5);
  // 3 is the end of what was used longest ago.
  EXPECT_EQ(cache.Match(Blocks{1, 2, 3}), 2u);
  EXPECT_EQ(cache.Match(Blocks{1, 7, 8}), 3u);
  cache.Shrink(2);
  EXPECT_EQ(cache.Match(Blocks{4}), 1u);
  EXPECT_EQ(cache.Match(Blocks{1, 7}), 1u);
  cache.Shrink(0);
  EXPECT_EQ(cache.size(), 0u);
}

}  // namespace
}  // namespace orrery::workload
