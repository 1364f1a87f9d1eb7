#include <gtest/gtest.h>

#include <cmath>

#include "tests/models/workload/classes/testing.h"

namespace orrery::workload {
namespace {

const JobClassModel& Model() { return JobClassOf(JobClass::kPixelStreaming); }

PixelStreamingParams Scene() {
  PixelStreamingParams params;
  params.viewers = {.law = Deterministic{10}};
  params.frame_time = Duration::Millis(5);
  params.fps = 60;
  return params;
}

TEST(PixelStreamingTest, AnAudienceIsAsManyInstancesAsItsViewersNeed) {
  const auto model = MakeJobClass(Scene());
  EXPECT_TRUE(model->MakesBags());
  EXPECT_EQ(model->Tasks(0.5), 3u);  // 4 + 4 + 2 viewers
}

TEST(PixelStreamingTest, EncoderSessionsLimitHowManyInstancesShareAGpu) {
  // Frames take 0.3 of a GPU, but four of its eight sessions are a half of it.
  PixelStreamingParams params = Scene();
  EXPECT_EQ(MakeJob(params, {.gpus = 1}, 600).demand.gpu_milli, 500);
  // On a card without that limit frames decide.
  params.encode_sessions = 1000;
  EXPECT_EQ(MakeJob(params, {.gpus = 1}, 600).demand.gpu_milli, 300);
}

TEST(PixelStreamingTest, RendersOnceAndEncodesForEachViewer) {
  const auto model = MakeJobClass(Scene());
  const FrameService& frames = *model->frames();
  EXPECT_DOUBLE_EQ(frames.render_ms, 5);
  EXPECT_EQ(frames.viewers, 4u);
  EXPECT_DOUBLE_EQ(frames.budget_ms, 150);
}

// The last of n viewers with exponential visits leaves after 1 + 1/2 + … + 1/n mean visits.
TEST(PixelStreamingTest, AnInstanceLastsUntilItsLastViewerLeaves) {
  const auto model = MakeJobClass(Scene());
  const Sampler visits({.law = Exponential{600}});
  double sum = 0;
  constexpr int kInstances = 20'000;
  for (int i = 0; i < kInstances; ++i) {
    Job job;
    const RandomStream stream = RandomStreams(1, 0).Stream("test", static_cast<uint64_t>(i));
    model->SetWork(TaskDraw(stream, visits, 0.5, 0), &job);
    sum += job.work.seconds();
  }
  const double expected = 600 * (1 + 1.0 / 2 + 1.0 / 3 + 1.0 / 4);
  EXPECT_NEAR(sum / kInstances, expected, 0.02 * expected);
}

TEST(PixelStreamingTest, LoadsItsSceneFirstAndIsNotTakenUpAgain) {
  const Job job = MakeJob(Scene(), {.gpus = 1}, 600);
  EXPECT_EQ(job.setup, Duration::Seconds(40));
  EXPECT_FALSE(Model().Preemptible());
  EXPECT_EQ(Model().Kept(job, Duration::Minutes(5), /*notice=*/true), Duration());
}

TEST(PixelStreamingTest, MoreViewersThanSessionsAreAMistake) {
  PixelStreamingParams params = Scene();
  params.viewers_per_instance = 9;
  std::vector<Finding> findings;
  CheckClassParams(params, "p", &findings);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].place, "p.viewers_per_instance");
}

}  // namespace
}  // namespace orrery::workload
