#include "sim/base/check.h"

#include <gtest/gtest.h>

namespace orrery {
namespace {

TEST(CheckTest, TrueConditionsPassAndAreEvaluatedOnce) {
  int calls = 0;
  ORRERY_CHECK(++calls == 1, calls);
  EXPECT_EQ(calls, 1);
}

TEST(CheckDeathTest, BrokenInvariantsAbortWithPlaceConditionAndValues) {
  const int free = 3;
  const int need = 4;
  EXPECT_DEATH(ORRERY_CHECK(free >= need, free, need),
               "check_test.cc:[0-9]+: invariant broken: free >= need \\[.*3.*4\\]");
  EXPECT_DEATH(ORRERY_CHECK(free >= need), "invariant broken: free >= need\n");
}

}  // namespace
}  // namespace orrery
