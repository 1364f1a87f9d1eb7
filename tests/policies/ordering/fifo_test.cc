#include <gtest/gtest.h>

#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::InfoOf;
using testing::Make;

TEST(FifoTest, EarlierArrivalsGoFirst) {
  const auto fifo = Make<OrderPolicy>("fifo");
  const JobInfo early = InfoOf({.submit = 10, .run_time = 900}, 0);
  const JobInfo late = InfoOf({.submit = 11, .run_time = 1}, 1);
  EXPECT_LT(fifo->Key(early, late.submit), fifo->Key(late, late.submit));
}

TEST(FifoTest, TheKeyIsTheArrivalAndNothingElse) {
  const auto fifo = Make<OrderPolicy>("fifo");
  JobInfo job = InfoOf({.submit = 10, .run_time = 900}, 0);
  const OrderKey key = fifo->Key(job, SimTime::FromSeconds(10));
  job.priority = 7;
  job.done = Duration::Seconds(5);
  EXPECT_EQ(fifo->Key(job, SimTime::FromSeconds(500)), key);
  EXPECT_EQ(fifo->NextKeyChange(job, SimTime::FromSeconds(500)), SimTime::Never());
}

}  // namespace
}  // namespace orrery::policies
