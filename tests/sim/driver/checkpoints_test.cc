// Checkpoints: what saving costs, and what it saves where jobs fail.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "models/failure/checkpoint.h"
#include "tests/sim/driver/failing.h"
#include "tests/sim/driver/play.h"

namespace orrery {
namespace {

using failure::FullFailures;
using scenario::Scenario;
using testing::Failing;
using testing::Play;
using testing::Played;
using testing::Work;

// Segments of work W, each followed by a checkpoint but for the last, and failures with mean M
// apart: M (e^((W + δ) / M) − 1) for each (J. T. Daly, FGCS 22, 2006, equation 20, with a restart
// that takes no time).
double ExpectedRunTime(double work, double interval, double cost, double mtbf) {
  const double whole = std::ceil(work / interval) - 1;
  const double last = work - whole * interval;
  return mtbf * (whole * std::expm1((interval + cost) / mtbf) + std::expm1(last / mtbf));
}

double MeanRunTime(scenario::Checkpoints checkpoints, double interval) {
  Scenario scenario = Failing(100, 8, Duration(), Duration());
  FullFailures full;
  full.gpu_mtbf = Duration::Hours(24 * 36'500);
  full.region_outage.mtbf = Duration::Max();
  full.job_rate_per_gpu_h = 1.0 / 80;  // ten hours between failures of a job with eight GPUs
  scenario.failures.level = full;
  scenario.checkpoints = checkpoints;
  double sum = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    scenario.seed = seed;
    const std::vector<Work> works(100, {.run = 360'000, .gpus = 8, .checkpoint = interval});
    sum += Play(scenario, works).ran.summary.jct_s.mean;
  }
  return sum / 20;
}

TEST(CheckpointsTest, RunTimeIsYoungsAndDalys) {
  const scenario::Checkpoints fixed{.interval = scenario::Checkpoints::Interval::kOfJob,
                                    .cost = Duration::Seconds(300)};
  for (const double interval : {1200.0, 7200.0}) {
    const double theory = ExpectedRunTime(360'000, interval, 300, 36'000);
    EXPECT_NEAR(MeanRunTime(fixed, interval) / theory, 1, 0.02) << interval;
  }
  const scenario::Checkpoints best{.interval = scenario::Checkpoints::Interval::kYoungDaly,
                                   .cost = Duration::Seconds(300)};
  const double interval =
      failure::YoungDalyInterval(Duration::Seconds(300), Duration::Hours(10)).seconds();
  const double theory = ExpectedRunTime(360'000, interval, 300, 36'000);
  EXPECT_NEAR(MeanRunTime(best, 1200) / theory, 1, 0.02);
  EXPECT_LT(theory, ExpectedRunTime(360'000, interval / 1.2, 300, 36'000));
  EXPECT_LT(theory, ExpectedRunTime(360'000, interval * 1.2, 300, 36'000));
}

// Without failures a job takes its work and its checkpoints, and these are overhead.
TEST(CheckpointsTest, SavingIsOverhead) {
  Scenario scenario = testing::MakeScenario({{.nodes = 1, .gpus = 1}});
  scenario.checkpoints.cost = Duration::Seconds(60);
  const Played played = Play(scenario, {Work{.run = 3600, .checkpoint = 600}});
  EXPECT_EQ(played.row(0).allocated_ns, 3'900'000'000'000);  // five saves: none at the end
  EXPECT_EQ(played.row(0).useful_ns, 3'600'000'000'000);
  EXPECT_EQ(played.row(0).lost_ns, 0);
}

}  // namespace
}  // namespace orrery
