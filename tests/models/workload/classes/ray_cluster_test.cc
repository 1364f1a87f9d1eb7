#include <gtest/gtest.h>

#include <vector>

#include "tests/models/workload/classes/testing.h"

namespace orrery::workload {
namespace {

const JobClassModel& Model() { return JobClassOf(JobClass::kRayCluster); }
double Speed(const std::vector<double>& replicas) { return Model().GangSpeed(replicas); }

TEST(RayClusterTest, EqualGpusGoAtTheirOwnSpeed) {
  EXPECT_EQ(Speed({1, 1, 1, 1}), 1);
  EXPECT_EQ(Speed({0.25}), 0.25);
}

// The head takes the slowest of four nodes, and the others share the tasks.
TEST(RayClusterTest, WorkersAddUpAndTheHeadTakesTheSlowestNode) {
  EXPECT_DOUBLE_EQ(Speed({2, 0.5, 1, 1.5}), 4.5 / 3);
}

TEST(RayClusterTest, ItsNodesHoldWhatTheScenarioSays) {
  const Job job = MakeJob(RayClusterParams{.gpus_per_node = 4}, {.gpus = 12}, 3600);
  EXPECT_EQ(job.replicas, 3u);
  EXPECT_EQ(job.demand.gpus, 4);
  EXPECT_EQ(job.setup, Duration::Seconds(90));
  uint32_t replicas = 0;
  const auto model = MakeJobClass(RayClusterParams{.gpus_per_node = 4});
  const auto error = model->Shape({.gpus = 6}, &replicas);
  ASSERT_FALSE(error.has_value());
  EXPECT_EQ(error.error().ToString(), "got 6 GPUs, expected a multiple of gpus_per_node (4)");
}

TEST(RayClusterTest, AStopLosesTheTasksUnderWay) {
  const Job job = MakeJob(RayClusterParams(), {.gpus = 2}, 3600);
  for (const bool notice : {true, false}) {
    EXPECT_EQ(Model().Kept(job, Duration::Seconds(119), notice), Duration::Minutes(1));
  }
  EXPECT_EQ(Model().NextSave(job, Duration::Seconds(61)), Duration::Minutes(2));
}

}  // namespace
}  // namespace orrery::workload
