#include <gtest/gtest.h>

#include "tests/models/workload/classes/testing.h"

namespace orrery::workload {
namespace {

TEST(InferenceEndpointTest, IsRentedByTheClockAndKeepsWhatItServed) {
  const JobClassModel& model = JobClassOf(JobClass::kInferenceEndpoint);
  const Job job = MakeJob(InferenceEndpointParams(), {.gpus = 2}, 3600);
  EXPECT_EQ(job.replicas, 1u);
  EXPECT_EQ(job.work, Duration::Hours(1));
  EXPECT_EQ(model.Kept(job, Duration::Seconds(17), false), Duration::Seconds(17));
  EXPECT_EQ(model.roofline().peak, ClassRoofline::Peak::kWallClock);
  EXPECT_FALSE(model.Preemptible());
  EXPECT_FALSE(model.Level(job).any());
}

TEST(InferenceEndpointTest, StandsOnOneNode) {
  uint32_t replicas = 0;
  const auto model = MakeJobClass(InferenceEndpointParams());
  const auto error = model->Shape({.gpus = 4, .replicas = 2}, &replicas);
  ASSERT_FALSE(error.has_value());
  EXPECT_EQ(error.error().ToString(),
            "got 2 replicas, expected 1: a inference_endpoint job runs on one node");
}

}  // namespace
}  // namespace orrery::workload
