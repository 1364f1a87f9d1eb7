#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/policies/backfill/counting.h"
#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::CountingSchedule;
using testing::FakeCluster;
using testing::Make;
using testing::PlayThrough;
using testing::RandomWorks;
using testing::Rule;
using testing::Schedule;
using testing::Stint;
using testing::Work;

std::vector<Stint> Play(uint32_t nodes, const std::vector<Work>& works,
                        const std::string& depth = "0") {
  FakeCluster cluster;
  cluster.AddGpuNodes(nodes, 1);
  const auto policy = Make<BackfillPolicy>("conservative", {{"depth", depth}});
  return PlayThrough(&cluster, policy.get(), works);
}

// The workload on which EASY delays job 2: here it keeps its reservation at 20, and job 3 waits.
const std::vector<Work> kTwoReservations = {{.submit = 0, .run_time = 10, .replicas = 2},
                                            {.submit = 1, .run_time = 10, .replicas = 3},
                                            {.submit = 2, .run_time = 10, .replicas = 4},
                                            {.submit = 3, .run_time = 25, .replicas = 1}};

TEST(ConservativeTest, NobodyDelaysAReservation) {
  EXPECT_EQ(Play(4, kTwoReservations), (std::vector<Stint>{{0, 10}, {10, 20}, {20, 30}, {30, 55}}));
}

TEST(ConservativeTest, AJobPassesThroughAGapOfItsOwnLength) {
  std::vector<Work> works = kTwoReservations;
  works[3].run_time = 17;  // 3 … 20 on the GPU that job 1 does not need
  EXPECT_EQ(Play(4, works), (std::vector<Stint>{{0, 10}, {10, 20}, {20, 30}, {3, 20}}));
}

TEST(ConservativeTest, WithOneReservationItIsEasy) {
  EXPECT_EQ(Play(4, kTwoReservations, "1"),
            (std::vector<Stint>{{0, 10}, {10, 20}, {28, 38}, {3, 28}}));
}

// Job 0 says 20 and ends at 10. Job 1 (all 4 GPUs) moves from 20 to 17, when job 2 ends; job 3 then
// fits before it.
TEST(ConservativeTest, EarlyEndsMoveReservationsUpInQueueOrder) {
  EXPECT_EQ(Play(4, {{.submit = 0, .run_time = 10, .replicas = 3, .estimate = 20},
                     {.submit = 1, .run_time = 10, .replicas = 4},
                     {.submit = 2, .run_time = 15, .replicas = 1},
                     {.submit = 3, .run_time = 5, .replicas = 1}}),
            (std::vector<Stint>{{0, 10}, {17, 27}, {2, 17}, {10, 15}}));
}

// The head may fit and yet must wait: job 2 has the promise of 10, which job 1 at 5 would break.
TEST(ConservativeTest, AnEarlyEndDoesNotLetTheHeadBreakAPromise) {
  // Job 0: 2 of 4 GPUs until 20, ends at 5. Job 1 wants 4 GPUs for 10 s: reserved at 20. Job 2
  // takes the other 2 GPUs for 12 s, 2 … 14. At 5 two GPUs are free, and job 3 (2 GPUs, 9 s) fits
  // before job 1, which moved to 14.
  EXPECT_EQ(Play(4, {{.submit = 0, .run_time = 5, .replicas = 2, .estimate = 20},
                     {.submit = 1, .run_time = 10, .replicas = 4},
                     {.submit = 2, .run_time = 12, .replicas = 2},
                     {.submit = 3, .run_time = 9, .replicas = 2}}),
            (std::vector<Stint>{{0, 5}, {14, 24}, {2, 14}, {5, 14}}));
}

// Two GPUs, job 0 on one of them until 5. Job 1 (1 GPU) arrives with job 2 (2 GPUs, at 10 …).
TEST(ConservativeTest, WhoIsBoundToWhichNodeDoesNotMatterWhereTheyAreAlike) {
  EXPECT_EQ(Play(2, {{.submit = 0, .run_time = 5, .replicas = 1},
                     {.submit = 0, .run_time = 10, .replicas = 2},
                     {.submit = 0, .run_time = 3, .replicas = 1},
                     {.submit = 0, .run_time = 10, .replicas = 1},
                     {.submit = 0, .run_time = 7, .replicas = 1}}),
            (std::vector<Stint>{{0, 5}, {5, 15}, {0, 3}, {15, 25}, {15, 22}}));
}

// Job 0 says 10 and takes 30. When 10 has passed, the promises cannot be kept; they are made anew
// in queue order, so job 1 keeps its turn before job 2.
TEST(ConservativeTest, WhereAJobOutrunsItsEstimateQueueOrderDecidesAnew) {
  EXPECT_EQ(Play(4, {{.submit = 0, .run_time = 30, .replicas = 3, .estimate = 10},
                     {.submit = 1, .run_time = 10, .replicas = 4},
                     {.submit = 2, .run_time = 10, .replicas = 4},
                     {.submit = 12, .run_time = 5, .replicas = 1}}),
            (std::vector<Stint>{{0, 30}, {30, 40}, {40, 50}, {50, 55}}));
}

TEST(ConservativeTest, AGangOnAMixedFleetTakesTheSpeedOfItsSlowestMember) {
  // GPU models 0 (speed 1) and 1 (speed 2). Job 1 needs both nodes and runs at speed 1: 10 … 17.
  // Job 2 has 20 s of work, 10 s on model 1, and fits before it; with 22 s it waits.
  const auto play = [](double work) {
    FakeCluster cluster;
    cluster.AddGpuNodes(1, 1);
    cluster.AddGpuNodes(1, 1, GpuModelId(1));
    cluster.SetSpeed(GpuModelId(1), 2);
    const auto policy = Make<BackfillPolicy>("conservative");
    return PlayThrough(&cluster, policy.get(),
                       {{.submit = 0, .run_time = 10},
                        {.submit = 0, .run_time = 7, .replicas = 2},
                        {.submit = 0, .run_time = work}});
  };
  EXPECT_EQ(play(20), (std::vector<Stint>{{0, 10}, {10, 17}, {0, 10}}));
  EXPECT_EQ(play(22)[1], (Stint{10, 17}));
  EXPECT_EQ(play(22)[2].start, 17);
}

TEST(ConservativeTest, RequirementsKeepToTheirNodes) {
  FakeCluster cluster;
  cluster.AddGpuNodes(1, 1);
  cluster.AddGpuNodes(1, 1, GpuModelId(1));
  cluster.Bar(UserId(1), GpuModelId(1));
  const auto policy = Make<BackfillPolicy>("conservative");
  EXPECT_EQ(PlayThrough(&cluster, policy.get(),
                        {{.submit = 0, .run_time = 10},
                         {.submit = 1, .run_time = 5, .user = 1},
                         {.submit = 2, .run_time = 1000}}),
            (std::vector<Stint>{{0, 10}, {10, 15}, {2, 1002}}));
}

// One node of 2 GPUs: half a GPU beside the reservation of both at 10.
TEST(ConservativeTest, SharesOfAGpuAreReservedToo) {
  FakeCluster cluster;
  cluster.AddGpuNodes(1, 2);
  const auto policy = Make<BackfillPolicy>("conservative");
  EXPECT_EQ(PlayThrough(&cluster, policy.get(),
                        {{.submit = 0, .run_time = 10},
                         {.submit = 1, .run_time = 5, .gpus = 2},
                         {.submit = 2, .run_time = 9, .gpu_milli = 500},
                         {.submit = 2, .run_time = 8, .gpu_milli = 500},
                         {.submit = 3, .run_time = 20, .gpu_milli = 400},
                         {.submit = 3, .run_time = 20, .gpu_milli = 100}}),
            (std::vector<Stint>{{0, 10}, {10, 15}, {15, 24}, {2, 10}, {15, 35}, {15, 35}}));
}

TEST(ConservativeTest, ANodeThatComesBackIsUsed) {
  FakeCluster cluster;
  cluster.AddGpuNodes(3, 1);
  cluster.SetPresent(NodeId(2), false);
  const auto policy = Make<BackfillPolicy>("conservative");
  Schedule schedule(&cluster, {.backfill = policy.get()});
  int decisions = 0;
  schedule.after_decision = [&] {
    if (++decisions == 2) cluster.SetPresent(NodeId(2), true);
  };
  const auto runs = schedule.Play({{.submit = 0, .run_time = 5, .replicas = 3},
                                   {.submit = 1, .run_time = 50, .replicas = 2},
                                   {.submit = 2, .run_time = 1, .replicas = 1}});
  EXPECT_EQ(runs[1][0].start, 1);
  EXPECT_EQ(runs[2][0].start, 2);
  EXPECT_EQ(runs[0][0].start, 51);
}

// A cluster of two nodes: job 0 has node 0 until 20, job 1 (user 1) pays at most 1 USD/h.
class ConservativePriceTest : public ::testing::Test {
 protected:
  ConservativePriceTest() {
    cluster_.AddGpuNodes(2, 1);
    cluster_.SetMaxAsk(UserId(1), UsdPerHour::FromDollars(1));
  }
  // After the first decision at `time` the nodes ask these prices.
  void AskFrom(double time, std::vector<double> asks) {
    schedule_.after_decision = [this, time, asks, done = false]() mutable {
      if (done || cluster_.now() < SimTime::FromSeconds(time)) return;
      done = true;
      for (uint32_t n = 0; n < asks.size(); ++n) {
        cluster_.SetAsk(NodeId(n), UsdPerHour::FromDollars(asks[n]));
      }
    };
  }

  FakeCluster cluster_;
  std::unique_ptr<BackfillPolicy> policy_ = Make<BackfillPolicy>("conservative");
  Schedule schedule_{&cluster_, {.backfill = policy_.get()}};
};

TEST_F(ConservativePriceTest, APriceThatFallsLetsAJobWithoutAWindowIn) {
  cluster_.SetAsk(NodeId(0), UsdPerHour::FromDollars(2));
  cluster_.SetAsk(NodeId(1), UsdPerHour::FromDollars(2));
  AskFrom(1, {2, 1});
  const auto runs = schedule_.Play({{.submit = 0, .run_time = 20},
                                    {.submit = 1, .run_time = 5, .user = 1},
                                    {.submit = 3, .run_time = 1}});
  EXPECT_EQ(runs[1], (std::vector<Stint>{{3, 8}}));
  EXPECT_EQ(runs[2], (std::vector<Stint>{{8, 9}}));
}

TEST_F(ConservativePriceTest, APriceThatFallsMovesAReservationUp) {
  cluster_.SetAsk(NodeId(1), UsdPerHour::FromDollars(2));
  AskFrom(1, {1, 1});
  const auto runs = schedule_.Play({{.submit = 0, .run_time = 20},
                                    {.submit = 1, .run_time = 5, .user = 1},
                                    {.submit = 3, .run_time = 1}});
  EXPECT_EQ(runs[1], (std::vector<Stint>{{3, 8}}));
}

// Job 2 has node 1 until 10, and job 1 the promise of 10 there. Then node 1 becomes too dear.
TEST_F(ConservativePriceTest, APriceThatRisesMovesAReservationToOtherNodes) {
  AskFrom(3, {1, 2});
  const auto runs = schedule_.Play({{.submit = 0, .run_time = 20},
                                    {.submit = 1, .run_time = 10, .estimate = 9},
                                    {.submit = 3, .run_time = 5, .user = 1},
                                    {.submit = 4, .run_time = 3}});
  EXPECT_EQ(runs[2], (std::vector<Stint>{{20, 25}}));
  EXPECT_EQ(runs[3], (std::vector<Stint>{{11, 14}}));
}

TEST_F(ConservativePriceTest, AJobThatNoNodeIsCheapEnoughForLosesItsWindow) {
  const auto dear_at = [&](int decision) {
    int decisions = 0;
    schedule_.after_decision = [this, decision, decisions]() mutable {
      const double ask = ++decisions < decision ? 1 : decisions < decision + 2 ? 2 : 0.5;
      for (uint32_t n = 0; n < 2; ++n) cluster_.SetAsk(NodeId(n), UsdPerHour::FromDollars(ask));
    };
  };
  dear_at(3);
  const auto runs = schedule_.Play({{.submit = 0, .run_time = 20},
                                    {.submit = 0, .run_time = 10},
                                    {.submit = 3, .run_time = 5, .user = 1},
                                    {.submit = 4, .run_time = 30},
                                    {.submit = 25, .run_time = 1}});
  // Dear after 4, at 10, when job 3 goes ahead, until after the decision at 20.
  EXPECT_EQ(runs[3], (std::vector<Stint>{{10, 40}}));
  EXPECT_EQ(runs[2], (std::vector<Stint>{{25, 30}}));
}

// Without job 1, for which job 2 waited, it starts at once.
TEST(ConservativeTest, WhatAJobThatLeavesTheQueueHadReservedIsFree) {
  FakeCluster cluster;
  cluster.AddGpuNodes(4, 1);
  const auto policy = Make<BackfillPolicy>("conservative");
  const auto runs = Schedule(&cluster, {.backfill = policy.get()})
                        .Play({{.submit = 0, .run_time = 10, .replicas = 3},
                               {.submit = 1, .run_time = 10, .replicas = 4, .leave = 5},
                               {.submit = 2, .run_time = 30}});
  EXPECT_TRUE(runs[1].empty());
  EXPECT_EQ(runs[2], (std::vector<Stint>{{5, 35}}));
}

TEST(ConservativeTest, AJobWhoseStartIsRefusedWaitsAndHoldsNothing) {
  FakeCluster cluster;
  cluster.AddGpuNodes(2, 1);
  const auto policy = Make<BackfillPolicy>("conservative");
  Schedule schedule(&cluster, {.backfill = policy.get()});
  schedule.refuse = [&](const JobInfo& job) {
    return job.id == JobId(1) && cluster.now() < SimTime::FromSeconds(12);
  };
  const auto runs = schedule.Play({{.submit = 0, .run_time = 10, .replicas = 2},
                                   {.submit = 1, .run_time = 10, .replicas = 2},
                                   {.submit = 2, .run_time = 5},
                                   {.submit = 14, .run_time = 3}});
  EXPECT_EQ(runs[2], (std::vector<Stint>{{10, 15}}));
  EXPECT_EQ(runs[1], (std::vector<Stint>{{15, 25}}));
  EXPECT_EQ(runs[3], (std::vector<Stint>{{25, 28}}));
}

// Job 2 fits beside the reservation of job 1, but is refused. At 4 it comes before job 3.
TEST(ConservativeTest, AJobWhoseStartIsRefusedHasItsTurnAtTheNextDecision) {
  FakeCluster cluster;
  cluster.AddGpuNodes(3, 1);
  const auto policy = Make<BackfillPolicy>("conservative");
  Schedule schedule(&cluster, {.backfill = policy.get()});
  schedule.refuse = [&](const JobInfo& job) {
    return job.id == JobId(2) && cluster.now() < SimTime::FromSeconds(4);
  };
  const auto runs = schedule.Play({{.submit = 0, .run_time = 10, .replicas = 2},
                                   {.submit = 1, .run_time = 10, .replicas = 3},
                                   {.submit = 2, .run_time = 5},
                                   {.submit = 4, .run_time = 1}});
  EXPECT_EQ(runs[2], (std::vector<Stint>{{4, 9}}));
  EXPECT_EQ(runs[3], (std::vector<Stint>{{9, 10}}));
}

class ConservativeRandomTest : public ::testing::TestWithParam<int> {};

// The reference compresses the whole queue after every event, and counts.
TEST_P(ConservativeRandomTest, AgreesWithTheTextbookRuleOnCountedProcessors) {
  const auto seed = static_cast<uint64_t>(GetParam());
  const std::vector<Work> works = RandomWorks(seed, 60, 8, GetParam() % 2 == 0);
  const std::vector<double> expected = CountingSchedule(works, 8, Rule::kConservative);
  const std::vector<Stint> runs = Play(8, works);
  for (size_t i = 0; i < works.size(); ++i) EXPECT_EQ(runs[i].start, expected[i]) << "job " << i;
}

// Fractions, gangs on nodes of 4 GPUs, wrong estimates, and a cap on reservations.
TEST_P(ConservativeRandomTest, EveryJobRunsOnceOnFleetsOfAnyMix) {
  const auto seed = static_cast<uint64_t>(GetParam());
  std::vector<Work> works = RandomWorks(seed, 60, 12, false);
  for (size_t i = 0; i < works.size(); ++i) {
    if (i % 7 == 3) works[i].estimate = works[i].run_time / 2;
    if (i % 5 == 1) works[i].gpu_milli = static_cast<uint16_t>(100 + 150 * (i % 6));
    if (i % 5 != 1 && i % 3 == 0) works[i].gpus = static_cast<uint16_t>(1 + i % 3);
    works[i].replicas = std::min(works[i].replicas, 12u / works[i].gpus);
    works[i].user = static_cast<uint32_t>(i % 3);
  }
  for (const char* depth : {"0", "3"}) {
    FakeCluster cluster;
    cluster.AddGpuNodes(3, 4);
    cluster.AddGpuNodes(3, 4, GpuModelId(1));
    cluster.SetSpeed(GpuModelId(1), 1.7);
    cluster.Bar(UserId(2), GpuModelId(0));
    const auto policy = Make<BackfillPolicy>("conservative", {{"depth", depth}});
    const std::vector<Stint> runs = PlayThrough(&cluster, policy.get(), works);
    for (size_t i = 0; i < works.size(); ++i) EXPECT_GE(runs[i].start, works[i].submit);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ConservativeRandomTest, ::testing::Range(1, 21));

}  // namespace
}  // namespace orrery::policies
