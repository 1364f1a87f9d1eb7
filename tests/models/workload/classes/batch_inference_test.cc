#include <gtest/gtest.h>

#include "tests/models/workload/classes/testing.h"

namespace orrery::workload {
namespace {

const JobClassModel& Model() { return JobClassOf(JobClass::kBatchInference); }

TEST(BatchInferenceTest, EveryCopyOfTheModelIsAReplicaOfItsOwn) {
  const Job small = MakeJob(BatchInferenceParams(), {.gpus = 6}, 60);
  EXPECT_EQ(small.replicas, 6u);
  EXPECT_EQ(small.demand.gpus, 1);
  const Job large = MakeJob(BatchInferenceParams{.gpus_per_copy = 4}, {.gpus = 8}, 60);
  EXPECT_EQ(large.replicas, 2u);
  EXPECT_EQ(large.demand.gpus, 4);
  uint32_t replicas = 0;
  const auto model = MakeJobClass(BatchInferenceParams{.gpus_per_copy = 4});
  const auto error = model->Shape({.gpus = 6}, &replicas);
  ASSERT_FALSE(error.has_value());
  EXPECT_EQ(error.error().ToString(), "got 6 GPUs, expected a multiple of gpus_per_copy (4)");
}

TEST(BatchInferenceTest, AStopLosesAtMostTheBatchUnderWay) {
  const Job job = MakeJob(BatchInferenceParams{.batch = Duration::Seconds(30)}, {.gpus = 1}, 3600);
  for (const bool notice : {true, false}) {
    EXPECT_EQ(Model().Kept(job, Duration::Seconds(89), notice), Duration::Seconds(60));
    EXPECT_EQ(Model().Kept(job, Duration::Seconds(90), notice), Duration::Seconds(90));
  }
}

// Copies at speeds 1, 0.5 and 1.5 take batches as they become free: 3 batches' worth in the time of
// one, as three copies of speed 1 do.
TEST(BatchInferenceTest, FastCopiesMakeUpForSlowOnes) {
  const double speeds[] = {1.0, 0.5, 1.5};
  EXPECT_DOUBLE_EQ(Model().GangSpeed(speeds), 1.0);
}

}  // namespace
}  // namespace orrery::workload
