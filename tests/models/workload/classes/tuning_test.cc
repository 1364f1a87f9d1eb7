#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/models/workload/classes/testing.h"

namespace orrery::workload {
namespace {

const JobClassModel& Model() { return JobClassOf(JobClass::kTuning); }

// Work of the trials of one search whose whole training takes 320 min: rungs at 5, 20, 80, 320.
std::map<int64_t, int> TrialsByMinutes(uint32_t trials, double whole_minutes) {
  const auto model = MakeJobClass(TuningParams{.first_rung = Duration::Minutes(5)});
  const Sampler duration({.law = Deterministic{whole_minutes * 60}});
  const RandomStream stream = RandomStreams(1, 0).Stream("test");
  std::map<int64_t, int> count;
  for (uint32_t task = 0; task < trials; ++task) {
    Job job;
    model->SetWork(TaskDraw(stream, duration, 0.5, task), &job);
    ++count[job.work / Duration::Minutes(1)];
  }
  return count;
}

TEST(TuningTest, AQuarterOfTheTrialsPassesEachRung) {
  constexpr int kTrials = 64'000;
  const auto count = TrialsByMinutes(kTrials, 320);
  ASSERT_EQ(count.size(), 4u);
  // Shares 3/4, 3/16, 3/64, 1/64; four standard deviations of a binomial.
  EXPECT_NEAR(count.at(5), 0.75 * kTrials, 440);
  EXPECT_NEAR(count.at(20), 0.1875 * kTrials, 400);
  EXPECT_NEAR(count.at(80), 0.046875 * kTrials, 220);
  EXPECT_NEAR(count.at(320), 0.015625 * kTrials, 130);
}

// r (1 + 3s/4) with r = 5 min and s = 3: 16.25 min, where a sweep's trials would take 320 each.
TEST(TuningTest, TheMeanTrialTakesWhatTheClosedFormSays) {
  const auto count = TrialsByMinutes(64'000, 320);
  double minutes = 0;
  for (const auto& [length, trials] : count) minutes += static_cast<double>(length) * trials;
  EXPECT_NEAR(minutes / 64'000, 16.25, 0.5);
}

TEST(TuningTest, NoTrialTakesLongerThanTheWholeTraining) {
  EXPECT_EQ(TrialsByMinutes(100, 3), (std::map<int64_t, int>{{3, 100}}));
  const auto count = TrialsByMinutes(1'000, 60);
  EXPECT_EQ(count.size(), 3u);
  EXPECT_EQ(count.rbegin()->first, 60);
}

TEST(TuningTest, ATrialIsResumedFromWhereItWasJudgedLast) {
  const Job job = MakeJob(TuningParams{.first_rung = Duration::Minutes(5)}, {.gpus = 1}, 86'400);
  for (const bool notice : {true, false}) {
    EXPECT_EQ(Model().Kept(job, Duration::Minutes(4), notice), Duration());
    EXPECT_EQ(Model().Kept(job, Duration::Minutes(79), notice), Duration::Minutes(20));
  }
  EXPECT_EQ(Model().NextSave(job, Duration::Minutes(79)), Duration::Minutes(80));
  EXPECT_EQ(Model().NextSave(job, Duration()), Duration::Minutes(5));
}

TEST(TuningTest, OneArrivalBecomesItsTrialsEachOnOneNode) {
  TuningParams params;
  params.trials = {.law = Deterministic{27}};
  const auto model = MakeJobClass(params);
  EXPECT_TRUE(model->MakesBags());
  EXPECT_EQ(model->Tasks(0.3), 27u);
  uint32_t replicas = 0;
  EXPECT_FALSE(model->Shape({.gpus = 4, .replicas = 2}, &replicas).has_value());
}

}  // namespace
}  // namespace orrery::workload
