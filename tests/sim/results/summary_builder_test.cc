#include "sim/results/summary_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/sim/results/sample_rows.h"

namespace orrery::results {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

// A finished job of one GPU that ran without a break.
JobRow Finished(int64_t submit_s, int64_t wait_s, int64_t run_s) {
  JobRow row;
  row.submit_ns = submit_s * kSecond;
  row.start_ns = row.submit_ns + wait_s * kSecond;
  row.end_ns = row.start_ns + run_s * kSecond;
  row.allocated_ns = row.useful_ns = run_s * kSecond;
  row.replicas = 1;
  row.gpus = 1;
  row.gpu_milli = 1000;
  row.outcome = JobOutcome::kFinished;
  return row;
}

JobRow Other(JobOutcome outcome, int64_t submit_s) {
  JobRow row;
  row.submit_ns = submit_s * kSecond;
  row.outcome = outcome;
  return row;
}

SummaryBuilder::Replay ReplayOf(const std::vector<JobRow>& rows) {
  return [&rows](const std::function<void(std::span<const JobRow>)>& block) -> Result<void> {
    block(rows);
    return {};
  };
}

Summary Summarised(const std::vector<JobRow>& rows, const RunDescription& run = {},
                   const RunCounters& counters = {}) {
  SummaryBuilder builder(run);
  builder.EndAt(counters.now);
  for (const JobRow& row : rows) builder.Add(row);
  auto summary = builder.Exact(counters, {}, ReplayOf(rows));
  EXPECT_TRUE(summary.has_value());
  return *summary;
}

TEST(SummaryBuilderTest, WaitCompletionAndSlowdownAreThoseOfTheDefinitions) {
  // Waits 0, 30, 60 s; runs 5, 20, 100 s.
  const Summary summary =
      Summarised({Finished(0, 0, 5), Finished(10, 30, 20), Finished(20, 60, 100)});
  EXPECT_DOUBLE_EQ(summary.wait_s.mean, 30);
  EXPECT_DOUBLE_EQ(summary.wait_s.p50, 30);
  EXPECT_DOUBLE_EQ(summary.wait_s.max, 60);
  EXPECT_DOUBLE_EQ(summary.jct_s.mean, (5 + 50 + 160) / 3.0);
  // Slowdowns 1, 50/20, 160/100.
  EXPECT_DOUBLE_EQ(summary.slowdown.mean, (1 + 2.5 + 1.6) / 3);
  EXPECT_DOUBLE_EQ(summary.slowdown.p50, 1.6);
  EXPECT_DOUBLE_EQ(summary.slowdown.max, 2.5);
  EXPECT_DOUBLE_EQ(summary.makespan_s, 180);
  EXPECT_TRUE(summary.measured.exact_quantiles);
}

TEST(SummaryBuilderTest, BoundedSlowdownTakesShortJobsAsTenSecondsLong) {
  // 1 s of work after 19 s: slowdown 20, bounded 20 / 10 = 2. 1 s after 2 s: 0.3, so 1.
  const Summary summary = Summarised({Finished(0, 19, 1), Finished(0, 2, 1)});
  EXPECT_DOUBLE_EQ(summary.slowdown.max, 20);
  EXPECT_DOUBLE_EQ(summary.bounded_slowdown.max, 2);
  EXPECT_DOUBLE_EQ(summary.bounded_slowdown.mean, 1.5);
}

TEST(SummaryBuilderTest, CostsAndServiceLevelsAreSummedByClass) {
  std::vector<JobRow> rows = {Finished(0, 0, 5), Finished(0, 0, 5), Finished(0, 0, 5)};
  rows[0].cost_usd_micro = 1'250'000;
  rows[1].cost_usd_micro = 500'000;
  rows[0].slo = Slo::kMet;
  rows[1].slo = Slo::kMissed;
  rows[1].job_class = static_cast<uint8_t>(JobClass::kRendering);
  const Summary summary = Summarised(rows);
  EXPECT_DOUBLE_EQ(summary.cost_usd, 1.75);
  EXPECT_EQ(summary.jobs.slo_met, 1u);
  EXPECT_EQ(summary.jobs.slo_missed, 1u);
  EXPECT_DOUBLE_EQ(summary.jobs.slo_attainment(), 0.5);
  ASSERT_EQ(summary.per_class.size(), 2u);
  EXPECT_DOUBLE_EQ(summary.per_class[0].cost_usd, 1.25);
  EXPECT_DOUBLE_EQ(summary.per_class[0].jobs.slo_attainment(), 1);
  EXPECT_DOUBLE_EQ(summary.per_class[1].jobs.slo_attainment(), 0);
}

TEST(SummaryBuilderTest, JobThatRanForNoTimeHasABoundedSlowdownOnly) {
  const Summary summary = Summarised({Finished(0, 40, 0)});
  EXPECT_EQ(summary.slowdown.count, 0u);
  EXPECT_TRUE(std::isnan(summary.slowdown.mean));
  EXPECT_DOUBLE_EQ(summary.bounded_slowdown.mean, 4);
  EXPECT_EQ(summary.wait_s.count, 1u);
}

TEST(SummaryBuilderTest, MeasuresFinishedJobsSubmittedBetweenWarmUpAndHorizon) {
  RunDescription run;
  run.warm_up = SimTime::FromSeconds(100);
  run.horizon = SimTime::FromSeconds(200);
  const Summary summary = Summarised(
      {Finished(99, 1000, 10), Finished(100, 1, 10), Finished(199, 3, 10), Finished(200, 1000, 10)},
      run);
  EXPECT_EQ(summary.jobs.submitted, 4u);
  EXPECT_EQ(summary.jobs.finished, 4u);
  EXPECT_EQ(summary.measured.submitted, 2u);
  EXPECT_EQ(summary.measured.finished, 2u);
  EXPECT_DOUBLE_EQ(summary.wait_s.mean, 2);
  EXPECT_DOUBLE_EQ(summary.gpu_hours.allocated, 40 / 3600.0);  // of the whole run
}

TEST(SummaryBuilderTest, CountsJobsByHowTheyLeft) {
  JobRow preempted = Finished(0, 0, 1);
  preempted.preemptions = 3;
  RunCounters counters;
  counters.submitted = 9;
  counters.now = SimTime::FromSeconds(50);
  const Summary summary =
      Summarised({preempted, Other(JobOutcome::kRejected, 1), Other(JobOutcome::kKilled, 1),
                  Other(JobOutcome::kFailed, 1), Other(JobOutcome::kUnfinished, 1)},
                 {}, counters);
  EXPECT_EQ(summary.jobs.finished, 1u);
  EXPECT_EQ(summary.jobs.rejected, 1u);
  EXPECT_EQ(summary.jobs.killed, 1u);
  EXPECT_EQ(summary.jobs.failed, 1u);
  EXPECT_EQ(summary.jobs.preemptions, 3u);
  // One has a row; four have arrived and have none yet.
  EXPECT_EQ(summary.jobs.submitted, 9u);
  EXPECT_EQ(summary.jobs.unfinished, 5u);
}

TEST(SummaryBuilderTest, JobsThatNeverStartedGiveLowerBoundsOfWaits) {
  RunCounters counters;
  counters.now = SimTime::FromSeconds(100);
  JobRow running = Other(JobOutcome::kUnfinished, 0);
  running.start_ns = 5 * kSecond;
  const Summary summary =
      Summarised({Other(JobOutcome::kUnfinished, 40), Other(JobOutcome::kUnfinished, 80), running},
                 {}, counters);
  EXPECT_EQ(summary.jobs.unfinished, 3u);
  EXPECT_EQ(summary.wait_s.count, 0u);
  EXPECT_EQ(summary.unfinished_wait_s.count, 2u);
  EXPECT_DOUBLE_EQ(summary.unfinished_wait_s.mean, 40);
  EXPECT_DOUBLE_EQ(summary.unfinished_wait_s.max, 60);
}

TEST(SummaryBuilderTest, GpuTimeIsUsefulPlusLostPlusOverheadToTheNanosecond) {
  // Two replicas of three GPUs at 50%... of one: 0.5 GPU each.
  JobRow row = Finished(0, 0, 100);
  row.replicas = 4;
  row.gpus = 2;
  row.allocated_ns = 100 * kSecond + 7;
  row.useful_ns = 60 * kSecond + 1;
  row.lost_ns = 30 * kSecond + 2;
  row.end_ns = row.start_ns + row.allocated_ns;
  SummaryBuilder builder({});
  builder.Add(row);
  const JobTotals totals = builder.totals();
  EXPECT_EQ(static_cast<int64_t>(totals.gpu_allocated), 8'000 * (100 * kSecond + 7));
  EXPECT_EQ(static_cast<int64_t>(totals.gpu_useful), 8'000 * (60 * kSecond + 1));
  EXPECT_EQ(static_cast<int64_t>(totals.gpu_lost), 8'000 * (30 * kSecond + 2));
  const Summary summary = builder.Approximate({}, {});
  EXPECT_DOUBLE_EQ(summary.gpu_hours.overhead, 8 * (10 + 4e-9) / 3600);
}

TEST(SummaryBuilderTest, UtilisationIsAllocatedOverPresentCapacity) {
  JobRow row = Finished(0, 0, 100);
  row.gpu_milli = 500;
  row.cpu_milli = 4000;
  row.memory_mib = 512;
  RunCounters counters;
  counters.gpu_milli_ns = __int128{1000} * 200 * kSecond;   // one GPU for 200 s
  counters.cpu_milli_ns = __int128{16000} * 100 * kSecond;  // 16 cores for 100 s
  const Summary summary = Summarised({row}, {}, counters);
  EXPECT_DOUBLE_EQ(summary.utilisation.gpu, 0.25);
  EXPECT_DOUBLE_EQ(summary.utilisation.cpu, 0.25);
  EXPECT_TRUE(std::isnan(summary.utilisation.memory));  // no memory was ever present
}

TEST(SummaryBuilderTest, TimeSeriesAreAveragedOverTime) {
  SummaryBuilder builder({});
  SampleRow sample;
  const double ratios[][2] = {{0, 0.0}, {10, 1.0}, {40, 1.0}};
  for (const auto& [time, ratio] : ratios) {
    sample.time = time;
    sample.gpu_allocation_ratio = ratio;
    builder.Add(sample);
  }
  const Summary summary = builder.Approximate({}, {});
  EXPECT_DOUBLE_EQ(summary.allocation_ratio.mean, (5 + 30) / 40.0);
  EXPECT_DOUBLE_EQ(summary.allocation_ratio.max, 1);
  EXPECT_DOUBLE_EQ(summary.fragmentation.mean, 0);
}

TEST(SummaryBuilderTest, FairnessIsOfGpuHoursAndOfThePaceOfEachUser) {
  JobRow quick = Finished(0, 0, 100);  // pace 1
  quick.user = 3;
  JobRow slow = Finished(0, 100, 100);  // pace 1/2
  slow.user = 7;
  slow.gpus = 3;
  const Summary summary = Summarised({quick, slow});
  EXPECT_EQ(summary.per_user.users, 2u);
  EXPECT_DOUBLE_EQ(summary.per_user.jain_gpu_hours, 16.0 / (2 * 10));
  EXPECT_DOUBLE_EQ(summary.per_user.jain_pace, 2.25 / (2 * 1.25));
}

TEST(SummaryBuilderTest, EachClassHasItsOwnFigures) {
  JobRow training = Finished(0, 10, 10);
  JobRow rendering = Finished(0, 30, 10);
  rendering.job_class = static_cast<uint8_t>(JobClass::kRendering);
  const Summary summary = Summarised({training, rendering, rendering});
  ASSERT_EQ(summary.per_class.size(), 2u);
  EXPECT_EQ(summary.per_class[0].name, "batch_training");
  EXPECT_DOUBLE_EQ(summary.per_class[0].wait_s.mean, 10);
  EXPECT_EQ(summary.per_class[1].name, "rendering");
  EXPECT_EQ(summary.per_class[1].jobs.finished, 2u);
  EXPECT_DOUBLE_EQ(summary.per_class[1].wait_s.p99, 30);
}

TEST(SummaryBuilderTest, ExactQuantilesAreThoseOfSortedValues) {
  std::vector<JobRow> rows;
  std::vector<double> waits, slowdowns;
  for (uint32_t job = 0; job < 30'000; ++job) {
    rows.push_back(SampleJob(job));
    const JobRow& row = rows.back();
    waits.push_back(static_cast<double>(row.start_ns - row.submit_ns) / 1e9);
    slowdowns.push_back(static_cast<double>(row.end_ns - row.submit_ns) /
                        static_cast<double>(row.useful_ns));
  }
  std::sort(waits.begin(), waits.end());
  std::sort(slowdowns.begin(), slowdowns.end());
  const auto at = [](const std::vector<double>& values, double q) {
    const QuantileRanks ranks = RanksOf(q, values.size());
    return Interpolate(values[ranks.lower], values[ranks.upper], ranks.fraction);
  };
  const Summary exact = Summarised(rows);
  EXPECT_NEAR(exact.wait_s.p90, at(waits, 0.9), 1e-12 * at(waits, 0.9));
  EXPECT_NEAR(exact.wait_s.p99, at(waits, 0.99), 1e-12 * at(waits, 0.99));
  EXPECT_NEAR(exact.slowdown.p50, at(slowdowns, 0.5), 1e-12 * at(slowdowns, 0.5));
  EXPECT_NEAR(exact.slowdown.p95, at(slowdowns, 0.95), 1e-12 * at(slowdowns, 0.95));

  SummaryBuilder builder({});
  for (const JobRow& row : rows) builder.Add(row);
  const Summary rough = builder.Approximate({}, {});
  EXPECT_FALSE(rough.measured.exact_quantiles);
  const double bound = rough.measured.quantile_relative_error;
  EXPECT_NEAR(rough.wait_s.p99, exact.wait_s.p99, bound * exact.wait_s.p99);
  EXPECT_NEAR(rough.slowdown.p99, exact.slowdown.p99, bound * exact.slowdown.p99);
  EXPECT_EQ(rough.wait_s.mean, exact.wait_s.mean);
  EXPECT_EQ(rough.slowdown.max, exact.slowdown.max);
}

TEST(SummaryBuilderTest, MeanOfLongTimesIsExact) {
  // The doubles of these nanoseconds are rounded; their sum must not be.
  std::vector<JobRow> rows(3, Finished(0, 0, 1));
  for (JobRow& row : rows) {
    row.start_ns = (int64_t{1} << 60) + 1;
    row.end_ns = row.start_ns + kSecond;
  }
  SummaryBuilder builder({});
  for (const JobRow& row : rows) builder.Add(row);
  EXPECT_EQ(builder.Approximate({}, {}).wait_s.mean,
            static_cast<double>((int64_t{1} << 60) + 1) / 1e9);
}

TEST(SummaryBuilderTest, EmptyRunHasCountsAndNoFigures) {
  const Summary summary = Summarised({});
  EXPECT_EQ(summary.jobs.submitted, 0u);
  EXPECT_TRUE(std::isnan(summary.wait_s.mean));
  EXPECT_TRUE(std::isnan(summary.makespan_s));
  EXPECT_TRUE(std::isnan(summary.per_user.jain_pace));
  EXPECT_TRUE(summary.per_class.empty());
}

TEST(SummaryBuilderTest, NamesWhatContradictsItselfInARow) {
  EXPECT_EQ(SummaryBuilder::FaultOf(Finished(1, 2, 3)), "");
  JobRow early = Finished(10, 2, 3);
  early.start_ns = 4;
  EXPECT_EQ(SummaryBuilder::FaultOf(early), "start_ns 4 is before submit_ns 10000000000");
  JobRow alien = Finished(1, 2, 3);
  alien.job_class = 200;
  EXPECT_EQ(SummaryBuilder::FaultOf(alien), "job_class is 200");
  JobRow endless = Finished(1, 2, 3);
  endless.end_ns = -1;
  EXPECT_EQ(SummaryBuilder::FaultOf(endless), "finished, but start_ns is 3000000000 and end_ns -1");
  JobRow greedy = Finished(1, 2, 3);
  greedy.lost_ns = 1;
  EXPECT_EQ(SummaryBuilder::FaultOf(greedy),
            "allocated_ns 3000000000 is less than useful_ns 3000000000 + lost_ns 1");
}

TEST(SummaryBuilderDeathTest, RefusesAFinishedJobThatEndsBeforeItStarts) {
  JobRow row = Finished(10, 0, 5);
  row.end_ns = 3;
  SummaryBuilder builder({});
  EXPECT_DEATH(builder.Add(row), "invariant broken: .*row.start_ns <= row.end_ns");
}

}  // namespace
}  // namespace orrery::results
