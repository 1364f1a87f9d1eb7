#include <gtest/gtest.h>

#include <cstdint>

#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::InfoOf;
using testing::Make;

constexpr double kHour = 3600;

TEST(PriorityTest, HigherPriorityGoesFirst) {
  const auto priority = Make<OrderPolicy>("priority");
  const JobInfo low = InfoOf({.submit = 0, .run_time = 1, .priority = 1}, 0);
  const JobInfo high = InfoOf({.submit = 60, .run_time = 1, .priority = 2}, 1);
  EXPECT_LT(priority->Key(high, SimTime()), priority->Key(low, SimTime()));
}

// At 2 levels an hour, three hours of waiting weigh as much as six levels.
TEST(PriorityTest, WaitingMakesUpForPriorityAtTheGivenRate) {
  const auto priority = Make<OrderPolicy>("priority", {{"ageing", "2 priority/h"}});
  const JobInfo old = InfoOf({.submit = 0, .run_time = 1, .priority = 1}, 0);
  const JobInfo equal = InfoOf({.submit = 3 * kHour, .run_time = 1, .priority = 7}, 1);
  const JobInfo more = InfoOf({.submit = 3 * kHour, .run_time = 1, .priority = 8}, 2);
  EXPECT_EQ(priority->Key(old, SimTime()), priority->Key(equal, SimTime()));
  EXPECT_LT(priority->Key(more, SimTime()), priority->Key(old, SimTime()));
}

TEST(PriorityTest, TheOrderOfWaitingJobsDoesNotChangeWithTime) {
  const auto priority = Make<OrderPolicy>("priority");
  const JobInfo job = InfoOf({.submit = 5, .run_time = 1, .priority = 3}, 0);
  EXPECT_EQ(priority->Key(job, SimTime::FromSeconds(5)),
            priority->Key(job, SimTime::FromSeconds(1e6)));
}

TEST(PriorityTest, WithoutAgeingEqualPrioritiesKeepArrivalOrder) {
  const auto priority = Make<OrderPolicy>("priority", {{"ageing", "0 priority/h"}});
  const JobInfo first = InfoOf({.submit = 0, .run_time = 1, .priority = 1}, 0);
  const JobInfo second = InfoOf({.submit = 1, .run_time = 1, .priority = 1}, 1);
  const JobInfo urgent = InfoOf({.submit = 1e9, .run_time = 1, .priority = 2}, 2);
  EXPECT_LT(priority->Key(first, SimTime()), priority->Key(second, SimTime()));
  EXPECT_EQ(priority->Key(first, SimTime()).major, priority->Key(second, SimTime()).major);
  EXPECT_LT(priority->Key(urgent, SimTime()), priority->Key(first, SimTime()));
}

TEST(PriorityTest, ExtremePrioritiesDoNotOverflow) {
  for (const char* ageing : {"0 priority/h", "1e-6 priority/h", "1e6 priority/h"}) {
    const auto priority = Make<OrderPolicy>("priority", {{"ageing", ageing}});
    const JobInfo low = InfoOf({.submit = 1e9, .run_time = 1, .priority = INT32_MIN}, 0);
    const JobInfo high = InfoOf({.submit = 0, .run_time = 1, .priority = INT32_MAX}, 1);
    EXPECT_LT(priority->Key(high, SimTime()), priority->Key(low, SimTime())) << ageing;
  }
}

}  // namespace
}  // namespace orrery::policies
