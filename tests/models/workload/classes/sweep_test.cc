#include <gtest/gtest.h>

#include "tests/models/workload/classes/testing.h"

namespace orrery::workload {
namespace {

const JobClassModel& Model() { return JobClassOf(JobClass::kSweep); }

TEST(SweepTest, OneArrivalBecomesItsTrials) {
  SweepParams params;
  params.trials = {.law = Uniform{1, 9}};
  const auto model = MakeJobClass(params);
  EXPECT_TRUE(model->MakesBags());
  EXPECT_EQ(model->Tasks(0.5), 5u);
  EXPECT_EQ(model->Tasks(0.001), 1u);
  EXPECT_EQ(model->Tasks(0.999), 9u);
  params.trials = {.law = Deterministic{1e6}};
  EXPECT_EQ(MakeJobClass(params)->Tasks(0.5), kMaxTasks);
}

TEST(SweepTest, ATrialRunsOnOneNode) {
  const Job job = MakeJob(SweepParams(), {.gpus = 4}, 60);
  EXPECT_EQ(job.replicas, 1u);
  EXPECT_EQ(job.demand.gpus, 4);
  uint32_t replicas = 0;
  const auto error = Model().Shape({.gpus = 4, .replicas = 2}, &replicas);
  ASSERT_FALSE(error.has_value());
  EXPECT_EQ(error.error().ToString(), "got 2 replicas, expected 1: a sweep job runs on one node");
  EXPECT_FALSE(Model().Shape({.gpus = 17}, &replicas).has_value());
}

// Rungs after 5, 20, 80 and 320 minutes.
TEST(SweepTest, ATrialIsResumedFromItsLastRungWhetherTheStopWasAnnouncedOrNot) {
  const Job job = MakeJob(SweepParams{.first_rung = Duration::Minutes(5)}, {.gpus = 1}, 86'400);
  for (const bool notice : {true, false}) {
    EXPECT_EQ(Model().Kept(job, Duration::Minutes(4), notice), Duration());
    EXPECT_EQ(Model().Kept(job, Duration::Minutes(5), notice), Duration::Minutes(5));
    EXPECT_EQ(Model().Kept(job, Duration::Minutes(19), notice), Duration::Minutes(5));
    EXPECT_EQ(Model().Kept(job, Duration::Minutes(79), notice), Duration::Minutes(20));
    EXPECT_EQ(Model().Kept(job, Duration::Minutes(500), notice), Duration::Minutes(320));
  }
}

TEST(SweepTest, EveryTrialHasItsOwnRunTime) {
  const auto model = MakeJobClass(SweepParams());
  const Sampler duration({.law = Exponential{600}});
  const RandomStream stream = RandomStreams(1, 0).Stream("test");
  Job first, second, again;
  model->SetWork(TaskDraw(stream, duration, 0.5, 0), &first);
  model->SetWork(TaskDraw(stream, duration, 0.5, 1), &second);
  model->SetWork(TaskDraw(stream, duration, 0.5, 1), &again);
  EXPECT_EQ(first.work, Duration::FromSeconds(duration.At(0.5)));
  EXPECT_NE(first.work, second.work);
  EXPECT_EQ(second.work, again.work);
}

}  // namespace
}  // namespace orrery::workload
