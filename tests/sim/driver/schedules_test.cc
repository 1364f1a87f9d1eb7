// Hand-worked schedules without preemption, to the second. The arithmetic stands beside each.
#include <gtest/gtest.h>

#include "tests/sim/driver/play.h"

namespace orrery {
namespace {

using scenario::Blocking;
using scenario::Scenario;
using testing::MakeScenario;
using testing::Play;
using testing::Played;
using testing::SetRole;
using testing::Spot;
using testing::SpotsOf;
using testing::Stints;
using testing::Work;

Scenario With(Scenario scenario, const std::string& role, const std::string& policy) {
  SetRole(&scenario, role, policy);
  return scenario;
}

TEST(FcfsTest, ServesInOrderOfArrivalOnTwoNodes) {
  // Node 0: job 0 until 10. Node 1: job 1 until 1 + 4 = 5, job 2 until 5 + 3 = 8, job 3 until 8
  // + 5.
  const Played played = Play(MakeScenario({{.nodes = 2}}), {{.submit = 0, .run = 10},
                                                            {.submit = 1, .run = 4},
                                                            {.submit = 2, .run = 3},
                                                            {.submit = 3, .run = 5}});
  EXPECT_EQ(played.stints, (Stints{{{0, 10}}, {{1, 5}}, {{5, 8}}, {{8, 13}}}));
  EXPECT_EQ(SpotsOf(played, 0), (std::vector<Spot>{{0, 1, 1}}));
  EXPECT_EQ(SpotsOf(played, 3), (std::vector<Spot>{{1, 1, 1}}));
}

// Two GPUs. Job 1 wants both and waits for job 0 until 10; job 2 would fit beside job 0.
const std::vector<Work> kBlocked = {
    {.submit = 0, .run = 10}, {.submit = 1, .run = 5, .gpus = 2}, {.submit = 2, .run = 3}};

TEST(BlockingTest, StrictHeadHoldsUpTheQueue) {
  // Job 1 from 10 to 15, then job 2 until 15 + 3.
  EXPECT_EQ(Play(MakeScenario({{.gpus = 2}}), kBlocked).stints,
            (Stints{{{0, 10}}, {{10, 15}}, {{15, 18}}}));
}

TEST(BlockingTest, SkippedHeadLetsOthersPass) {
  // Job 2 at once, from 2 to 5.
  Scenario skip = MakeScenario({{.gpus = 2}});
  skip.scheduler.blocking = Blocking::kSkip;
  EXPECT_EQ(Play(skip, kBlocked).stints, (Stints{{{0, 10}}, {{10, 15}}, {{2, 5}}}));
}

TEST(OrderTest, ShortestJobFirst) {
  // At 5 jobs 1 (9 s), 2 (3 s) and 3 (4 s) wait: 2 until 8, 3 until 12, 1 until 21.
  EXPECT_EQ(Play(With(MakeScenario({{}}), "order", "sjf"), {{.submit = 0, .run = 5},
                                                            {.submit = 1, .run = 9},
                                                            {.submit = 1, .run = 3},
                                                            {.submit = 2, .run = 4}})
                .stints,
            (Stints{{{0, 5}}, {{12, 21}}, {{5, 8}}, {{8, 12}}}));
}

TEST(OrderTest, EarliestDeadlineFirstAndThoseWithoutOneLast) {
  // At 5: deadlines none, 40 and 20, so jobs 3, 2, 1.
  EXPECT_EQ(
      Play(With(MakeScenario({{}}), "order", "edf"), {{.submit = 0, .run = 5},
                                                      {.submit = 1, .run = 1},
                                                      {.submit = 2, .run = 2, .deadline = 40},
                                                      {.submit = 3, .run = 4, .deadline = 20}})
          .stints,
      (Stints{{{0, 5}}, {{11, 12}}, {{9, 11}}, {{5, 9}}}));
}

TEST(GangTest, PacksNodeAfterNode) {
  // 3 nodes of 4 GPUs; job 0 is 5 replicas of 2 GPUs: 2 on node 0, 2 on node 1, 1 on node 2. Job 1
  // takes the other two GPUs of node 2 until 4, and job 2 waits for one of them.
  const Played played = Play(MakeScenario({{.nodes = 3, .gpus = 4}}),
                             {{.submit = 0, .run = 10, .gpus = 2, .replicas = 5},
                              {.submit = 0, .run = 4, .gpus = 2},
                              {.submit = 0, .run = 3}});
  EXPECT_EQ(played.stints, (Stints{{{0, 10}}, {{0, 4}}, {{4, 7}}}));
  EXPECT_EQ(SpotsOf(played, 0), (std::vector<Spot>{{0, 2, 0b1111}, {1, 2, 0b1111}, {2, 1, 0b11}}));
  EXPECT_EQ(SpotsOf(played, 1), (std::vector<Spot>{{2, 1, 0b1100}}));
  EXPECT_EQ(SpotsOf(played, 2), (std::vector<Spot>{{2, 1, 0b0100}}));
}

TEST(GangTest, WaitsForAllItsReplicas) {
  // Job 1 wants two whole nodes of 2 GPUs; job 0 holds one GPU until 10.
  EXPECT_EQ(Play(MakeScenario({{.nodes = 2, .gpus = 2}}),
                 {{.submit = 0, .run = 10}, {.submit = 1, .run = 5, .gpus = 2, .replicas = 2}})
                .stints,
            (Stints{{{0, 10}}, {{10, 15}}}));
}

TEST(GangTest, WorstFitPutsReplicasOnDifferentNodes) {
  const Played played =
      Play(With(MakeScenario({{.nodes = 2, .gpus = 2}}), "place", "worst_fit"),
           {{.submit = 0, .run = 10, .replicas = 2}, {.submit = 0, .run = 10, .replicas = 2}});
  EXPECT_EQ(played.stints, (Stints{{{0, 10}}, {{0, 10}}}));
  EXPECT_EQ(SpotsOf(played, 0), (std::vector<Spot>{{0, 1, 1}, {1, 1, 1}}));
  EXPECT_EQ(SpotsOf(played, 1), (std::vector<Spot>{{0, 1, 2}, {1, 1, 2}}));
}

TEST(FractionTest, ThreeSharesOf400OnTwoGpus) {
  // GPU 0 holds 400 + 400, which leaves 200: job 2 goes to GPU 1. Job 3 wants a whole GPU and gets
  // GPU 1 when job 2 ends at 5.
  const Played played =
      Play(MakeScenario({{.gpus = 2}}), {{.submit = 0, .run = 10, .gpu_milli = 400},
                                         {.submit = 0, .run = 10, .gpu_milli = 400},
                                         {.submit = 0, .run = 5, .gpu_milli = 400},
                                         {.submit = 0, .run = 2}});
  EXPECT_EQ(played.stints, (Stints{{{0, 10}}, {{0, 10}}, {{0, 5}}, {{5, 7}}}));
  EXPECT_EQ(SpotsOf(played, 1), (std::vector<Spot>{{0, 1, 1}}));
  EXPECT_EQ(SpotsOf(played, 2), (std::vector<Spot>{{0, 1, 2}}));
  EXPECT_EQ(SpotsOf(played, 3), (std::vector<Spot>{{0, 1, 2}}));
}

TEST(FractionTest, AShareGoesToTheFullestGpuThatHoldsIt) {
  // 300 are left on GPU 0 and 500 on GPU 1: the share of 300 fills GPU 0, so that 500 still fit.
  const Played played =
      Play(MakeScenario({{.gpus = 2}}), {{.submit = 0, .run = 10, .gpu_milli = 700},
                                         {.submit = 0, .run = 10, .gpu_milli = 500},
                                         {.submit = 0, .run = 10, .gpu_milli = 300},
                                         {.submit = 0, .run = 10, .gpu_milli = 500}});
  EXPECT_EQ(played.stints, (Stints{{{0, 10}}, {{0, 10}}, {{0, 10}}, {{0, 10}}}));
  EXPECT_EQ(SpotsOf(played, 2), (std::vector<Spot>{{0, 1, 1}}));
  EXPECT_EQ(SpotsOf(played, 3), (std::vector<Spot>{{0, 1, 2}}));
}

TEST(HostTest, CoresBind) {
  // 4 cores: 3 + 2 do not fit together, though 8 GPUs are there.
  EXPECT_EQ(Play(MakeScenario({{.gpus = 8, .cores = 4}}),
                 {{.submit = 0, .run = 10, .cores = 3}, {.submit = 0, .run = 5, .cores = 2}})
                .stints,
            (Stints{{{0, 10}}, {{10, 15}}}));
}

TEST(HostTest, MemoryBinds) {
  // 16 GiB: 10 + 6 fit, 10 + 6 + 1 do not.
  EXPECT_EQ(Play(MakeScenario({{.gpus = 8, .memory_gib = 16}}),
                 {{.submit = 0, .run = 10, .memory_gib = 10},
                  {.submit = 0, .run = 5, .memory_gib = 6},
                  {.submit = 0, .run = 3, .memory_gib = 1}})
                .stints,
            (Stints{{{0, 10}}, {{0, 5}}, {{5, 8}}}));
}

TEST(HostTest, JobsWithoutGpusShareTheCores) {
  // 2 nodes of 4 cores hold three jobs of 2 cores and one more; the fifth waits until 10.
  EXPECT_EQ(Play(MakeScenario({{.nodes = 2, .gpus = 0, .cores = 4}}),
                 std::vector<Work>(5, {.submit = 0, .run = 10, .gpus = 0, .cores = 2}))
                .stints,
            (Stints{{{0, 10}}, {{0, 10}}, {{0, 10}}, {{0, 10}}, {{10, 20}}}));
}

TEST(TieTest, AJobArrivesInTheInstantThatAnotherEnds) {
  // Nobody may wait, and at 10 nobody has to: job 0 is gone before the decision.
  Scenario scenario = MakeScenario({{}});
  scenario.scheduler.queue_limit = 0;
  EXPECT_EQ(Play(scenario, {{.submit = 0, .run = 10}, {.submit = 10, .run = 5}}).stints,
            (Stints{{{0, 10}}, {{10, 15}}}));
}

TEST(TieTest, JobsOfOneInstantGoByNumber) {
  EXPECT_EQ(Play(MakeScenario({{}}),
                 {{.submit = 0, .run = 3}, {.submit = 0, .run = 2}, {.submit = 0, .run = 1}})
                .stints,
            (Stints{{{0, 3}}, {{3, 5}}, {{5, 6}}}));
}

TEST(TieTest, EqualKeysGoByNumberWhateverTheOrder) {
  // All have 4 s: sjf cannot tell them apart.
  EXPECT_EQ(Play(With(MakeScenario({{}}), "order", "sjf"),
                 {{.submit = 0, .run = 4}, {.submit = 1, .run = 4}, {.submit = 1, .run = 4}})
                .stints,
            (Stints{{{0, 4}}, {{4, 8}}, {{8, 12}}}));
}

TEST(QueueLimitTest, TurnsAwayWhoeverWouldWaitBeyondIt) {
  // One may wait: job 1. Job 2 is turned away at 2; job 3 comes when job 1 runs.
  Scenario scenario = MakeScenario({{}});
  scenario.scheduler.queue_limit = 1;
  const Played played = Play(scenario, {{.submit = 0, .run = 10},
                                        {.submit = 1, .run = 10},
                                        {.submit = 2, .run = 10},
                                        {.submit = 12, .run = 1}});
  EXPECT_EQ(played.stints, (Stints{{{0, 10}}, {{10, 20}}, {}, {{20, 21}}}));
  EXPECT_EQ(played.row(2).outcome, results::JobOutcome::kRejected);
  EXPECT_EQ(played.row(2).reject_reason, results::RejectReason::kQueueFull);
  EXPECT_EQ(played.row(2).end_ns, Duration::Seconds(2).nanos());
}

TEST(UnplaceableTest, AJobThatNoNodeCouldHoldIsRejectedOnArrival) {
  // 2 GPUs on one node are nowhere; 2 replicas of one GPU are.
  const Played played =
      Play(MakeScenario({{.nodes = 2}}),
           {{.submit = 1, .run = 5, .gpus = 2}, {.submit = 2, .run = 5, .replicas = 2}});
  EXPECT_EQ(played.stints, (Stints{{}, {{2, 7}}}));
  EXPECT_EQ(played.row(0).reject_reason, results::RejectReason::kNeverFits);
}

TEST(HorizonTest, WhatRunsOnIsUnfinishedAndHasLostNothing) {
  // At 15 job 1 has run for 5 s, and job 2 has waited in vain.
  Scenario scenario = MakeScenario({{}});
  scenario.horizon = Duration::Seconds(15);
  const Played played = Play(scenario, {{.submit = 0, .run = 10},
                                        {.submit = 1, .run = 10},
                                        {.submit = 2, .run = 10},
                                        {.submit = 15, .run = 1}});
  ASSERT_EQ(played.ran.jobs.size(), 3u);  // the last one came too late
  EXPECT_EQ(played.stints, (Stints{{{0, 10}}, {{10, 15}}, {}, {}}));
  EXPECT_EQ(played.row(1).outcome, results::JobOutcome::kUnfinished);
  EXPECT_EQ(played.row(1).end_ns, -1);
  EXPECT_EQ(played.row(1).useful_ns, Duration::Seconds(5).nanos());
  EXPECT_EQ(played.row(1).allocated_ns, Duration::Seconds(5).nanos());
  EXPECT_EQ(played.row(2).start_ns, -1);
}

TEST(LimitTest, AJobIsKilledWhenItsLimitIsUsedUp) {
  // Job 0 would run until 10 but may only until 6. Without checkpoints all of it is lost.
  const Played played = Play(
      MakeScenario({{}}), {{.submit = 0, .run = 10, .estimate = 6, .limit = 6, .checkpoint = 1e6},
                           {.submit = 1, .run = 5, .limit = 5}});
  EXPECT_EQ(played.stints, (Stints{{{0, 6}}, {{6, 11}}}));
  EXPECT_EQ(played.row(0).outcome, results::JobOutcome::kKilled);
  EXPECT_EQ(played.row(0).lost_ns, Duration::Seconds(6).nanos());
  EXPECT_EQ(played.row(1).outcome, results::JobOutcome::kFinished);
}

TEST(TriggerTest, OnATimerDecisionsWaitForTheNextTick) {
  // Ticks every 60 s: job 0 starts at 60 and ends at 80; job 1 starts at 120.
  Scenario scenario = MakeScenario({{}});
  scenario.scheduler.trigger = {.each_event = false, .every = Duration::Seconds(60)};
  EXPECT_EQ(Play(scenario, {{.submit = 10, .run = 20}, {.submit = 11, .run = 5}}).stints,
            (Stints{{{60, 80}}, {{120, 125}}}));
}

TEST(TriggerTest, ADecisionTakesItsComputeTime) {
  // One second after each event that calls for one: at 0 + 1, and at 11 + 1.
  Scenario scenario = MakeScenario({{}});
  scenario.scheduler.delays.decide = Duration::Seconds(1);
  EXPECT_EQ(Play(scenario, {{.submit = 0, .run = 10}, {.submit = 0, .run = 5}}).stints,
            (Stints{{{1, 11}}, {{12, 17}}}));
}

// --- EASY on one node of 4 GPUs. Job 0 holds two of them until 10; job 1 wants all four, and gets
// its reservation for then.
Scenario Easy() { return With(MakeScenario({{.gpus = 4}}), "backfill", "easy"); }

TEST(EasyTest, BackfillsWhatEndsInTime) {
  // Job 2 ends at 2 + 8 = 10, just in time.
  EXPECT_EQ(Play(Easy(), {{.submit = 0, .run = 10, .gpus = 2},
                          {.submit = 1, .run = 5, .gpus = 4},
                          {.submit = 2, .run = 8, .gpus = 2}})
                .stints,
            (Stints{{{0, 10}}, {{10, 15}}, {{2, 10}}}));
}

TEST(EasyTest, RefusesWhatWouldDelayTheHead) {
  // Job 2 would end at 2 + 9 = 11: it waits for job 1.
  EXPECT_EQ(Play(Easy(), {{.submit = 0, .run = 10, .gpus = 2},
                          {.submit = 1, .run = 5, .gpus = 4},
                          {.submit = 2, .run = 9, .gpus = 2}})
                .stints,
            (Stints{{{0, 10}}, {{10, 15}}, {{15, 24}}}));
}

TEST(EasyTest, BackfillsOnNodesThatTheHeadDoesNotNeed) {
  // 4 nodes. At 10 all are free and job 1 wants three: one is over, and job 2 may have it for as
  // long as it likes. Job 3 would take a second one and waits for job 1's nodes at 15.
  const Scenario scenario = With(MakeScenario({{.nodes = 4}}), "backfill", "easy");
  EXPECT_EQ(Play(scenario, {{.submit = 0, .run = 10, .replicas = 2},
                            {.submit = 1, .run = 5, .replicas = 3},
                            {.submit = 2, .run = 100},
                            {.submit = 3, .run = 100}})
                .stints,
            (Stints{{{0, 10}}, {{10, 15}}, {{2, 102}}, {{15, 115}}}));
}

// Job 0 says 10 s and ends at 4. Job 2 was let in until 2 + 7 = 9, which from 4 on is when job 1
// can start. Job 3 gets the GPUs that job 0 left if it ends by then.
TEST(EasyTest, PlansAnewAfterAnEarlyFinish) {
  EXPECT_EQ(Play(Easy(), {{.submit = 0, .run = 4, .gpus = 2, .estimate = 10},
                          {.submit = 1, .run = 5, .gpus = 4},
                          {.submit = 2, .run = 7, .gpus = 2},
                          {.submit = 3, .run = 5, .gpus = 2}})
                .stints,
            (Stints{{{0, 4}}, {{9, 14}}, {{2, 9}}, {{4, 9}}}));
}

TEST(EasyTest, DoesNotHoldOnToAReservationThatMovedForward) {
  // As before, but job 3 says 6 s: 4 + 6 = 10 was in time before job 0 ended, and is not now.
  EXPECT_EQ(Play(Easy(), {{.submit = 0, .run = 4, .gpus = 2, .estimate = 10},
                          {.submit = 1, .run = 5, .gpus = 4},
                          {.submit = 2, .run = 7, .gpus = 2},
                          {.submit = 3, .run = 6, .gpus = 2}})
                .stints,
            (Stints{{{0, 4}}, {{9, 14}}, {{2, 9}}, {{14, 20}}}));
}

TEST(EasyTest, ExpectsAJobThatOutranItsEstimateToEndAtOnce) {
  // Job 0 says 5 s and runs 10. From 5 on nobody can end before it is expected to: job 2 (3 s,
  // from 6) is refused, and comes after job 1.
  EXPECT_EQ(Play(Easy(), {{.submit = 0, .run = 10, .gpus = 2, .estimate = 5},
                          {.submit = 1, .run = 5, .gpus = 4},
                          {.submit = 6, .run = 3, .gpus = 2}})
                .stints,
            (Stints{{{0, 10}}, {{10, 15}}, {{15, 18}}}));
}

TEST(EasyTest, AJobKilledAtItsLimitLeavesItsNodesInTime) {
  // Job 2 says 8 s but would run for 20: it is killed at 2 + 8 = 10, as the reservation expects.
  EXPECT_EQ(Play(Easy(), {{.submit = 0, .run = 10, .gpus = 2},
                          {.submit = 1, .run = 5, .gpus = 4},
                          {.submit = 2, .run = 20, .gpus = 2, .estimate = 8, .limit = 8}})
                .stints,
            (Stints{{{0, 10}}, {{10, 15}}, {{2, 10}}}));
}

// --- Conservative. 4 nodes; job 0 holds two until 10. Job 1 wants three for 10 s: [10, 20). Job 2
// wants all four: [20, 30). Job 3 wants one for 100 s.
std::vector<Work> Reserved(double job0_runs) {
  return {{.submit = 0, .run = job0_runs, .replicas = 2, .estimate = 10},
          {.submit = 1, .run = 10, .replicas = 3},
          {.submit = 2, .run = 10, .replicas = 4},
          {.submit = 3, .run = 100}};
}

TEST(ConservativeTest, NobodyDelaysAReservationThatEasyWouldNotKnowOf) {
  const Scenario fleet = MakeScenario({{.nodes = 4}});
  // EASY: at 10 one node is over, so job 3 has it from 3 to 103; job 2 waits for it.
  EXPECT_EQ(Play(With(fleet, "backfill", "easy"), Reserved(10)).stints,
            (Stints{{{0, 10}}, {{10, 20}}, {{103, 113}}, {{3, 103}}}));
  // Conservative: from 3 on one node is free until 20 only; job 3 follows job 2 at 30.
  EXPECT_EQ(Play(With(fleet, "backfill", "conservative"), Reserved(10)).stints,
            (Stints{{{0, 10}}, {{10, 20}}, {{20, 30}}, {{30, 130}}}));
}

TEST(ConservativeTest, ReservationsMoveUpWhenAJobEndsEarly) {
  // Job 0 ends at 6: all four seconds earlier.
  EXPECT_EQ(
      Play(With(MakeScenario({{.nodes = 4}}), "backfill", "conservative"), Reserved(6)).stints,
      (Stints{{{0, 6}}, {{6, 16}}, {{16, 26}}, {{26, 126}}}));
}

TEST(ConservativeTest, TheHeadKeepsToItsReservationToo) {
  // 2 nodes. Job 0 holds one for 10 s. Job 1 wants both, [10, 15). Job 2 is more urgent and heads
  // the queue from 2 on. One node is free, but job 2 would hold it until 12 and delay job 1, which
  // was promised 10: it waits until 15.
  Scenario scenario = With(MakeScenario({{.nodes = 2}}), "backfill", "conservative");
  SetRole(&scenario, "order", "priority", {{"ageing", "0 priority/h"}});
  EXPECT_EQ(Play(scenario, {{.submit = 0, .run = 10},
                            {.submit = 1, .run = 5, .replicas = 2},
                            {.submit = 2, .run = 10, .priority = 5}})
                .stints,
            (Stints{{{0, 10}}, {{10, 15}}, {{15, 25}}}));
}

}  // namespace
}  // namespace orrery
