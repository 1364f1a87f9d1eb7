// What jobs pay, to the micro-dollar, what becomes of those whose budget runs out, and who got what
// was asked for.
#include <gtest/gtest.h>

#include "tests/sim/driver/play.h"

namespace orrery {
namespace {

using scenario::Scenario;
using testing::MakeScenario;
using testing::Play;
using testing::Played;
using testing::SetRole;
using testing::Stints;

Scenario Priced(double usd_per_hour, const testing::Nodes& nodes = {}) {
  Scenario scenario = MakeScenario({nodes});
  scenario.fleet[0].nodes.ask.median = UsdPerHour::FromDollars(usd_per_hour);
  return scenario;
}

TEST(PostedPriceTest, ChargesByGpuAndTime) {
  // $2/h × 2 GPUs × 1/2 h = $2.
  const Played played = Play(Priced(2, {.gpus = 2}), {{.run = 1800, .gpus = 2}});
  EXPECT_EQ(played.row(0).cost_usd_micro, 2'000'000);
}

TEST(PostedPriceTest, ChargesAreRoundedDownToTheMicroDollar) {
  // $0.10/h × 1 s = 27.8e-6; $3/h × 0.4 GPU × 1000 s = 333,333.3e-6.
  EXPECT_EQ(Play(Priced(0.1), {{.run = 1}}).row(0).cost_usd_micro, 27);
  EXPECT_EQ(Play(Priced(3), {{.run = 1000, .gpu_milli = 400}}).row(0).cost_usd_micro, 333'333);
}

TEST(PostedPriceTest, AGangPaysForEachOfItsNodes) {
  // An hour on a node of $1/h and on one of $3/h.
  Scenario scenario = MakeScenario({{}, {}});
  scenario.fleet[0].nodes.ask.median = UsdPerHour::FromDollars(1);
  scenario.fleet[1].nodes.ask.median = UsdPerHour::FromDollars(3);
  EXPECT_EQ(Play(scenario, {{.run = 3600, .replicas = 2}}).row(0).cost_usd_micro, 4'000'000);
}

TEST(PostedPriceTest, JobsWithoutGpusPayNothing) {
  EXPECT_EQ(Play(Priced(2), {{.run = 3600, .gpus = 0, .cores = 4}}).row(0).cost_usd_micro, 0);
}

TEST(PostedPriceTest, CheapestTakesTheLowestPriceThatIsFree) {
  Scenario scenario = MakeScenario({{}, {}, {}});
  const double asks[] = {3, 1, 2};
  for (size_t i = 0; i < 3; ++i) {
    scenario.fleet[i].nodes.ask.median = UsdPerHour::FromDollars(asks[i]);
  }
  SetRole(&scenario, "place", "cheapest");
  const Played played = Play(scenario, {{.run = 3600}, {.run = 3600}, {.run = 3600}});
  EXPECT_EQ(played.row(0).cost_usd_micro, 1'000'000);
  EXPECT_EQ(played.row(1).cost_usd_micro, 2'000'000);
  EXPECT_EQ(played.row(2).cost_usd_micro, 3'000'000);
}

TEST(PostedPriceTest, StartsAndStopsArePaidForToo) {
  // Nodes are held for 600 + 3000 s.
  Scenario scenario = Priced(2);
  scenario.scheduler.delays.start = Duration::Seconds(600);
  EXPECT_EQ(Play(scenario, {{.run = 3000}}).row(0).cost_usd_micro, 2'000'000);
}

TEST(ServiceLevelTest, ADeadlineIsMetByFinishingByIt) {
  // One GPU: they run 0 … 100, 100 … 200, and 200 … 300 s, when the second's deadline is over.
  using results::Slo;
  const Played played =
      Play(MakeScenario({{.gpus = 1}}),
           {{.run = 100, .deadline = 100}, {.run = 100, .deadline = 199}, {.run = 100}});
  EXPECT_EQ(played.row(0).slo, Slo::kMet);
  EXPECT_EQ(played.row(1).slo, Slo::kMissed);
  EXPECT_EQ(played.row(2).slo, Slo::kNone);
  EXPECT_EQ(played.ran.summary.jobs.slo_met, 1u);
  EXPECT_EQ(played.ran.summary.jobs.slo_missed, 1u);
}

TEST(ServiceLevelTest, AtTheHorizonOnlyWhatWasDueIsJudged) {
  using results::Slo;
  Scenario scenario = MakeScenario({{.gpus = 1}});
  scenario.horizon = Duration::Seconds(150);
  const Played played = Play(scenario, {{.run = 100, .deadline = 500},
                                        {.run = 100, .deadline = 140},
                                        {.run = 100, .deadline = 160}});
  EXPECT_EQ(played.row(0).slo, Slo::kMet);
  EXPECT_EQ(played.row(1).slo, Slo::kMissed);
  EXPECT_EQ(played.row(2).slo, Slo::kNone);
}

TEST(ServiceLevelTest, ASessionThatStartedInTimeIsServedEvenIfItOutlastsTheRun) {
  // The first one's user leaves at 10 s; it runs from 0. The second one still waits at the horizon.
  using results::Slo;
  Scenario scenario = MakeScenario({{.gpus = 1}});
  scenario.horizon = Duration::Seconds(50);
  const Played played =
      Play(scenario, {{.run = 60, .deadline = 70, .job_class = JobClass::kInteractive},
                      {.run = 60, .deadline = 160, .job_class = JobClass::kInteractive}});
  EXPECT_EQ(played.row(0).outcome, results::JobOutcome::kUnfinished);
  EXPECT_EQ(played.row(0).slo, Slo::kMet);
  EXPECT_EQ(played.row(1).slo, Slo::kNone);
}

TEST(ServiceLevelTest, ASessionIsServedWhenItStartsBeforeItsUserGivesUp) {
  // Users leave at deadline − run: 50 s and 101 s. The GPU is free at 100 s.
  using results::Slo;
  const Played played = Play(MakeScenario({{.gpus = 1}}),
                             {{.run = 100},
                              {.run = 60, .deadline = 110, .job_class = JobClass::kInteractive},
                              {.run = 60, .deadline = 161, .job_class = JobClass::kInteractive}});
  EXPECT_EQ(played.row(1).outcome, results::JobOutcome::kRejected);
  EXPECT_EQ(played.row(1).slo, Slo::kMissed);
  EXPECT_EQ(played.row(2).slo, Slo::kMet);
}

TEST(BudgetTest, AJobIsKilledWhenItsBudgetIsUsedUp) {
  // $1 buys half an hour at $2/h.
  const Played played = Play(Priced(2), {{.run = 3600, .budget_usd = 1}, {.run = 10}});
  EXPECT_EQ(played.stints, (Stints{{{0, 1800}}, {{1800, 1810}}}));
  EXPECT_EQ(played.row(0).outcome, results::JobOutcome::kKilled);
  EXPECT_EQ(played.row(0).cost_usd_micro, 1'000'000);
}

TEST(BudgetTest, StartsComeOutOfTheBudget) {
  // $1 buys 1800 s of holding the GPU, of which 600 go by before the job runs; $0.30 buy 540.
  Scenario scenario = Priced(2);
  scenario.scheduler.delays.start = Duration::Seconds(600);
  const Played played =
      Play(scenario, {{.run = 3600, .budget_usd = 1}, {.run = 3600, .budget_usd = 0.3}});
  EXPECT_EQ(played.row(0).end_ns, Duration::Seconds(1800).nanos());
  EXPECT_EQ(played.row(0).cost_usd_micro, 1'000'000);
  EXPECT_EQ(played.row(1).end_ns, Duration::Seconds(1800 + 540).nanos());
  EXPECT_EQ(played.row(1).start_ns, -1);
  EXPECT_EQ(played.row(1).outcome, results::JobOutcome::kKilled);
  EXPECT_EQ(played.row(1).cost_usd_micro, 300'000);
}

TEST(BudgetTest, ABudgetThatIsJustEnoughIs) {
  const Played played = Play(Priced(2), {{.run = 1800, .budget_usd = 1}});
  EXPECT_EQ(played.row(0).outcome, results::JobOutcome::kFinished);
  EXPECT_EQ(played.row(0).cost_usd_micro, 1'000'000);
}

TEST(BudgetTest, AttemptsShareTheBudget) {
  // By 600 job 0 has spent floor(333,333.3e-6); the other 666,667e-6 buy 1200.0006 s, from 700 on.
  Scenario scenario = Priced(2);
  SetRole(&scenario, "order", "priority", {{"ageing", "0 priority/h"}});
  SetRole(&scenario, "preempt", "priority");
  const Played played =
      Play(scenario, {{.run = 3600, .budget_usd = 1}, {.submit = 600, .run = 100, .priority = 1}});
  EXPECT_EQ(played.stints, (Stints{{{0, 600}, {700, 1900.0006}}, {{600, 700}}}));
  EXPECT_EQ(played.row(0).outcome, results::JobOutcome::kKilled);
  EXPECT_EQ(played.row(0).cost_usd_micro, 1'000'000);
}

TEST(BudgetTest, AJobThatCannotPayForItsStopIsKilledMeanwhile) {
  // Stops take 300 s. Job 0 holds its GPU until 700 of the 900 s that $0.50 buy; the stop would end
  // at 1000, so it is killed at 900. Job 1 can have the GPU from then on.
  Scenario scenario = Priced(2);
  scenario.scheduler.delays.stop = Duration::Seconds(300);
  SetRole(&scenario, "order", "priority", {{"ageing", "0 priority/h"}});
  SetRole(&scenario, "preempt", "priority");
  const Played played = Play(
      scenario, {{.run = 3600, .budget_usd = 0.5}, {.submit = 700, .run = 100, .priority = 1}});
  EXPECT_EQ(played.stints, (Stints{{{0, 900}}, {{900, 1000}}}));
  EXPECT_EQ(played.row(0).outcome, results::JobOutcome::kKilled);
  EXPECT_EQ(played.row(0).cost_usd_micro, 500'000);
  EXPECT_EQ(played.row(0).preemptions, 0u);
  // 700 s of work, all kept by the class had it had the time; 200 s of stopping.
  EXPECT_EQ(played.row(0).useful_ns + played.row(0).lost_ns, Duration::Seconds(700).nanos());
}

TEST(BudgetTest, AStopThatIsPaidForLeavesTheRestForLater) {
  // $1 buys 1800 s: 0 to 1000, 300 of them stopping, and 800 more from 1100 on.
  Scenario scenario = Priced(2);
  scenario.scheduler.delays.stop = Duration::Seconds(300);
  SetRole(&scenario, "order", "priority", {{"ageing", "0 priority/h"}});
  SetRole(&scenario, "preempt", "priority");
  const Played played =
      Play(scenario, {{.run = 3600, .budget_usd = 1}, {.submit = 700, .run = 100, .priority = 1}});
  ASSERT_EQ(played.stints[0].size(), 2u);
  EXPECT_EQ(played.stints[0][0], (testing::Stint{0, 1000}));
  EXPECT_NEAR(played.stints[0][1].end, 1900, 1e-2);  // the first charge is rounded down
  EXPECT_EQ(played.row(0).outcome, results::JobOutcome::kKilled);
  EXPECT_EQ(played.row(0).cost_usd_micro, 1'000'000);
}

TEST(BudgetTest, WhatIsFreeNeedsNoBudget) {
  EXPECT_EQ(Play(Priced(0), {{.run = 3600, .budget_usd = 0}}).row(0).outcome,
            results::JobOutcome::kFinished);
}

}  // namespace
}  // namespace orrery
