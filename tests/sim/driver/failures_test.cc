// Nodes that fail: what is lost, when it is noticed, and what becomes of the jobs.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

#include "tests/sim/driver/failing.h"
#include "tests/sim/driver/play.h"

namespace orrery {
namespace {

using failure::FullFailures;
using failure::SimpleFailures;
using results::AttemptEnd;
using scenario::Scenario;
using testing::ExpectAboveZero;
using testing::ExpectAvailability;
using testing::ExpectTheory;
using testing::Failing;
using testing::IntervalOf;
using testing::Play;
using testing::Played;
using testing::Sound;
using testing::Work;

constexpr int64_t kMinute = 60'000'000'000;

TEST(FailuresTest, AvailabilityIsTheOnOffProcesss) {
  ExpectAvailability(Failing(400, 1, Duration::Hours(20), Duration::Hours(5)), 0.8);
}

TEST(FailuresTest, AvailabilityWithWeibullAndLogNormalTimesIsTheSame) {
  Scenario scenario = Failing(400, 4, Duration(), Duration());
  FullFailures full;
  full.gpu_mtbf = Duration::Hours(80);
  full.repair_median = Duration::Hours(5);
  full.repair_sigma = 0.8;
  full.region_outage.mtbf = Duration::Max();
  scenario.failures.level = full;
  ExpectAvailability(scenario, 20 / (20 + 5 * std::exp(0.32)));
}

// One job on one node that fails now and then: what each attempt kept and lost, by hand.
TEST(FailuresTest, WorkSinceTheLastCheckpointIsLostAndTimeUntilTheCheckToo) {
  Scenario scenario = Failing(1, 1, Duration::Hours(3), Duration::Minutes(30));
  scenario.fleet[0].nodes.ask.median = UsdPerHour::FromDollars(1);
  const Played played = Play(scenario, {Work{.run = 36'000, .checkpoint = 600}});
  const results::JobRow& row = played.row(0);
  EXPECT_EQ(row.outcome, results::JobOutcome::kFinished);
  EXPECT_EQ(row.useful_ns, 36'000'000'000'000);
  ASSERT_GT(played.ran.attempts.size(), 2u);
  int64_t lost = 0, paid_ns = 0;
  for (const results::AttemptRow& attempt : played.ran.attempts) {
    const bool died = attempt.died_ns >= 0;
    EXPECT_EQ(died, attempt.end != AttemptEnd::kFinished);
    paid_ns += (died ? attempt.died_ns : attempt.end_ns) - attempt.start_ns;
    if (!died) continue;
    EXPECT_GE(attempt.end_ns, attempt.died_ns);
    EXPECT_LE(attempt.end_ns - attempt.died_ns, kMinute) << "noticed at the next check";
    lost += attempt.end_ns - attempt.died_ns;
    // Each attempt begins at a multiple of the interval.
    if (attempt.run_ns >= 0) lost += (attempt.died_ns - attempt.run_ns) % (10 * kMinute);
  }
  EXPECT_EQ(row.lost_ns, lost);
  EXPECT_EQ(row.allocated_ns, row.useful_ns + row.lost_ns);
  EXPECT_NEAR(static_cast<double>(row.cost_usd_micro), static_cast<double>(paid_ns) / 3.6e6,
              static_cast<double>(played.ran.attempts.size()));
}

TEST(FailuresTest, ASessionThatIsCutShortIsNotServedInTime) {
  const Scenario scenario = Failing(40, 1, Duration::Hours(6), Duration::Minutes(30));
  const Work session{.run = 4 * 3600, .deadline = 28 * 3600, .job_class = JobClass::kInteractive};
  const Played played = Play(scenario, std::vector<Work>(40, session));
  std::map<uint32_t, int> ran;
  for (const results::AttemptRow& attempt : played.ran.attempts) {
    ran[attempt.job] += attempt.run_ns >= 0;
  }
  int cut = 0;
  for (uint32_t job = 0; job < 40; ++job) {
    EXPECT_EQ(played.row(job).outcome, results::JobOutcome::kFinished);
    EXPECT_EQ(played.row(job).slo, ran[job] > 1 ? results::Slo::kMissed : results::Slo::kMet);
    cut += ran[job] > 1;
  }
  EXPECT_GT(cut, 5);
  EXPECT_LT(cut, 35);
}

TEST(FailuresTest, AnOracleNoticesAtOnce) {
  Scenario scenario = Failing(4, 1, Duration::Hours(3), Duration::Minutes(30));
  scenario.scheduler.oracle = true;
  const Played played = Play(scenario, std::vector<Work>(8, {.run = 36'000, .checkpoint = 600}));
  EXPECT_GT(played.ran.summary.failures.attempts_lost, 0u);
  EXPECT_EQ(played.ran.summary.failures.failed_starts, 0u);
  EXPECT_EQ(played.ran.summary.failures.mean_detection_s, 0);
  EXPECT_EQ(played.ran.summary.failures.gpu_hours_unnoticed, 0);
}

// Checks come at a fixed period, so that on average half of it passes.
TEST(FailuresTest, DetectionTakesHalfAPeriodOnAverage) {
  Scenario scenario = Failing(500, 1, Duration::Hours(10), Duration::Hours(2));
  scenario.horizon = Duration::Hours(240);
  scenario.detection.health_check = Duration::Minutes(4);
  const results::Summary summary = testing::RunSummary(scenario, std::vector<workload::Job>());
  EXPECT_NEAR(summary.failures.mean_detection_s, 120, 3);
}

// A start on a node that is down, but not noticed yet, is legal and fails at the check.
TEST(FailuresTest, StartsOnDeadNodesFailLater) {
  Scenario scenario = Failing(3, 1, Duration::Hours(1), Duration::Hours(1));
  scenario.detection.health_check = Duration::Minutes(20);
  std::vector<Work> works;
  for (int i = 0; i < 200; ++i) works.push_back({.submit = 60.0 * i, .run = 10});
  const Played played = Play(scenario, works);
  uint64_t failed = 0;
  for (const results::AttemptRow& attempt : played.ran.attempts) {
    if (attempt.end != AttemptEnd::kStartFailed) continue;
    ++failed;
    EXPECT_EQ(attempt.run_ns, -1);
    EXPECT_GE(attempt.died_ns, attempt.start_ns);
  }
  EXPECT_GT(failed, 0u);
  EXPECT_EQ(played.ran.summary.failures.failed_starts, failed);
  EXPECT_EQ(played.ran.summary.jobs.finished, works.size());
}

TEST(FailuresTest, AGangDiesAsAWhole) {
  const Scenario scenario = Failing(4, 1, Duration::Hours(20), Duration::Minutes(30));
  const Played played = Play(scenario, {Work{.run = 36'000, .replicas = 4, .checkpoint = 600}});
  std::vector<results::AttemptRow> first;
  for (const results::AttemptRow& row : played.ran.attempts) {
    if (row.attempt == 0) first.push_back(row);
  }
  ASSERT_EQ(first.size(), 4u);
  ASSERT_EQ(first[0].end, AttemptEnd::kFailed);
  for (const results::AttemptRow& row : first) EXPECT_EQ(row.died_ns, first[0].died_ns);
  EXPECT_EQ(played.row(0).useful_ns, 36'000'000'000'000);
}

TEST(FailuresTest, AJobIsGivenUpAfterItsRetries) {
  Scenario scenario = Failing(1, 1, Duration::Minutes(30), Duration::Minutes(5));
  scenario.scheduler.retries = 3;
  const Played played = Play(scenario, {Work{.run = 360'000, .checkpoint = 3600}});
  EXPECT_EQ(played.row(0).outcome, results::JobOutcome::kFailed);
  EXPECT_EQ(played.row(0).attempts, 4);
  EXPECT_EQ(played.ran.summary.jobs.failed, 1u);
}

// With `full`, jobs fail by themselves: λ GPUs an hour, and the node stays.
TEST(FailuresTest, JobsFailByThemselvesAtTheirRate) {
  Scenario scenario = Failing(50, 8, Duration(), Duration());
  FullFailures full;
  full.gpu_mtbf = Duration::Hours(24 * 36'500);
  full.region_outage.mtbf = Duration::Max();
  full.job_rate_per_gpu_h = 0.01;
  scenario.failures.level = full;
  const Played played =
      Play(scenario, std::vector<Work>(50, {.run = 360'000, .gpus = 8, .checkpoint = 60}));
  // 50 × 8 GPUs × 100 h × 0.01 failures: 400 ± 20, and what is redone adds a little.
  EXPECT_NEAR(static_cast<double>(played.ran.summary.failures.job_failures), 400, 60);
  EXPECT_EQ(played.ran.summary.failures.attempts_lost, 0u);
  EXPECT_EQ(played.ran.summary.failures.gpu_hours_unnoticed, 0);
}

TEST(FailuresTest, ARegionGoesAsAWhole) {
  Scenario scenario = Failing(10, 1, Duration(), Duration());
  FullFailures full;
  full.gpu_mtbf = Duration::Hours(24 * 36'500);
  full.job_rate_per_gpu_h = 0;
  full.region_outage.mtbf = Duration::Hours(10);
  full.region_outage.median = Duration::Hours(1);
  scenario.failures.level = full;
  scenario.horizon = Duration::Hours(100);
  const Played played = Play(scenario, std::vector<Work>(10, {.run = 720'000, .checkpoint = 60}));
  const results::Summary::Failures& failures = played.ran.summary.failures;
  EXPECT_GT(failures.region_outages, 2u);
  EXPECT_EQ(failures.nodes, 0u);
  EXPECT_GE(failures.attempts_lost + failures.failed_starts, 10 * (failures.region_outages - 1));
}

// Two owners of ten nodes and one of a single node, which has no outages of its own.
TEST(FailuresTest, AProviderGoesAsAWhole) {
  Scenario scenario = testing::MakeScenario({{.nodes = 20}, {.nodes = 1}});
  scenario.fleet[0].nodes.nodes_per_owner = 10;
  FullFailures full = Sound();
  full.provider_outage = {Duration::Hours(50), Duration::Hours(1), 0.5};
  scenario.failures.level = full;
  scenario.horizon = Duration::Hours(200);
  const Played played = Play(scenario, std::vector<Work>(21, {.run = 720'000, .checkpoint = 60}));
  EXPECT_GT(played.ran.summary.failures.provider_outages, 2u);
  EXPECT_EQ(played.ran.summary.failures.region_outages, 0u);
  std::map<int64_t, std::vector<uint32_t>> gone;
  for (const results::NodeEventRow& row : played.ran.node_events) {
    if (row.kind == results::NodeEventKind::kFailed) gone[row.time_ns].push_back(row.node);
  }
  ASSERT_EQ(gone.size(), played.ran.summary.failures.provider_outages);
  for (const auto& [time, nodes] : gone) {
    ASSERT_EQ(nodes.size(), 10u) << time;
    for (uint32_t node : nodes) EXPECT_EQ(node / 10, nodes.front() / 10);
  }
}

// 50 × 8 GPUs × 100 h, an error of each GPU once in 100 h: 400 ± 20. The node stays.
TEST(FailuresTest, GpusErrAtTheirRateAndStay) {
  Scenario scenario = Failing(50, 8, Duration(), Duration());
  FullFailures full = Sound();
  full.gpu_error_mtbf = Duration::Hours(100);
  scenario.failures.level = full;
  const Played played =
      Play(scenario, std::vector<Work>(50, {.run = 360'000, .gpus = 8, .checkpoint = 60}));
  const results::Summary::Failures& failures = played.ran.summary.failures;
  EXPECT_NEAR(static_cast<double>(failures.gpu_errors), 400, 60);
  EXPECT_EQ(failures.job_failures, 0u);
  EXPECT_EQ(failures.attempts_lost, 0u);
  EXPECT_EQ(failures.availability, 1);
  EXPECT_TRUE(played.ran.node_events.empty());
}

// Four jobs share the two GPUs of a node, two on each: an error ends two of them at once.
TEST(FailuresTest, AnErrorOfAGpuEndsAllWhoShareIt) {
  Scenario scenario = Failing(1, 2, Duration(), Duration());
  FullFailures full = Sound();
  full.gpu_error_mtbf = Duration::Hours(20);
  scenario.failures.level = full;
  scenario.horizon = Duration::Hours(200);
  const Played played =
      Play(scenario, std::vector<Work>(4, {.run = 1e6, .gpu_milli = 500, .checkpoint = 60}));
  std::map<int64_t, std::vector<uint16_t>> ended;
  for (const results::AttemptRow& row : played.ran.attempts) {
    if (row.end == AttemptEnd::kFailed) ended[row.end_ns].push_back(row.gpu_mask);
  }
  EXPECT_GT(ended.size(), 5u);
  for (const auto& [time, masks] : ended) {
    ASSERT_EQ(masks.size(), 2u) << time;
    EXPECT_EQ(masks[0], masks[1]);
  }
  EXPECT_EQ(played.ran.summary.failures.gpu_errors, 2 * ended.size());
}

// M/G/1 with breakdowns at rate f while up, busy or not, and repairs R; service goes on where it
// stopped (B. Avi-Itzhak, P. Naor, "Some queueing problems with the service station subject to
// breakdown", Operations Research 11(3), 1963, model A). A service takes the completion time C,
// with E[C] = E[S] (1 + f E[R]) and E[C²] = E[S²] (1 + f E[R])² + E[S] f E[R²]; repairs that begin
// while nobody is served are vacations:
//   E[T] = E[C] + λ E[C²] / (2 (1 − λ E[C])) + f E[R²] / (2 (1 + f E[R])).
double BreakdownMeanJct(double arrival, double mean, double second, double fail, double repair) {
  const double stretch = 1 + fail * repair;
  const double repair2 = 2 * repair * repair;  // exponential
  const double c1 = mean * stretch;
  const double c2 = second * stretch * stretch + mean * fail * repair2;
  return c1 + arrival * c2 / (2 * (1 - arrival * c1)) + fail * repair2 / (2 * stretch);
}

TEST(FailuresTest, QueueWithBreakdownsIsAviItzhaksAndNaors) {
  Scenario scenario = Failing(1, 1, Duration::Seconds(40), Duration::Seconds(10));
  scenario.scheduler.oracle = true;  // the queue of theory knows at once
  workload::GeneratorParams jobs;
  constexpr double kArrival = 0.05, kMean = 8;
  jobs.arrivals.rate_per_h = kArrival * 3600;
  jobs.max_arrivals = 60'000;
  workload::Population population;
  population.duration = workload::Distribution{.law = workload::Exponential{kMean}};
  auto training = std::get<workload::BatchTrainingParams>(population.job_class);
  training.checkpoint_interval = Duration();  // a breakdown loses nothing
  population.job_class = training;
  jobs.populations = {population};
  scenario::WorkloadSource source;
  source.name = "jobs";
  source.source = jobs;
  scenario.workload.push_back(source);
  scenario.warm_up = Duration::Seconds(120'000);
  std::vector<double> values;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    scenario.seed = seed;
    values.push_back(testing::RunSummary(scenario).jct_s.mean);
  }
  const double theory = BreakdownMeanJct(kArrival, kMean, 2 * kMean * kMean, 1.0 / 40, 10);
  ExpectTheory(IntervalOf(values), theory, 0.02);
}

// Ablation: `full` against `off` loses GPU-hours, by more than the interval.
TEST(FailuresTest, FullLosesMoreGpuHoursThanOff) {
  Scenario scenario = testing::MakeScenario({{.nodes = 60, .gpus = 8}});
  scenario.horizon = Duration::Hours(24 * 60);
  const std::vector<Work> works(60, {.run = 24 * 3600 * 20.0, .gpus = 8, .checkpoint = 1800});
  std::vector<double> lost;
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    scenario.seed = seed;
    scenario.failures.level = failure::NoFailures();
    EXPECT_EQ(Play(scenario, works).ran.summary.gpu_hours.lost, 0);
    scenario.failures.level = FullFailures();
    lost.push_back(Play(scenario, works).ran.summary.gpu_hours.lost);
  }
  ExpectAboveZero(lost, "gpu_h");
}

}  // namespace
}  // namespace orrery
