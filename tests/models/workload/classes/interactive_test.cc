#include <gtest/gtest.h>

#include "tests/models/workload/classes/testing.h"

namespace orrery::workload {
namespace {

const JobClassModel& Model() { return JobClassOf(JobClass::kInteractive); }

// A session of one hour whose user waits ten minutes, submitted at 100 s.
Job Session() {
  InteractiveParams params;
  params.max_wait = {.law = Deterministic{600}};
  return MakeJob(params, {.gpus = 1, .gpu_milli = 250}, 3600);
}

TEST(InteractiveTest, LastsItsTimeOnTheClockAndIsAbandonedAfterTheMaximumWait) {
  const Job job = Session();
  EXPECT_EQ(job.work, Duration::Hours(1));
  EXPECT_EQ(job.limit, Duration::Hours(1));
  EXPECT_EQ(job.deadline, SimTime::FromSeconds(100 + 600 + 3600));
  EXPECT_EQ(Model().AbandonsAt(job), SimTime::FromSeconds(700));
}

TEST(InteractiveTest, IsServedWhenItStartsWhileTheUserIsThere) {
  const ServiceLevel level = Model().Level(Session());
  EXPECT_EQ(level.start_by, SimTime::FromSeconds(700));
  EXPECT_EQ(level.end_by, SimTime::Never());
}

TEST(InteractiveTest, AStopEndsTheSession) {
  const Job job = Session();
  EXPECT_FALSE(Model().Preemptible());
  EXPECT_EQ(job.checkpoint_interval, Duration::Max());
  EXPECT_EQ(Model().Kept(job, Duration::Minutes(59), /*notice=*/true), Duration());
}

TEST(InteractiveTest, MaySitOnAShareOfAGpu) {
  const Job job = Session();
  EXPECT_EQ(job.replicas, 1u);
  EXPECT_EQ(job.demand.gpu_milli, 250);
  EXPECT_EQ(job.demand.cpu_milli, kDefaultCpuMilliPerGpu / 4);
}

}  // namespace
}  // namespace orrery::workload
