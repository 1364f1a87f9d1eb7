#include "sim/base/slab.h"

#include <gtest/gtest.h>

#include <memory>

namespace orrery {
namespace {

TEST(SlabTest, ElementsStayWhereTheyAre) {
  Slab<int> slab;
  slab.Add();
  const int* const first = &slab[0];
  slab[0] = 7;
  slab.Reach(100'000);
  EXPECT_EQ(slab.size(), 100'001u);
  EXPECT_EQ(&slab[0], first);
  EXPECT_EQ(slab[0], 7);
  EXPECT_EQ(slab[100'000], 0);
}

TEST(SlabTest, ReachingWhatIsThereAddsNothing) {
  Slab<int> slab;
  slab.Reach(9);
  slab.Reach(3);
  EXPECT_EQ(slab.size(), 10u);
}

TEST(SlabTest, DestroysEachElementOnce) {
  const auto alive = std::make_shared<int>();
  {
    Slab<std::shared_ptr<int>> slab;
    slab.Reach(20'000);
    for (size_t i = 0; i < slab.size(); i += 2) slab[i] = alive;
    EXPECT_EQ(alive.use_count(), 1 + 10'001);
  }
  EXPECT_EQ(alive.use_count(), 1);
}

}  // namespace
}  // namespace orrery
