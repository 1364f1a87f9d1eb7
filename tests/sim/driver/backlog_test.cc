// Requests that wait, worked by hand.
#include "sim/driver/backlog.h"

#include <gtest/gtest.h>

namespace orrery {
namespace {

using driver::Backlog;
using Counts = Backlog::Counts;

SimTime At(int64_t seconds) { return SimTime::Zero() + Duration::Seconds(seconds); }

// Four of one row and eight of another come in the first 12 s, and six of the first in the next 3.
TEST(BacklogTest, ServesTheOldestAndKnowsWhenTheyCame) {
  Backlog backlog;
  EXPECT_TRUE(backlog.empty());
  backlog.Add({6, 0}, At(12), At(15));
  backlog.Add({4, 8}, At(0), At(12));
  EXPECT_EQ(backlog.counts(), (Counts{10, 8}));
  EXPECT_DOUBLE_EQ(backlog.CameBefore(1, At(3)), 2);
  EXPECT_DOUBLE_EQ(backlog.CameBefore(0, At(13)), 4 + 2);
  const auto first = backlog.Take(3);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].counts, (Counts{1, 2}));
  EXPECT_EQ(first[0].to, At(3));
  const auto next = backlog.Take(11);
  ASSERT_EQ(next.size(), 2u);
  EXPECT_EQ(next[0].counts, (Counts{3, 6}));
  EXPECT_EQ(next[0].from, At(3));
  EXPECT_EQ(next[1].counts, (Counts{2, 0}));
  EXPECT_EQ(next[1].from, At(12));
  EXPECT_EQ(next[1].to, At(13));
  EXPECT_EQ(backlog.size(), 4u);
  EXPECT_EQ(backlog.TakeAll().size(), 1u);
  EXPECT_TRUE(backlog.empty());
  EXPECT_TRUE(backlog.counts().empty());
}

// A thousand seconds of ten requests each, then a thousand of one: where it was busy is still
// known.
TEST(BacklogTest, RemembersLongWaitsInFewPieces) {
  Backlog backlog;
  for (int64_t s = 0; s < 2000; ++s) backlog.Add({s < 1000 ? 10u : 1u}, At(s), At(s + 1));
  EXPECT_EQ(backlog.size(), 11'000u);
  EXPECT_NEAR(backlog.CameBefore(0, At(500)), 5000, 1);
  EXPECT_NEAR(backlog.CameBefore(0, At(1000)), 10'000, 10);
  EXPECT_NEAR(backlog.CameBefore(0, At(1500)), 10'500, 1);
  EXPECT_LE(backlog.TakeAll().size(), 64u);
}

}  // namespace
}  // namespace orrery
