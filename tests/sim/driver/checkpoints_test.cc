// What saving a job's state costs, by time and by size, and how often it is best done.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "models/failure/checkpoint.h"
#include "sim/driver/saving.h"
#include "tests/sim/driver/play.h"
#include "tests/testing/worlds.h"

namespace orrery {
namespace {

using failure::FullFailures;
using failure::SaveCost;
using scenario::Checkpoints;
using scenario::Scenario;
using testing::Play;
using testing::Played;
using testing::Work;
using workload::DataParams;

constexpr double kGb = 1e9;

// So many failures an hour of a job's own for each of its GPUs, and nothing else.
FullFailures OfJobs(double rate) {
  FullFailures full;
  full.gpu_mtbf = Duration::Hours(24 * 36'500);
  full.region_outage.mtbf = Duration::Max();
  full.gpu_error_mtbf = Duration::Max();
  full.job_rate_per_gpu_h = rate;
  return full;
}

// --- The time of a save.

TEST(SaveTimeTest, TheNodeWithMostWritesLongest) {
  const SaveCost cost{.fixed = Duration::Seconds(10), .bandwidth_gbs = 0.5f, .bytes_per_gpu = 0};
  EXPECT_EQ(failure::SaveTime(cost, 96 * kGb, 1), Duration::Seconds(10 + 192));
  EXPECT_EQ(failure::SaveTime(cost, 96 * kGb, 0.25), Duration::Seconds(10 + 48));
  EXPECT_EQ(failure::SaveTime(cost, 0, 1), Duration::Seconds(10));
}

TEST(SaveTimeTest, WithoutABandwidthTheSizeCostsNothing) {
  EXPECT_EQ(failure::SaveTime({.fixed = Duration::Seconds(10)}, 96 * kGb, 1),
            Duration::Seconds(10));
}

TEST(SaveTimeTest, ItEndsWithinACentury) {
  const SaveCost cost{.fixed = Duration(), .bandwidth_gbs = 0.001f, .bytes_per_gpu = 0};
  EXPECT_EQ(failure::SaveTime(cost, 1e30, 1), Duration::Hours(24 * 36'500));
}

// BLOOM-176B: 2.3 TB from 384 GPUs on 48 nodes. At 1 GB/s a node that is 48 s.
TEST(SaveTimeTest, TheDefaultSizeIsThatOfBloom) {
  const SaveCost cost{.fixed = Duration(), .bandwidth_gbs = 1};
  EXPECT_EQ(failure::SaveTime(cost, 384 * cost.bytes_per_gpu, 1.0 / 48), Duration::Seconds(48));
  EXPECT_NEAR(384 * cost.bytes_per_gpu, 2.3e12, 0.01e12);
}

// --- Runs without failures: work, five saves, none at the end.

// Seconds that a job of an hour, saved every ten minutes, runs for.
double RunOf(const Checkpoints& checkpoints, Work work, std::vector<DataParams> data = {}) {
  Scenario scenario = testing::MakeScenario({{.nodes = 2, .gpus = 8}});
  scenario.checkpoints = checkpoints;
  work.run = 3600;
  work.checkpoint = 600;
  const Played played = Play(scenario, {work}, std::move(data));
  EXPECT_EQ(played.row(0).useful_ns, 3'600'000'000'000);
  EXPECT_EQ(played.row(0).lost_ns, 0) << "saving is overhead";
  return static_cast<double>(played.row(0).allocated_ns) / 1e9;
}

TEST(CheckpointsTest, SavingIsOverhead) {
  EXPECT_EQ(RunOf({}, {}), 3600);
  EXPECT_EQ(RunOf({.cost = {.fixed = Duration::Seconds(60)}}, {}), 3600 + 5 * 60);
  const Checkpoints sized{.cost = {.fixed = Duration::Seconds(60), .bandwidth_gbs = 0.25f}};
  EXPECT_EQ(RunOf(sized, {.job_class = JobClass::kBatchInference}), 3600) << "results are kept";
}

// 6 GB a GPU at 0.25 GB/s: 24 s for each GPU on the node with most, and 10 s.
TEST(CheckpointsTest, LargerJobsSaveForLonger) {
  const Checkpoints checkpoints{.cost = {.fixed = Duration::Seconds(10), .bandwidth_gbs = 0.25f}};
  EXPECT_EQ(RunOf(checkpoints, {.gpus = 1}), 3600 + 5 * (10 + 24));
  EXPECT_EQ(RunOf(checkpoints, {.gpus = 8}), 3600 + 5 * (10 + 8 * 24));
  EXPECT_EQ(RunOf(checkpoints, {.gpus = 1, .gpu_milli = 500}), 3600 + 5 * (10 + 12));
  EXPECT_EQ(RunOf(checkpoints, {.gpus = 0}), 3600 + 5 * 10);
  EXPECT_EQ(RunOf(checkpoints, {.gpus = 2, .replicas = 4}), 3600 + 5 * (10 + 8 * 24)) << "one node";
  EXPECT_EQ(RunOf(checkpoints, {.gpus = 8, .replicas = 2}), 3600 + 5 * (10 + 8 * 24)) << "two";
  // Two replicas on one node, the third on the other.
  EXPECT_EQ(RunOf(checkpoints, {.gpus = 3, .replicas = 3}), 3600 + 5 * (10 + 6 * 24));
}

TEST(CheckpointsTest, AJobsOwnSizeComesFirst) {
  const Checkpoints checkpoints{.cost = {.fixed = Duration::Seconds(10), .bandwidth_gbs = 0.25f}};
  DataParams own, unsaid;
  own.checkpoint = 10 * kGb;
  const std::vector<DataParams> data = {own, unsaid};
  EXPECT_EQ(RunOf(checkpoints, {.gpus = 8, .data = 1}, data), 3600 + 5 * (10 + 40));
  EXPECT_EQ(RunOf(checkpoints, {.gpus = 8, .replicas = 2, .data = 1}, data), 3600 + 5 * (10 + 20));
  EXPECT_EQ(RunOf(checkpoints, {.gpus = 8, .data = 2}, data), 3600 + 5 * (10 + 8 * 24));
}

// --- Young's and Daly's interval.

struct Planned {
  Duration cost, interval;
  bool operator==(const Planned&) const = default;
};

policies::NodeGrant On(uint32_t node, uint32_t replicas = 1) {
  policies::NodeGrant grant;
  grant.node = NodeId(node);
  grant.replicas = replicas;
  return grant;
}

// What an attempt of this job on these nodes does. 90 s of saving a GPU, 80 h between failures of a
// GPU.
Planned PlanOf(uint16_t gpus, const std::vector<policies::NodeGrant>& grants, uint16_t own = 0) {
  workload::DataTable data;
  DataParams of_own;
  of_own.checkpoint = 2.5 * kGb;
  data.Add("own", of_own);
  FullFailures failures = OfJobs(0);
  failures.gpu_mtbf = Duration::Hours(80);
  const driver::Saving saving({.interval = Checkpoints::Interval::kYoungDaly,
                               .cost = {.bandwidth_gbs = 0.125f, .bytes_per_gpu = 11.25 * kGb}},
                              failures, &data);
  uint32_t replicas = 0;
  for (const policies::NodeGrant& grant : grants) replicas += grant.replicas;
  driver::Attempt attempt;
  attempt.job = testing::MakeJob(0, 3600, gpus, replicas);
  attempt.job.data = own;
  // An attempt elsewhere comes first, and leaves nothing behind.
  const std::vector<policies::NodeGrant> other = {On(7, replicas)};
  saving.Plan(other, &attempt);
  saving.Plan(grants, &attempt);
  return {attempt.save_cost, attempt.job.checkpoint_interval};
}

// δ = 720 s, M = 10 h: √(2δM) = 7200 s, δ/2M = 1/100, and 7200 (1 + 1/30 + 1/900) − 720.
// δ = 180 s, M = 40 h: √(2δM) = 7200 s, δ/2M = 1/1600, and 7200 (1 + 1/120 + 1/14400) − 180.
TEST(YoungDalyTest, JobsOfDifferentSizesHaveTheirOwnIntervals) {
  EXPECT_EQ(PlanOf(8, {On(0)}), (Planned{Duration::Seconds(720), Duration::Seconds(6728)}));
  EXPECT_EQ(PlanOf(2, {On(0)}), (Planned{Duration::Seconds(180), Duration::Millis(7'080'500)}));
}

// δ = 2.5 GB / 0.125 GB/s = 20 s, M = 10 h: √(2δM) = 1200 s, δ/2M = 1/3600, and
// 1200 (1 + 1/180 + 1/32400) − 20.
TEST(YoungDalyTest, AJobsOwnSizeGivesItsInterval) {
  const Planned own = PlanOf(8, {On(0)}, 1);
  EXPECT_EQ(own.cost, Duration::Seconds(20));
  EXPECT_NEAR(own.interval.seconds(), 1180 + 1200 / 180.0 + 1200 / 32'400.0, 1e-6);
}

// Two replicas of four GPUs: on one node δ = 720 s, on two 360 s, where √(2δM) = 5091.17 s,
// δ/2M = 1/200, and 5091.17 (1 + 1/(3 √200) + 1/1800) − 360.
TEST(YoungDalyTest, NodesWriteTogether) {
  EXPECT_EQ(PlanOf(4, {On(0), On(0)}), PlanOf(8, {On(0)}));
  const Planned apart = PlanOf(4, {On(0), On(1)});
  EXPECT_EQ(apart.cost, Duration::Seconds(360));
  EXPECT_NEAR(apart.interval.seconds(), 4854.0, 0.01);
}

// --- Mean run times under failures.

// Segments of work W, each followed by a checkpoint but for the last, and failures with mean M
// apart: M (e^((W + δ) / M) − 1) for each (J. T. Daly, FGCS 22, 2006, equation 20, with a restart
// that takes no time).
double ExpectedRunTime(double interval, double cost, double mtbf) {
  constexpr double kWork = 360'000;
  const double whole = std::ceil(kWork / interval) - 1;
  const double last = kWork - whole * interval;
  return mtbf * (whole * std::expm1((interval + cost) / mtbf) + std::expm1(last / mtbf));
}

// Of jobs of 100 h with so many GPUs, each of which fails every 80 h.
double MeanRunTime(const Checkpoints& checkpoints, uint16_t gpus, double interval = 1200) {
  Scenario scenario = testing::MakeScenario({{.nodes = 100, .gpus = 8}});
  scenario.scheduler.retries = UINT32_MAX;
  scenario.failures.level = OfJobs(1.0 / 80);
  scenario.checkpoints = checkpoints;
  double sum = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    scenario.seed = seed;
    const std::vector<Work> works(100, {.run = 360'000, .gpus = gpus, .checkpoint = interval});
    sum += Play(scenario, works).ran.summary.jct_s.mean;
  }
  return sum / 20;
}

constexpr double kTenHours = 36'000;

TEST(CheckpointsTest, RunTimeIsYoungsAndDalys) {
  const Checkpoints fixed{.cost = {.fixed = Duration::Seconds(300)}};
  for (const double interval : {1200.0, 7200.0}) {
    const double theory = ExpectedRunTime(interval, 300, kTenHours);
    EXPECT_NEAR(MeanRunTime(fixed, 8, interval) / theory, 1, 0.02) << interval;
  }
  const Checkpoints best{.interval = Checkpoints::Interval::kYoungDaly, .cost = fixed.cost};
  const double interval =
      failure::YoungDalyInterval(Duration::Seconds(300), Duration::Hours(10)).seconds();
  const double theory = ExpectedRunTime(interval, 300, kTenHours);
  EXPECT_NEAR(MeanRunTime(best, 8) / theory, 1, 0.02);
  EXPECT_LT(theory, ExpectedRunTime(interval / 1.2, 300, kTenHours));
  EXPECT_LT(theory, ExpectedRunTime(interval * 1.2, 300, kTenHours));
}

// 7.5 GB a GPU at 0.25 GB/s, and 60 s: jobs of eight GPUs save for 300 s and fail every 10 h, jobs
// of two save for 120 s and fail every 40 h. Each has its own best interval.
TEST(CheckpointsTest, RunTimeIsYoungsAndDalysForEachSize) {
  const Checkpoints best{
      .interval = Checkpoints::Interval::kYoungDaly,
      .cost = {.fixed = Duration::Seconds(60), .bandwidth_gbs = 0.25f, .bytes_per_gpu = 7.5 * kGb}};
  for (const uint16_t gpus : {uint16_t{8}, uint16_t{2}}) {
    const double cost = 60 + 30 * gpus, mtbf = kTenHours * 8 / gpus;
    const double interval =
        failure::YoungDalyInterval(Duration::FromSeconds(cost), Duration::FromSeconds(mtbf))
            .seconds();
    const double ratio = MeanRunTime(best, gpus) / ExpectedRunTime(interval, cost, mtbf);
    RecordProperty("ratio_" + std::to_string(gpus), std::to_string(ratio));
    EXPECT_NEAR(ratio, 1, 0.02) << gpus;
  }
}

}  // namespace
}  // namespace orrery
