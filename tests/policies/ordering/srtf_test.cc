#include <gtest/gtest.h>

#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::InfoOf;
using testing::Make;

TEST(SrtfTest, TheKeyIsWhatIsLeftOnTheReferenceGpu) {
  const auto srtf = Make<OrderPolicy>("srtf");
  JobInfo job = InfoOf({.run_time = 60}, 0);
  job.done = Duration::Seconds(20);
  EXPECT_EQ(srtf->Key(job, SimTime::FromSeconds(5)).major, Duration::Seconds(40).nanos());
}

TEST(SrtfTest, RunningJobsComeNearerToTheFrontAtTheirSpeed) {
  const auto srtf = Make<OrderPolicy>("srtf");
  JobInfo job = InfoOf({.run_time = 60}, 0);
  job.phase = JobPhase::kRunning;
  job.run_start = SimTime::FromSeconds(100);
  job.speed = 2;
  EXPECT_EQ(srtf->Key(job, SimTime::FromSeconds(110)).major, Duration::Seconds(40).nanos());
}

TEST(SrtfTest, AJobThatOutranItsEstimateHasNothingLeft) {
  const auto srtf = Make<OrderPolicy>("srtf");
  JobInfo job = InfoOf({.run_time = 60, .estimate = 5}, 0);
  job.phase = JobPhase::kRunning;
  EXPECT_EQ(srtf->Key(job, SimTime::FromSeconds(30)).major, 0);
}

}  // namespace
}  // namespace orrery::policies
