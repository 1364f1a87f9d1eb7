#include <gtest/gtest.h>

#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::InfoOf;
using testing::Make;

JobInfo Attained(double gpu_s, double submit) {
  JobInfo job = InfoOf({.submit = submit, .run_time = 1e6, .gpus = 4}, 0);
  job.attained_gpu_s = gpu_s;
  return job;
}

TEST(Las2dTest, DefaultsToTwoQueuesOfTheArtefact) {
  const auto las = Make<OrderPolicy>("las2d");
  const OrderKey fresh = las->Key(Attained(0, 9), SimTime());
  const OrderKey nearly = las->Key(Attained(3249, 8), SimTime());
  const OrderKey past = las->Key(Attained(3250, 1), SimTime());
  const OrderKey far = las->Key(Attained(1e7, 0), SimTime());
  EXPECT_EQ(fresh.major, 0);
  EXPECT_EQ(nearly.major, 0);
  EXPECT_EQ(past.major, Duration::Seconds(3250).nanos());
  EXPECT_EQ(far.major, past.major);
  // In order of arrival inside a queue.
  EXPECT_LT(nearly, fresh);
  EXPECT_LT(far, past);
  EXPECT_LT(fresh, far);
}

TEST(Las2dTest, ThresholdsMayStandInAnyOrder) {
  const auto las =
      Make<OrderPolicy>("las2d", {{"threshold_1", "7200 GPU-s"}, {"threshold_3", "3600 GPU-s"}});
  EXPECT_EQ(las->Key(Attained(3599, 0), SimTime()).major, 0);
  EXPECT_EQ(las->Key(Attained(3600, 0), SimTime()).major, Duration::Seconds(3600).nanos());
  EXPECT_EQ(las->Key(Attained(7200, 0), SimTime()).major, Duration::Seconds(7200).nanos());
}

TEST(Las2dTest, ARunningJobCrossesWhenItsGpuTimeReachesTheThreshold) {
  const auto las = Make<OrderPolicy>("las2d", {{"threshold_2", "7200 GPU-s"}});
  JobInfo job = Attained(250, 0);
  job.phase = JobPhase::kRunning;
  job.run_start = SimTime::FromSeconds(100);
  // 3,000 GPU-seconds more on 4 GPUs, then 3,950.
  const SimTime first = las->NextKeyChange(job, SimTime::FromSeconds(100));
  EXPECT_EQ(first, SimTime::FromSeconds(850));
  EXPECT_EQ(las->Key(job, first - Duration::Nanos(1)).major, 0);
  EXPECT_EQ(las->Key(job, first).major, Duration::Seconds(3250).nanos());
  EXPECT_EQ(las->NextKeyChange(job, first), SimTime::FromSeconds(1837.5));
  EXPECT_EQ(las->NextKeyChange(job, SimTime::FromSeconds(1838)), SimTime::Never());
}

TEST(Las2dTest, WaitingJobsDoNotMove) {
  const auto las = Make<OrderPolicy>("las2d");
  EXPECT_EQ(las->NextKeyChange(Attained(0, 0), SimTime()), SimTime::Never());
}

TEST(Las2dTest, WithoutThresholdsGpuTimeItselfDecides) {
  const auto las = Make<OrderPolicy>("las2d", {{"threshold_1", "0 GPU-s"}});
  EXPECT_EQ(las->Key(Attained(12.5, 0), SimTime()).major, Duration::Millis(12500).nanos());
  JobInfo job = Attained(10, 0);
  job.phase = JobPhase::kRunning;
  EXPECT_EQ(las->Key(job, SimTime::FromSeconds(5)).major, Duration::Seconds(30).nanos());
  EXPECT_EQ(las->NextKeyChange(job, SimTime()), SimTime::Never());
}

TEST(Las2dTest, MoreGpusUseUpTheFirstQueueFaster) {
  const auto las = Make<OrderPolicy>("las2d");
  JobInfo wide = InfoOf({.run_time = 1e6, .gpus = 8, .replicas = 4}, 0);
  wide.phase = JobPhase::kRunning;
  EXPECT_EQ(las->NextKeyChange(wide, SimTime()), SimTime::FromSeconds(3250.0 / 32));
}

}  // namespace
}  // namespace orrery::policies
