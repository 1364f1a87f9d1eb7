#include <gtest/gtest.h>

#include <vector>

#include "tests/models/workload/classes/testing.h"

namespace orrery::workload {
namespace {

const JobClassModel& Model() { return JobClassOf(JobClass::kReinforcementLearning); }
double Speed(const std::vector<double>& replicas) { return Model().GangSpeed(replicas); }

TEST(ReinforcementLearningTest, EqualGpusGoAtTheirOwnSpeed) {
  EXPECT_EQ(Speed({1, 1, 1, 1}), 1);
  EXPECT_EQ(Speed({2, 2, 2}), 2);
  EXPECT_EQ(Speed({0.5}), 0.5);
}

// One slow actor of four costs an eighth of the pace, where it would hold a training gang back to
// half: actors do not wait for each other.
TEST(ReinforcementLearningTest, ASlowActorCostsItsOwnSamplesOnly) {
  EXPECT_DOUBLE_EQ(Speed({1, 1, 1, 1, 0.5}), 3.5 / 4);
}

// With speeds 3, 2 and 1: a learner on the 3 starves at (2 + 1) / 2; on the 2 it is just fed by
// (3 + 1) / 2; on the 1 it is the bottleneck itself.
TEST(ReinforcementLearningTest, TheLearnerSitsWhereTheJobGoesFastest) {
  EXPECT_DOUBLE_EQ(Speed({3, 2, 1}), 2);
  EXPECT_DOUBLE_EQ(Speed({1, 3, 2}), 2);
}

TEST(ReinforcementLearningTest, AProcessSitsOnEachGpu) {
  const Job job = MakeJob(ReinforcementLearningParams(), {.gpus = 12}, 3600);
  EXPECT_EQ(job.replicas, 12u);
  EXPECT_EQ(job.demand.gpus, 1);
  EXPECT_EQ(job.setup, Duration::Minutes(2));
}

TEST(ReinforcementLearningTest, TheLearnerIsSavedAtIntervalsAndWhenTheStopIsAnnounced) {
  const Job job = MakeJob(ReinforcementLearningParams(), {.gpus = 2}, 36'000);
  EXPECT_EQ(Model().Kept(job, Duration::Minutes(25), true), Duration::Minutes(25));
  EXPECT_EQ(Model().Kept(job, Duration::Minutes(25), false), Duration::Minutes(20));
}

}  // namespace
}  // namespace orrery::workload
