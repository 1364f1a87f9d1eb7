#include <gtest/gtest.h>

#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::InfoOf;
using testing::Make;

TEST(SjfTest, ShorterEstimatesGoFirst) {
  const auto sjf = Make<OrderPolicy>("sjf");
  const SimTime now = SimTime::FromSeconds(20);
  const JobInfo long_job = InfoOf({.submit = 0, .run_time = 1, .estimate = 60}, 0);
  const JobInfo short_job = InfoOf({.submit = 9, .run_time = 90, .estimate = 50}, 1);
  EXPECT_LT(sjf->Key(short_job, now), sjf->Key(long_job, now));
}

TEST(SjfTest, ProgressDoesNotCount) {
  const auto sjf = Make<OrderPolicy>("sjf");
  JobInfo job = InfoOf({.run_time = 60}, 0);
  const OrderKey key = sjf->Key(job, SimTime::FromSeconds(20));
  job.done = Duration::Seconds(50);
  EXPECT_EQ(sjf->Key(job, SimTime::FromSeconds(30)), key);
}

}  // namespace
}  // namespace orrery::policies
