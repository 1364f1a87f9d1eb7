#include <gtest/gtest.h>

#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::InfoOf;
using testing::Make;

TEST(EdfTest, EarlierDeadlinesGoFirstAndNoneLast) {
  const auto edf = Make<OrderPolicy>("edf");
  const SimTime now;
  const JobInfo soon = InfoOf({.submit = 9, .run_time = 1, .deadline = 100}, 0);
  const JobInfo later = InfoOf({.submit = 0, .run_time = 1, .deadline = 200}, 1);
  const JobInfo none = InfoOf({.submit = 0, .run_time = 1}, 2);
  EXPECT_LT(edf->Key(soon, now), edf->Key(later, now));
  EXPECT_LT(edf->Key(later, now), edf->Key(none, now));
}

TEST(EdfTest, JobsWithoutDeadlineKeepArrivalOrder) {
  const auto edf = Make<OrderPolicy>("edf");
  const JobInfo first = InfoOf({.submit = 1, .run_time = 1}, 0);
  const JobInfo second = InfoOf({.submit = 2, .run_time = 1}, 1);
  EXPECT_LT(edf->Key(first, SimTime()), edf->Key(second, SimTime()));
}

}  // namespace
}  // namespace orrery::policies
