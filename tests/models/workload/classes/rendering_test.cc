#include <gtest/gtest.h>

#include <cmath>

#include "tests/models/workload/classes/testing.h"

namespace orrery::workload {
namespace {

const JobClassModel& Model() { return JobClassOf(JobClass::kRendering); }

RenderingParams TenFrames() {
  RenderingParams params;
  params.frames = {.law = Deterministic{95}};
  params.frames_per_task = 10;
  params.scene_load = Duration::Seconds(45);
  params.frame_sigma = 0;
  return params;
}

TEST(RenderingTest, AFilmIsCutIntoTasksOfSoManyFrames) {
  const auto model = MakeJobClass(TenFrames());
  EXPECT_EQ(model->Tasks(0.5), 10u);  // 95 frames: the last task is a whole one too
  EXPECT_TRUE(model->MakesBags());
}

TEST(RenderingTest, ATaskIsItsFramesAfterOneSceneLoad) {
  const Job job = MakeJob(TenFrames(), {.gpus = 1}, 12);
  EXPECT_EQ(job.work, Duration::Seconds(120));
  EXPECT_EQ(job.setup, Duration::Seconds(45));
}

TEST(RenderingTest, FinishedFramesStayAndTheSceneIsLoadedAgain) {
  const Job job = MakeJob(TenFrames(), {.gpus = 1}, 12);
  for (const bool notice : {true, false}) {
    EXPECT_EQ(Model().Kept(job, Duration::Seconds(35), notice), Duration::Seconds(24));
    EXPECT_EQ(Model().Kept(job, Duration::Seconds(119), notice), Duration::Seconds(108));
    EXPECT_EQ(Model().Kept(job, Duration::Seconds(11), notice), Duration());
  }
}

TEST(RenderingTest, TasksOfAFilmVaryAroundItsFrameTime) {
  RenderingParams params = TenFrames();
  params.frame_sigma = 0.25;
  double sum = 0, squares = 0;
  const int n = 20'000;
  for (int task = 0; task < n; ++task) {
    const double frame =
        MakeJob(params, {.gpus = 1}, 12, static_cast<uint32_t>(task)).work.seconds();
    sum += frame / 10;
    squares += frame * frame / 100;
  }
  const double mean = sum / n, variance = squares / n - mean * mean;
  EXPECT_NEAR(mean, 12, 0.1);
  // A log-normal of mean 1 has variance e^(σ²) − 1.
  EXPECT_NEAR(variance / 144, std::exp(0.0625) - 1, 0.005);
}

TEST(RenderingTest, TasksRunOnOneNode) {
  const Job job = MakeJob(TenFrames(), {.gpus = 2}, 12);
  EXPECT_EQ(job.replicas, 1u);
  EXPECT_EQ(job.demand.gpus, 2);
}

}  // namespace
}  // namespace orrery::workload
