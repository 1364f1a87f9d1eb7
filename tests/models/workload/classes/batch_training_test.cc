#include <gtest/gtest.h>

#include "tests/models/workload/classes/testing.h"

namespace orrery::workload {
namespace {

const JobClassModel& Model() { return JobClassOf(JobClass::kBatchTraining); }

TEST(BatchTrainingTest, LargeJobsBecomeGangsOfEqualReplicasThatFitOnANode) {
  const auto gang = [](uint32_t gpus) {
    const Job job = MakeJob(BatchTrainingParams(), {.gpus = gpus}, 60);
    return std::pair(job.replicas, job.demand.gpus);
  };
  EXPECT_EQ(gang(1), std::pair(1u, uint16_t{1}));
  EXPECT_EQ(gang(8), std::pair(1u, uint16_t{8}));
  EXPECT_EQ(gang(16), std::pair(2u, uint16_t{8}));
  EXPECT_EQ(gang(12), std::pair(2u, uint16_t{6}));
  EXPECT_EQ(gang(20), std::pair(4u, uint16_t{5}));   // three do not divide 20
  EXPECT_EQ(gang(13), std::pair(13u, uint16_t{1}));  // a prime
}

TEST(BatchTrainingTest, CpuAndMemoryComeWithTheGpus) {
  const BatchTrainingParams params{.host = {.cpu_milli_per_gpu = 6000, .memory_mib_per_gpu = 1000}};
  const Job job = MakeJob(params, {.gpus = 4}, 60);
  EXPECT_EQ(job.demand.cpu_milli, 24'000u);
  EXPECT_EQ(job.demand.memory_mib, 4000u);
  const Job half = MakeJob(params, {.gpus = 1, .gpu_milli = 500}, 60);
  EXPECT_EQ(half.demand.cpu_milli, 3000u);
  const Job stated = MakeJob(params, {.gpus = 4, .cpu_milli = 5, .memory_mib = 0}, 60);
  EXPECT_EQ(stated.demand.cpu_milli, 5u);
  EXPECT_EQ(stated.demand.memory_mib, 0u);
}

TEST(BatchTrainingTest, AnAnnouncedStopLosesNothingAFailureFallsBackToTheLastCheckpoint) {
  const Job job = MakeJob(BatchTrainingParams{.checkpoint_interval = Duration::Minutes(30)},
                          {.gpus = 1}, 36'000);
  const Duration done = Duration::Minutes(100);
  EXPECT_EQ(Model().Kept(job, done, /*notice=*/true), done);
  EXPECT_EQ(Model().Kept(job, done, /*notice=*/false), Duration::Minutes(90));
  EXPECT_EQ(Model().Kept(job, Duration::Minutes(29), false), Duration());
  EXPECT_EQ(Model().Kept(job, Duration::Minutes(60), false), Duration::Minutes(60));
}

TEST(BatchTrainingTest, ReplicasWaitForTheSlowest) {
  const double speeds[] = {1.0, 0.4, 2.0};
  EXPECT_EQ(Model().GangSpeed(speeds), 0.4);
}

TEST(BatchTrainingTest, IsServedByTheDeadlineWhereThereIsOne) {
  Job job = MakeJob(BatchTrainingParams(), {.gpus = 1}, 60);
  EXPECT_FALSE(Model().Level(job).any());
  job.deadline = SimTime::FromSeconds(200);
  EXPECT_TRUE(Model().Level(job).any());
  EXPECT_EQ(Model().Level(job).end_by, SimTime::FromSeconds(200));
  EXPECT_EQ(Model().Level(job).start_by, SimTime::Never());
  EXPECT_EQ(Model().AbandonsAt(job), SimTime::Never());
  EXPECT_TRUE(Model().Preemptible());
}

}  // namespace
}  // namespace orrery::workload
