// Jobs that move while they run: when they stop, where they go on, and what it is good for.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "tests/sim/driver/play.h"
#include "tests/testing/interval.h"
#include "tests/testing/worlds.h"

namespace orrery {
namespace {

using results::AttemptEnd;
using scenario::Scenario;
using testing::ExpectAboveZero;
using testing::Play;
using testing::Played;
using testing::SetRole;
using testing::Stint;
using testing::Stints;
using testing::Work;
using trust::SimpleTrust;

constexpr double kHour = 3600;
constexpr double kTenHours = 10 * kHour;

// `fakes` nodes of one GPU, which come first and do half of what they claim, and `honest` ones.
// Nobody finds the fakes out.
Scenario Fakes(uint32_t fakes, uint32_t honest) {
  std::vector<fleet::GpuModel> gpus(2);
  for (size_t i = 0; i < 2; ++i) {
    const double scale = i == 0 ? 1 : 2;
    gpus[i].id = i == 0 ? "slow" : "fast";
    gpus[i].fp16_tflops = 100 * scale;
    gpus[i].bandwidth_gbs = 900 * scale;
    gpus[i].memory_mib = 80 * 1024;
    gpus[i].market_usd_h = 0.5 * scale;
  }
  std::vector<testing::Nodes> fleet = {{.nodes = fakes, .gpu = "fast"}};
  if (honest > 0) fleet.push_back({.nodes = honest, .gpu = "fast"});
  Scenario scenario = testing::MakeScenario(fleet, gpus);
  scenario.fleet[0].nodes.owner_kind = OwnerKind::kMiner;
  SimpleTrust rules;
  rules.cheats.shares = {};
  rules.cheats.shares[static_cast<int>(OwnerKind::kMiner)] = {0, 1, 0};
  rules.cheats.returns = 0;
  rules.registration = {.time = Duration(), .passes = {1, 1, 1, 1, 1}, .refuses = 0};
  rules.ratings.share = 0;
  rules.stake.per_gpu = Usd();
  rules.challenges.time = Duration();
  rules.fails = {};
  scenario.trust.level = rules;
  SetRole(&scenario, "rebalance", "stragglers");
  return scenario;
}

// After the cooldown of half an hour a quarter of an hour's work is done.
TEST(MigrationTest, AJobOnAFakeGoesOnElsewhere) {
  const Played played = Play(Fakes(1, 1), {Work{.run = kTenHours, .gpu = "fast"}});
  EXPECT_EQ(played.stints, (Stints{{Stint{0, 1800}, Stint{1800, 1800 + kTenHours - 900}}}));
  EXPECT_EQ(played.row(0).migrations, 1);
  EXPECT_EQ(played.row(0).preemptions, 0);
  EXPECT_EQ(played.row(0).lost_ns, 0);
  EXPECT_EQ(played.row(0).node, 1u);
  EXPECT_EQ(played.ran.attempts[0].end, AttemptEnd::kMigrated);
  EXPECT_EQ(played.ran.summary.jobs.migrations, 1u);
  EXPECT_EQ(played.ran.summary.jobs.preemptions, 0u);
}

// It runs from 5 s on; the first look after half an hour is at 2100 s, when 1047.5 s of work are
// done. Ten seconds later its nodes are free.
TEST(MigrationTest, AMoveTakesAStopAndAStart) {
  Scenario scenario = Fakes(1, 1);
  scenario.scheduler.delays.start = Duration::Seconds(5);
  scenario.scheduler.delays.stop = Duration::Seconds(10);
  const Played played = Play(scenario, {Work{.run = kTenHours, .gpu = "fast"}});
  EXPECT_EQ(played.stints, (Stints{{Stint{5, 2110}, Stint{2115, 2115 + kTenHours - 1047.5}}}));
}

TEST(MigrationTest, NobodyMovesWhereNothingElseFits) {
  const Played played = Play(Fakes(2, 0), std::vector<Work>(2, {.run = kTenHours, .gpu = "fast"}));
  EXPECT_EQ(played.ran.summary.jobs.migrations, 0u);
  EXPECT_EQ(played.stints, (Stints{{Stint{0, 2 * kTenHours}}, {Stint{0, 2 * kTenHours}}}));
}

// Only the fake is left: the other member has its node still.
TEST(MigrationTest, AGangLeavesOnlyTheNodeThatHoldsItUp) {
  const Played played = Play(Fakes(1, 2), {Work{.run = kTenHours, .replicas = 2, .gpu = "fast"}});
  EXPECT_EQ(played.stints, (Stints{{Stint{0, 1800}, Stint{1800, 1800 + kTenHours - 900}}}));
  std::vector<uint32_t> nodes;
  for (const results::AttemptRow& row : played.ran.attempts) nodes.push_back(row.node);
  EXPECT_EQ(nodes, (std::vector<uint32_t>{0, 1, 1, 2}));
}

// One good node for two: the second to be told moves when it is free again, at the next look.
TEST(MigrationTest, WhatIsPromisedToOneIsNotPromisedToAnother) {
  const Played played = Play(Fakes(2, 1), std::vector<Work>(2, {.run = kTenHours, .gpu = "fast"}));
  const double end = 1800 + kTenHours - 900;  // 36,900 s: a look
  EXPECT_EQ(played.stints, (Stints{{Stint{0, 1800}, Stint{1800, end}},
                                   {Stint{0, end}, Stint{end, end + kTenHours - end / 2}}}));
}

// While job 0 stops, job 1 takes its place: nothing but the fake is left, and it goes back there.
TEST(MigrationTest, AJobWhosePlaceIsTakenMayGoAnywhere) {
  Scenario scenario = Fakes(1, 1);
  scenario.scheduler.delays.stop = Duration::Minutes(10);
  const Played played = Play(scenario, {Work{.run = kTenHours, .gpu = "fast"},
                                        Work{.submit = 2000, .run = 3 * kTenHours, .gpu = "fast"}});
  EXPECT_EQ(played.stints[0], (std::vector<Stint>{{0, 2400}, {2400, 2400 + 2 * kTenHours - 1800}}));
  EXPECT_EQ(played.row(0).migrations, 1);
  EXPECT_EQ(played.stints[1], (std::vector<Stint>{{2000, 2000 + 3 * kTenHours}}));
}

// A job that only stopped in order to move has not failed: one try is enough.
TEST(MigrationTest, AMoveIsNoRetry) {
  Scenario scenario = Fakes(1, 1);
  scenario.scheduler.retries = 0;
  const Played played = Play(scenario, {Work{.run = kTenHours, .gpu = "fast"}});
  EXPECT_EQ(played.row(0).outcome, results::JobOutcome::kFinished);
}

// Saved at a batch's end, not in its midst: the move waits for the class's next save.
TEST(MigrationTest, NobodyMovesBeforeItsAttemptWasWorthItsStart) {
  Scenario scenario = Fakes(1, 1);
  const Played played = Play(scenario, {Work{.run = kTenHours, .setup = kHour, .gpu = "fast"}});
  // An hour of set-up, and then an hour of work at half speed, of which the look at 02:00 knows.
  EXPECT_EQ(
      played.stints,
      (Stints{{Stint{0, 2 * kHour}, Stint{2 * kHour, 2 * kHour + kHour + kTenHours - 1800}}}));
}

// Half of an hour's interval is done on the slow card when the cooldown is over: it stays until a
// stop keeps something.
TEST(MigrationTest, NobodyMovesWithNothingSaved) {
  const Scenario scenario = Fakes(1, 1);
  std::vector<workload::Job> jobs = {testing::MakeJob(0, kTenHours)};
  jobs[0].job_class = JobClass::kBatchInference;
  jobs[0].checkpoint_interval = Duration::Hours(1);
  jobs[0].reference_gpu = GpuModelId(1);
  const testing::Ran ran = testing::Run(scenario, jobs);
  ASSERT_GE(ran.attempts.size(), 2u);
  EXPECT_EQ(ran.attempts[0].end, results::AttemptEnd::kMigrated);
  EXPECT_GE(ran.attempts[0].end_ns, 2 * static_cast<int64_t>(kHour * 1e9));
  EXPECT_LE(ran.jobs[0].row.lost_ns, static_cast<int64_t>(0.2 * kHour * 1e9));
}

// What a figure loses when `policy` is there, over ten seeds.
template <typename Figure>
std::vector<double> Saved(Scenario scenario, const std::string& policy,
                          const std::vector<Work>& works, Figure figure) {
  std::vector<double> saved;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    scenario.seed = seed;
    SetRole(&scenario, "rebalance", "none");
    const double without = figure(Play(scenario, works).ran.summary);
    SetRole(&scenario, "rebalance", policy);
    const results::Summary summary = Play(scenario, works).ran.summary;
    EXPECT_GT(summary.jobs.migrations, 0u);
    saved.push_back(without - figure(summary));
  }
  return saved;
}

// Ablation: a fifth of the devices is fake.
TEST(MigrationTest, StragglersThatMoveEndSooner) {
  Scenario scenario = Fakes(60, 0);
  std::get<SimpleTrust>(scenario.trust.level).cheats.shares[static_cast<int>(OwnerKind::kMiner)] = {
      0, 0.2, 0};
  std::vector<Work> works;
  for (int i = 0; i < 200; ++i)
    works.push_back({.submit = 600.0 * i, .run = 6 * kHour, .gpu = "fast"});
  ExpectAboveZero(
      Saved(scenario, "stragglers", works, [](const results::Summary& s) { return s.jct_s.mean; }),
      "jct_s");
}

// Ablation: half of the nodes asks for three times as much as the other half, and is all that is
// left when many jobs come at once.
TEST(MigrationTest, JobsThatMoveToCheaperNodesCostLess) {
  std::vector<Work> works;
  for (int i = 0; i < 30; ++i) works.push_back({.submit = 60.0 * i, .run = (2 + i % 5) * kHour});
  Scenario scenario = testing::MakeScenario({{.nodes = 20, .gpus = 1}, {.nodes = 20, .gpus = 1}});
  scenario.fleet[0].nodes.ask = {.median = UsdPerHour::FromDollars(3), .sigma = 0.3};
  scenario.fleet[1].nodes.ask = {.median = UsdPerHour::FromDollars(1), .sigma = 0.3};
  SetRole(&scenario, "place", "cheapest");
  ExpectAboveZero(
      Saved(scenario, "cheaper", works, [](const results::Summary& s) { return s.cost_usd; }),
      "usd");
}

// Ablation: boards differ in how they are cooled, and the worse ones throttle.
TEST(MigrationTest, JobsThatLeaveHotBoardsThrottleLess) {
  fleet::GpuModel gpu;
  gpu.id = "board";
  gpu.tdp_w = 400;
  Scenario scenario =
      testing::MakeScenario({{.nodes = 60, .gpus = 1, .cores = 4, .gpu = "board"}}, {gpu});
  scenario.fleet[0].nodes.owner_kind = OwnerKind::kConsumer;
  scenario.electricity = testing::TwoTariffs();
  scenario.energy.level = scenario::Energy::Level::kFull;
  scenario.energy.heat.spread = 0.2;
  std::vector<Work> works;
  for (int i = 0; i < 100; ++i) works.push_back({.submit = 900.0 * i, .run = 6 * kHour});
  ExpectAboveZero(Saved(scenario, "hot_nodes", works,
                        [](const results::Summary& s) { return s.energy->throttled_gpu_hours; }),
                  "gpu_h");
}

// Ablation: long jobs that may run anywhere fill London first; users there have jobs that must be
// near them.
TEST(MigrationTest, JobsThatLeaveACrowdedRegionMakeRoomForOthers) {
  Scenario scenario = testing::MakeScenario({{.nodes = 20, .gpus = 1}, {.nodes = 20, .gpus = 1}});
  scenario.regions = {{"london", "GB", 51.5085, -0.1257, Duration()},
                      {"frankfurt", "DE", 50.1155, 8.6842, Duration::Hours(1)}};
  scenario.fleet[1].nodes.regions = {{RegionId(1), 1}};
  scenario.network.level = scenario::NetworkLevel::kSimple;
  SetRole(&scenario, "place", "first_fit");
  Requirements near;
  near.max_rtt = Duration::Millis(5);
  std::vector<double> saved_s;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    std::mt19937_64 dice(seed);
    std::vector<workload::Job> jobs;
    for (int i = 0; i < 20; ++i) {
      jobs.push_back(testing::MakeJob(i, (4 + dice() % 9) * kHour));
    }
    for (int i = 0; i < 12; ++i) {
      jobs.push_back(testing::MakeJob(kHour + 1200 * i, 1800 + dice() % 1800));
      jobs.back().region = RegionId(0);
      jobs.back().requirements = RequirementsId(1);
    }
    const auto wait_s = [&](const char* policy) {
      SetRole(&scenario, "rebalance", policy);
      return testing::Run(scenario, jobs, 0, {near}).summary.wait_s.mean;
    };
    saved_s.push_back(wait_s("none") - wait_s("crowded_regions"));
  }
  ExpectAboveZero(saved_s, "s");
}

}  // namespace
}  // namespace orrery
