// Owners who come and go: what their notice saves, and what churn costs.
#include <gtest/gtest.h>

#include <vector>

#include "tests/sim/driver/failing.h"
#include "tests/sim/driver/play.h"

namespace orrery {
namespace {

using scenario::Scenario;
using testing::ExpectAboveZero;
using testing::ExpectAvailability;
using testing::Play;
using testing::Played;
using testing::Work;

Scenario Churning(uint32_t nodes, Duration notice) {
  Scenario scenario = testing::MakeScenario({{.nodes = nodes, .gpus = 1}});
  scenario.scheduler.retries = UINT32_MAX;
  scenario.churn.level = scenario::SimpleChurn();
  failure::OwnerHabits& habits = scenario.fleet[0].churn.emplace();
  habits.on = Duration::Hours(3);
  habits.off = Duration::Hours(1);
  habits.notice = notice;
  return scenario;
}

// With notice, work is saved and nothing but waiting is lost; without, what follows the last
// checkpoint is.
TEST(ChurnTest, NoticeSavesTheWork) {
  const std::vector<Work> works(4, {.run = 36'000, .checkpoint = 3600});
  const Played told = Play(Churning(4, Duration::Minutes(2)), works);
  EXPECT_GT(told.ran.summary.failures.evictions, 4u);
  EXPECT_EQ(told.ran.summary.gpu_hours.lost, 0);
  EXPECT_EQ(told.ran.summary.failures.attempts_lost, 0u);
  EXPECT_EQ(told.ran.summary.jobs.preemptions, told.ran.summary.failures.evictions);
  const Played untold = Play(Churning(4, Duration()), works);
  EXPECT_EQ(untold.ran.summary.failures.evictions, 0u);
  EXPECT_GT(untold.ran.summary.failures.attempts_lost, 4u);
  EXPECT_GT(untold.ran.summary.gpu_hours.lost, 1);
}

TEST(ChurnTest, AvailabilityIsTheOwners) {
  Scenario scenario = Churning(400, Duration());
  ExpectAvailability(scenario, 0.75);
}

// How much longer jobs take on average with churn of this level than without, for each seed. Hours.
std::vector<double> LongerWith(const decltype(scenario::Churn::level)& level, uint64_t seeds) {
  std::vector<double> longer;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    Scenario scenario = Churning(20, Duration::Minutes(2));
    scenario.seed = seed;
    scenario.churn.level = level;
    const std::vector<Work> works(20, {.run = 36'000, .checkpoint = 600});
    const double with = Play(scenario, works).ran.summary.jct_s.mean;
    scenario.churn.level = scenario::NoChurn();
    longer.push_back((with - Play(scenario, works).ran.summary.jct_s.mean) / 3600);
  }
  return longer;
}

// Ablation: churn makes jobs take longer, by more than the interval.
TEST(ChurnTest, JobsTakeLongerThanWithoutChurn) {
  ExpectAboveZero(LongerWith(scenario::SimpleChurn(), 5), "jct_h");
}

// The same of `full`, in whose tight spells the region's nodes are gone together: means of whole
// runs differ far more.
TEST(ChurnTest, JobsTakeLongerWithFullChurnThanWithout) {
  ExpectAboveZero(LongerWith(scenario::FullChurn(), 30), "jct_h");
}

}  // namespace
}  // namespace orrery
