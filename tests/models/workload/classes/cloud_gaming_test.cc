#include <gtest/gtest.h>

#include "tests/models/workload/classes/testing.h"

namespace orrery::workload {
namespace {

const JobClassModel& Model() { return JobClassOf(JobClass::kCloudGaming); }

CloudGamingParams Game() {
  CloudGamingParams params;
  params.frame_time = Duration::Millis(5);
  params.max_wait = {.law = Deterministic{60}};
  return params;
}

TEST(CloudGamingTest, HoldsTheShareThatItsFramesTake) {
  CloudGamingParams params = Game();
  // 60 frames of 5 ms: 300 ms of a second.
  EXPECT_EQ(MakeJob(params, {.gpus = 1}, 3600).demand.gpu_milli, 300);
  params.fps = 120;
  EXPECT_EQ(MakeJob(params, {.gpus = 1}, 3600).demand.gpu_milli, 600);
  // Four times the pixels: more than a GPU has.
  params.resolution = Resolution::k2160p;
  EXPECT_EQ(MakeJob(params, {.gpus = 1}, 3600).demand.gpu_milli, 1000);
  EXPECT_EQ(MakeJob(params, {.gpus = 1, .gpu_milli = 500}, 3600).demand.gpu_milli, 500);
}

TEST(CloudGamingTest, RendersOnOneGpu) {
  uint32_t replicas = 0;
  EXPECT_FALSE(Model().Shape({.gpus = 2}, &replicas).has_value());
  EXPECT_FALSE(Model().Shape({.gpus = 0}, &replicas).has_value());
}

TEST(CloudGamingTest, FramesGrowWithPixelsAndStreamsWithTheirRoot) {
  CloudGamingParams params = Game();
  params.resolution = Resolution::k2160p;
  params.fps = 120;
  const auto model = MakeJobClass(params);
  const FrameService& frames = *model->frames();
  EXPECT_DOUBLE_EQ(frames.render_ms, 20);
  EXPECT_DOUBLE_EQ(frames.encode_ms, 12);
  EXPECT_EQ(frames.viewers, 1u);
  EXPECT_NEAR(frames.viewer_bytes_s * 8e-6, 45, 0.1);  // what NVIDIA asks for 4K at 120
  EXPECT_DOUBLE_EQ(frames.budget_ms, 100);
}

TEST(CloudGamingTest, LastsItsTimeOnTheClockUnlessThePlayerHasLeft) {
  const Job job = MakeJob(Game(), {.gpus = 1}, 1800);
  EXPECT_EQ(job.work, Duration::Minutes(30));
  EXPECT_EQ(Model().AbandonsAt(job), SimTime::FromSeconds(160));
  EXPECT_EQ(Model().Level(job).start_by, SimTime::FromSeconds(160));
  EXPECT_EQ(Model().roofline().peak, ClassRoofline::Peak::kWallClock);
  EXPECT_FALSE(Model().Preemptible());
  EXPECT_EQ(Model().Kept(job, Duration::Minutes(29), /*notice=*/true), Duration());
}

}  // namespace
}  // namespace orrery::workload
