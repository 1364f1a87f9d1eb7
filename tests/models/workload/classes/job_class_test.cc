#include "models/workload/classes/job_class.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace orrery::workload {
namespace {

using ::testing::HasSubstr;

TEST(JobClassesTest, AreAllThereInOrderAndDescribeThemselves) {
  ASSERT_EQ(JobClasses().size(), static_cast<size_t>(kJobClasses));
  std::set<std::string> summaries;
  for (int c = 0; c < kJobClasses; ++c) {
    const JobClassModel& model = JobClassOf(static_cast<JobClass>(c));
    EXPECT_EQ(static_cast<int>(model.job_class()), c);
    EXPECT_STREQ(model.name(), JobClassName(static_cast<JobClass>(c)));
    summaries.insert(model.summary());
    for (const ClassParameter& parameter : model.parameters()) {
      EXPECT_FALSE(parameter.default_value.empty()) << parameter.name;
      EXPECT_FALSE(parameter.meaning.empty()) << parameter.name;
      EXPECT_FALSE(parameter.source.empty()) << parameter.name;
    }
  }
  EXPECT_EQ(summaries.size(), static_cast<size_t>(kJobClasses));
}

TEST(JobClassesTest, WhatIsLeftNeverExceedsWhatWasDoneAndNeverShrinks) {
  for (const JobClassModel* model : JobClasses()) {
    Job job;
    job.checkpoint_interval = Duration::Seconds(70);
    for (const bool notice : {false, true}) {
      Duration last;
      for (int64_t s = 0; s < 5000; s += 13) {
        const Duration done = Duration::Seconds(s), kept = model->Kept(job, done, notice);
        EXPECT_LE(kept, done) << model->name();
        EXPECT_GE(kept, last) << model->name();
        last = kept;
      }
    }
  }
}

TEST(JobClassesTest, OnlyTrainingAndReinforcementLearningPayForCheckpoints) {
  for (const JobClassModel* model : JobClasses()) {
    const bool saves = model->job_class() == JobClass::kBatchTraining ||
                       model->job_class() == JobClass::kReinforcementLearning;
    EXPECT_EQ(model->SavesAtIntervals(), saves) << model->name();
  }
}

TEST(JobClassesTest, TheNextSaveIsTheLeastThatKeepsMore) {
  for (const JobClassModel* model : JobClasses()) {
    for (const Duration interval : {Duration(), Duration::Seconds(70), Duration::Max()}) {
      Job job;
      job.checkpoint_interval = interval;
      for (int64_t s = 0; s < 5000; s += 35) {
        const Duration done = Duration::Seconds(s);
        const Duration kept = model->Kept(job, done, /*notice=*/true);
        const Duration next = model->NextSave(job, kept);
        ASSERT_GT(next, kept) << model->name();
        EXPECT_EQ(model->Kept(job, next - Duration::Nanos(1), true), kept) << model->name();
        if (next == Duration::Max()) continue;  // none
        EXPECT_GT(model->Kept(job, next, true), kept) << model->name();
      }
    }
  }
}

TEST(JobClassesTest, AGangOfOneGoesAtItsOwnSpeed) {
  for (const JobClassModel* model : JobClasses()) {
    const double speed[] = {0.375};
    EXPECT_EQ(model->GangSpeed(speed), 0.375) << model->name();
  }
}

std::string Mistakes(const ClassParams& params) {
  std::vector<Finding> findings;
  CheckClassParams(params, "populations[0]", &findings);
  return Error(findings).ToString();
}

TEST(CheckClassParamsTest, AcceptsTheDefaultsAndSaysWhatIsWrong) {
  for (const ClassParams& params :
       {ClassParams(BatchTrainingParams()), ClassParams(SweepParams()),
        ClassParams(BatchInferenceParams()), ClassParams(RenderingParams()),
        ClassParams(InteractiveParams())}) {
    EXPECT_EQ(Mistakes(params), "");
  }
  EXPECT_THAT(Mistakes(BatchTrainingParams{.gpus_per_replica = 0}),
              HasSubstr("populations[0].gpus_per_replica: got 0, expected at least 1"));
  EXPECT_THAT(Mistakes(BatchTrainingParams{.checkpoint_interval = -Duration::Seconds(1)}),
              HasSubstr("populations[0].checkpoint_interval: got -1s, expected 0 or more"));
  EXPECT_THAT(Mistakes(RenderingParams{.frame_sigma = -1}),
              HasSubstr("populations[0].frame_sigma: got -1, expected 0 … 3"));
  EXPECT_THAT(Mistakes(InteractiveParams{.max_wait = {.law = Exponential{-1}}}),
              HasSubstr("populations[0].max_wait.mean: got -1"));
  EXPECT_THAT(Mistakes(SweepParams{.trials = {.law = Uniform{5, 1}}}),
              HasSubstr("populations[0].trials.high: got 1"));
}

}  // namespace
}  // namespace orrery::workload
