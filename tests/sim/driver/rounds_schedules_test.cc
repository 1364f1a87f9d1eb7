// Hand-worked schedules with equal shares in rounds of a minute, to the second.
#include <gtest/gtest.h>

#include <set>

#include "tests/sim/driver/play.h"

namespace orrery {
namespace {

using scenario::Scenario;
using testing::MakeScenario;
using testing::Play;
using testing::Played;
using testing::SetRole;
using testing::Stints;
using testing::Work;

int64_t Ns(double seconds) { return Duration::FromSeconds(seconds).nanos(); }

Scenario EqualShare(uint16_t gpus) {
  Scenario scenario = MakeScenario({{.gpus = gpus}});
  SetRole(&scenario, "allocate", "equal_share");
  scenario.scheduler.round = Duration::Seconds(60);
  return scenario;
}

TEST(EqualShareTest, TwoUsersTakeTurnsOnOneGpu) {
  // Half of the time each. Job 0 begins; at 60 job 1 has had nothing and takes over; at 120 both
  // have had half, and the lower number goes on, to its end at 180.
  EXPECT_EQ(Play(EqualShare(1),
                 {{.submit = 0, .run = 120, .user = 0}, {.submit = 0, .run = 120, .user = 1}})
                .stints,
            (Stints{{{0, 60}, {120, 180}}, {{60, 120}, {180, 240}}}));
}

TEST(EqualShareTest, AUserWithTwoJobsGetsNoMoreThanOneWithOne) {
  // Two GPUs, one for each user, whose second job waits until one is free.
  EXPECT_EQ(Play(EqualShare(2), {{.submit = 0, .run = 90, .user = 0},
                                 {.submit = 0, .run = 90, .user = 0},
                                 {.submit = 0, .run = 90, .user = 1}})
                .stints,
            (Stints{{{0, 90}}, {{90, 180}}, {{0, 90}}}));
}

TEST(EqualShareTest, IdleNodesDoNotWaitForTheNextRound) {
  // Job 1 comes in the middle of a round of job 0's and finds a free GPU.
  EXPECT_EQ(Play(EqualShare(2),
                 {{.submit = 0, .run = 100, .user = 0}, {.submit = 10, .run = 20, .user = 1}})
                .stints,
            (Stints{{{0, 100}}, {{10, 30}}}));
}

TEST(EqualShareTest, DecisionsByTimerAloneLetArrivalsWaitForTheRound) {
  Scenario scenario = EqualShare(2);
  scenario.scheduler.trigger = {.each_event = false, .every = Duration::Seconds(60)};
  EXPECT_EQ(
      Play(scenario, {{.submit = 0, .run = 100, .user = 0}, {.submit = 70, .run = 20, .user = 1}})
          .stints,
      (Stints{{{60, 160}}, {{120, 140}}}));
}

TEST(EqualShareTest, ALeaseLastsUntilSomethingIsSaved) {
  // Batches of 100 s, rounds of 60: a stop at 60 would lose all, so each turn takes two rounds, of
  // which 100 s are kept. At 240 both have had half of the time.
  const Work batches = {
      .submit = 0, .run = 200, .checkpoint = 100, .job_class = JobClass::kBatchInference};
  Work other = batches;
  other.user = 1;
  const Played played = Play(EqualShare(1), {batches, other});
  EXPECT_EQ(played.stints, (Stints{{{0, 120}, {240, 340}}, {{120, 240}, {340, 440}}}));
  EXPECT_EQ(played.row(0).lost_ns, Ns(20));
}

TEST(EqualShareTest, ALeaseIsWorthTheStart) {
  // 90 s of set-up in each attempt: a turn lasts until 90 s of work are done, to the round at 180.
  Work slow = {.submit = 0, .run = 100, .setup = 90};
  Work other = slow;
  other.user = 1;
  EXPECT_EQ(Play(EqualShare(1), {slow, other}).stints,
            (Stints{{{0, 180}, {360, 460}}, {{180, 360}, {460, 560}}}));
}

TEST(EqualShareTest, JobsThatSaveNothingAreNotStopped) {
  Work all_or_nothing = {
      .submit = 0, .run = 500, .checkpoint = 1e6, .job_class = JobClass::kBatchInference};
  Work other = all_or_nothing;
  other.user = 1;
  EXPECT_EQ(Play(EqualShare(1), {all_or_nothing, other}).stints,
            (Stints{{{0, 500}}, {{500, 1000}}}));
}

TEST(EqualShareTest, AStartLongerThanARoundGetsSomewhereToo) {
  // Starts take 100 s: a turn is over when the job has run for as long, at the round at 240.
  Scenario scenario = EqualShare(1);
  scenario.scheduler.delays.start = Duration::Seconds(100);
  EXPECT_EQ(
      Play(scenario, {{.submit = 0, .run = 200, .user = 0}, {.submit = 0, .run = 200, .user = 1}})
          .stints,
      (Stints{{{100, 240}, {580, 640}}, {{340, 480}, {740, 800}}}));
}

// Jobs of 100 s that save nothing, so that each is a lease to its end, and a gang of two GPUs.
TEST(EqualShareTest, AGangThatWaitsForLeasesIsNotPassedForEver) {
  const Work leased = {
      .submit = 0, .run = 100, .checkpoint = 1e6, .job_class = JobClass::kBatchInference};
  std::vector<Work> works(6, leased);
  works[1].submit = 30;
  works[2] = {.submit = 40, .run = 50, .gpus = 2, .user = 1};
  works[3].submit = 45;
  works[4].submit = 100;
  works[4].run = 30;
  works[5].submit = 100;
  works[5].run = 31;
  // At 60 the gang ranks first and gets a reservation for 130, when job 1 is gone. At 100 job 0's
  // GPU goes to job 4, which gives it back in time, and not to jobs 3 and 5. The gang runs until
  // the round at 180, where jobs 3 and 5 are left.
  EXPECT_EQ(
      Play(EqualShare(2), works).stints,
      (Stints{{{0, 100}}, {{30, 130}}, {{130, 180}}, {{180, 280}}, {{100, 130}}, {{180, 211}}}));
}

TEST(EqualShareTest, AGangGetsItsTurnInAStreamOfSmallerJobs) {
  // One such job every 40 s: 2.5 GPUs' worth for two GPUs. A gang every ten minutes.
  std::vector<Work> works;
  for (int i = 0; i < 90; ++i) {
    works.push_back({.submit = 40.0 * i,
                     .run = 100,
                     .checkpoint = 1e6,
                     .job_class = JobClass::kBatchInference});
    if (i % 15 == 5) works.push_back({.submit = 40.0 * i, .run = 50, .gpus = 2, .user = 1});
  }
  const Played played = Play(EqualShare(2), works);
  for (size_t job = 0; job < works.size(); ++job) {
    if (works[job].gpus == 1) continue;
    // A round until it is ranked, at most, and twice 100 s until those that run then are done: a
    // job that came before it may rank first once.
    EXPECT_LE(played.stints[job].front().run, works[job].submit + 60 + 2 * 100) << job;
  }
}

TEST(EqualShareTest, WhatAReservationDoesNotNeedIsUsed) {
  // Nodes of 1 and 2 GPUs. The gang waits for the second node, where job 1 is until 200. Job 3
  // finds the first one free at 110; job 4 could only take the gang's GPU, for longer than until
  // 200.
  Scenario scenario = MakeScenario({{.gpus = 1}, {.gpus = 2}});
  SetRole(&scenario, "allocate", "equal_share");
  scenario.scheduler.round = Duration::Seconds(60);
  std::vector<Work> works(
      5, {.submit = 0, .run = 200, .checkpoint = 1e6, .job_class = JobClass::kBatchInference});
  works[0].run = 100;
  works[2] = {.submit = 10, .run = 50, .gpus = 2, .user = 1};
  works[3].submit = 110;
  works[4].submit = 120;
  EXPECT_EQ(Play(scenario, works).stints,
            (Stints{{{0, 100}}, {{0, 200}}, {{200, 250}}, {{110, 310}}, {{250, 450}}}));
}

TEST(EqualShareTest, NobodyStopsForAJobBehindOneThatWaitsForALease) {
  // Job 0 is on a lease until 200. Job 1 could be stopped from 60 on, but the gang that came at 10
  // cannot start before 200, so it runs until the round at 240.
  const Played played =
      Play(EqualShare(2),
           {{.submit = 0, .run = 200, .checkpoint = 1e6, .job_class = JobClass::kBatchInference},
            {.submit = 0, .run = 400},
            {.submit = 10, .run = 50, .gpus = 2, .user = 1}});
  EXPECT_EQ(played.stints, (Stints{{{0, 200}}, {{0, 240}, {290, 450}}, {{240, 290}}}));
}

TEST(EqualShareTest, RandomTiesReachTheRanksOfRounds) {
  // Four users' jobs come at once for one GPU: over seeds, each is first at times.
  std::set<size_t> first;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    Scenario scenario = EqualShare(1);
    scenario.seed = seed;
    scenario.scheduler.ties = scenario::TieRule::kRandom;
    std::vector<Work> works(5, {.submit = 10, .run = 300});
    works[0] = {.submit = 0, .run = 30};
    for (uint32_t user = 1; user < 5; ++user) works[user].user = user;
    // Nothing but a round decides.
    scenario.scheduler.trigger = {.each_event = false, .every = Duration::Seconds(60)};
    const Played played = Play(scenario, works);
    for (size_t job = 1; job < 5; ++job) {
      if (played.stints[job].front().run == 60) first.insert(job);
    }
  }
  EXPECT_EQ(first, (std::set<size_t>{1, 2, 3, 4}));
}

}  // namespace
}  // namespace orrery
