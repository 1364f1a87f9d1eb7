// Moving data before jobs run and after, in whole runs.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "models/failure/on_off.h"
#include "models/network/rtt.h"
#include "sim/base/random.h"
#include "tests/sim/driver/failing.h"
#include "tests/sim/driver/play.h"
#include "tests/testing/interval.h"

namespace orrery {
namespace {

using scenario::NetworkLevel;
using scenario::Scenario;
using scenario::Topology;
using testing::Play;
using testing::Played;
using testing::Stint;
using testing::Work;
using workload::DataParams;
using workload::Deterministic;

constexpr double kGb = 1e9;
constexpr double kMiB = 1 << 20;

const scenario::Region kTokyo = {"tokyo", "JP", 35.6895, 139.6917, Duration::Hours(9)};
const scenario::Region kFrankfurt = {"frankfurt", "DE", 50.1155, 8.6842, Duration::Hours(1)};
const scenario::Region kDallas = {"dallas", "US", 32.7831, -96.8067, -Duration::Hours(6)};
constexpr RegionId kInTokyo(0), kInFrankfurt(1), kInDallas(2);

// `nodes` one-GPU nodes of a data centre (1.25 GB/s) in Tokyo. Stores carry 1 GB/s.
Scenario World(uint32_t nodes = 2, NetworkLevel level = NetworkLevel::kFull) {
  Scenario scenario = testing::MakeScenario({{.nodes = nodes}});
  scenario.regions = {kTokyo, kFrankfurt, kDallas};
  scenario.network.level = level;
  scenario.network.residuals = false;
  scenario.network.stores.capacity_gbs = 1;
  return scenario;
}

DataParams Reads(double bytes, RegionId store = kInTokyo) {
  DataParams data;
  data.input.law = Deterministic{bytes};
  data.store = store;
  return data;
}

double RttMs(const scenario::Region& a, const scenario::Region& b) {
  const auto place = [](const scenario::Region& region) {
    return network::Place{region.lat_deg, region.lon_deg, network::AreaOf(region.country)};
  };
  return network::RttMs(place(a), place(b), network::Route::kPublic);
}

TEST(TransfersTest, TwoJobsShareTheLinkOfTheStore) {
  // 100 GB each over 1 GB/s, the second one 40 s later. The first has 40 GB when they begin to
  // share; its other 60 GB take until 160. By then the second has 60 GB; the rest takes 40 s.
  const Played played =
      Play(World(), {{.submit = 0, .run = 10, .data = 1}, {.submit = 40, .run = 10, .data = 1}},
           {Reads(100 * kGb)});
  EXPECT_NEAR(played.stints[0][0].run, 160, 1e-6);
  EXPECT_NEAR(played.stints[1][0].run, 200, 1e-6);
  EXPECT_NEAR(played.stints[1][0].end, 210, 1e-6);
  EXPECT_EQ(played.row(0).moved_bytes, 100'000'000'000);
  // They held a GPU for 160 s each; the way there is overhead.
  ASSERT_TRUE(played.ran.summary.transfers.has_value());
  EXPECT_NEAR(played.ran.summary.transfers->gpu_hours, 320.0 / 3600, 1e-9);
  EXPECT_NEAR(played.ran.summary.gpu_hours.overhead, 320.0 / 3600, 1e-9);
  EXPECT_EQ(played.ran.summary.transfers->fetched_gb, 200);
}

TEST(TransfersTest, SimpleSharesNothing) {
  const Played played =
      Play(World(2, NetworkLevel::kSimple),
           {{.submit = 0, .run = 10, .data = 1}, {.submit = 40, .run = 10, .data = 1}},
           {Reads(100 * kGb)});
  EXPECT_NEAR(played.stints[0][0].run, 100, 1e-6);
  EXPECT_NEAR(played.stints[1][0].run, 140, 1e-6);
}

TEST(TransfersTest, OffGivesTheSameBitsAsNoData) {
  const std::vector<Work> with = {{.submit = 0, .run = 10, .data = 1}, {.submit = 4, .run = 10}};
  std::vector<Work> without = with;
  without[0].data = 0;
  const auto moved = Play(World(1, NetworkLevel::kOff), with, {Reads(100 * kGb)}).ran.summary;
  const auto none = Play(World(1, NetworkLevel::kOff), without).ran.summary;
  EXPECT_EQ(moved.outcome_digest, none.outcome_digest);
  EXPECT_EQ(moved.trace_digest, none.trace_digest);
  EXPECT_FALSE(moved.transfers.has_value());
}

TEST(TransfersTest, TheNarrowestLinkBinds) {
  Scenario scenario = World(1);
  scenario.fleet[0].access.down_gbs = 0.1f;
  const Played played = Play(scenario, {{.run = 10, .data = 1}}, {Reads(100 * kGb)});
  EXPECT_NEAR(played.stints[0][0].run, 1000, 0.01);
}

TEST(TransfersTest, ALongWayIsAsFastAsItsWindow) {
  const double bytes_s = 48 * kMiB / (1e-3 * RttMs(kTokyo, kFrankfurt));
  ASSERT_LT(bytes_s, kGb);
  const Played played = Play(World(1), {{.run = 10, .data = 1}}, {Reads(20 * kGb, kInFrankfurt)});
  EXPECT_NEAR(played.stints[0][0].run, 20 * kGb / bytes_s, 1e-3);
}

TEST(TransfersTest, DataAreWhereTheUserIsUnlessTheScenarioSays) {
  const Work work = {.run = 10, .data = 1, .region = kInFrankfurt};
  const DataParams with_user = Reads(20 * kGb, RegionId::None());
  const double far = Play(World(1), {work}, {with_user}).stints[0][0].run;
  EXPECT_EQ(far, Play(World(1), {work}, {Reads(20 * kGb, kInFrankfurt)}).stints[0][0].run);
  EXPECT_NEAR(Play(World(1), {work}, {Reads(20 * kGb)}).stints[0][0].run, 20, 1e-6);
  // Whoever is nowhere has them where the node is.
  const Work nowhere = {.run = 10, .data = 1};
  EXPECT_NEAR(Play(World(1), {nowhere}, {with_user}).stints[0][0].run, 20, 1e-6);
}

TEST(TransfersTest, ANodeKeepsAnImage) {
  DataParams one, other;
  one.image = other.image = 10 * kGb;
  const Played played = Play(World(1),
                             {{.submit = 0, .run = 10, .data = 1},
                              {.submit = 1, .run = 10, .data = 1},
                              {.submit = 2, .run = 10, .data = 2}},
                             {one, other});
  EXPECT_NEAR(played.stints[0][0].run, 10, 1e-6);
  EXPECT_NEAR(played.stints[1][0].run, 20, 1e-6);  // at once
  EXPECT_NEAR(played.stints[2][0].run, 40, 1e-6);
  EXPECT_EQ(played.ran.summary.transfers->images_kept, 1u);
}

TEST(TransfersTest, TheNodesOfAGangReadAShareEach) {
  // 50 GB for each of two nodes, over the store's 1 GB/s together; the image 5 GB for each.
  DataParams data = Reads(100 * kGb);
  data.image = 5 * kGb;
  const Played played = Play(World(), {{.run = 10, .replicas = 2, .data = 1}}, {data});
  EXPECT_NEAR(played.stints[0][0].run, 110, 1e-6);
  EXPECT_EQ(played.row(0).moved_bytes, 110'000'000'000);
}

TEST(TransfersTest, ARestartReadsItsCheckpointAndItsInputAgain) {
  Scenario scenario = World(1);
  testing::SetRole(&scenario, "order", "priority");
  testing::SetRole(&scenario, "preempt", "priority");
  DataParams data = Reads(10 * kGb);
  data.checkpoint = 30 * kGb;
  const Played played = Play(
      scenario, {{.submit = 0, .run = 100, .data = 1}, {.submit = 50, .run = 20, .priority = 9}},
      {data});
  // Fetched by 10, stopped at 50 with 40 s done; the other runs until 70; 40 GB, 60 s.
  ASSERT_EQ(played.stints[0].size(), 2u);
  EXPECT_NEAR(played.stints[0][1].run, 110, 1e-6);
  EXPECT_NEAR(played.stints[0][1].end, 170, 1e-6);
  EXPECT_EQ(played.row(0).moved_bytes, 50'000'000'000);
}

TEST(TransfersTest, NodesAreHeldUntilTheOutputIsOut) {
  DataParams data;
  data.output.law = Deterministic{30 * kGb};
  data.store = kInTokyo;
  const Played played =
      Play(World(1), {{.submit = 0, .run = 10, .data = 1}, {.submit = 1, .run = 5}}, {data});
  EXPECT_EQ(played.stints[0][0].run, 0);
  EXPECT_NEAR(played.stints[0][0].end, 40, 1e-6);
  EXPECT_NEAR(played.stints[1][0].run, 40, 1e-6);
  EXPECT_EQ(played.row(0).useful_ns, 10'000'000'000);
  EXPECT_EQ(played.row(0).lost_ns, 0);
  EXPECT_EQ(played.ran.summary.transfers->sent_gb, 30);
}

TEST(TransfersTest, ABudgetEndsAFetchThatTakesTooLong) {
  // $0.36 an hour is $0.0001 a second: $0.005 last for 50 s.
  Scenario scenario = World(1);
  scenario.fleet[0].nodes.ask.median = UsdPerHour::FromDollars(0.36);
  const Played played =
      Play(scenario, {{.run = 10, .budget_usd = 0.005, .data = 1}}, {Reads(100 * kGb)});
  EXPECT_EQ(played.row(0).outcome, results::JobOutcome::kKilled);
  EXPECT_NEAR(played.stints[0][0].end, 50, 1e-6);
  EXPECT_NEAR(static_cast<double>(played.row(0).moved_bytes), 50 * kGb, 10);
  EXPECT_EQ(played.row(0).cost_usd_micro, 5000);
  EXPECT_EQ(played.ran.summary.transfers->broken_off, 1u);
}

TEST(TransfersTest, WhatHasComeByTheHorizonCounts) {
  Scenario scenario = World(1);
  scenario.horizon = Duration::Seconds(25);
  const Played played = Play(scenario, {{.run = 10, .data = 1}}, {Reads(100 * kGb)});
  EXPECT_EQ(played.row(0).outcome, results::JobOutcome::kUnfinished);
  EXPECT_NEAR(static_cast<double>(played.row(0).moved_bytes), 25 * kGb, 10);
}

TEST(TransfersTest, OnlyWhatLeavesTheStoresRegionIsPaidFor) {
  Scenario scenario = World(1);
  scenario.network.stores.egress_per_gb = Usd::FromDollars(0.09);
  scenario.network.stores.others.push_back({{.capacity_gbs = 1}, kInDallas});
  scenario.network.stores.others[0].egress_per_gb = Usd::FromDollars(0.05);
  DataParams home = Reads(100 * kGb), there = Reads(100 * kGb, kInFrankfurt);
  DataParams other = Reads(100 * kGb, kInDallas);
  for (DataParams* data : {&home, &there, &other}) data->image = 10 * kGb;
  there.output.law = Deterministic{50 * kGb};  // what comes in is free
  const Played played =
      Play(scenario, {{.run = 1, .data = 1}, {.run = 1, .data = 2}, {.run = 1, .data = 3}},
           {home, there, other});
  EXPECT_EQ(played.row(0).egress_usd_micro, 0);
  EXPECT_EQ(played.row(1).egress_usd_micro, 9'000'000);
  EXPECT_EQ(played.row(2).egress_usd_micro, 5'000'000);
  EXPECT_EQ(played.row(1).cost_usd_micro, 0);
  EXPECT_DOUBLE_EQ(played.ran.summary.transfers->egress_usd, 14);
}

// ---- Topologies

double RunStart(const Scenario& scenario, uint32_t replicas = 1) {
  return Play(scenario, {{.run = 10, .replicas = replicas, .data = 1}},
              {Reads(100 * kGb, kInTokyo)})
      .stints[0][0]
      .run;
}

TEST(TransfersTopologyTest, ARelayCarriesAllFlowsTogether) {
  Scenario scenario = World(2);
  scenario.network.topology = Topology::kRelay;
  scenario.network.relay_gbs = 0.25f;
  scenario.network.window_mib = 1 << 20;
  EXPECT_NEAR(RunStart(scenario), 400, 1e-3);
  EXPECT_NEAR(RunStart(scenario, 2), 400, 1e-3);
  scenario.network.topology = Topology::kMesh;
  EXPECT_NEAR(RunStart(scenario, 2), 100, 1e-3);
}

TEST(TransfersTopologyTest, WhoIsBehindANatCallsTheStoreAllTheSame) {
  Scenario scenario = World(1);
  scenario.fleet[0].access.relay_only = 1;
  scenario.network.relay_gbs = 0.01f;
  EXPECT_NEAR(RunStart(scenario), 100, 1e-3);
}

TEST(TransfersTopologyTest, AStarReadsThroughItsHub) {
  // Three nodes that receive 0.6 GB/s and send 0.2: a third of the data each, all of it through the
  // hub's 0.6, and two thirds out of it again at 0.2.
  Scenario scenario = World(3);
  scenario.network.topology = Topology::kStar;
  scenario.fleet[0].access.down_gbs = 0.6f;
  scenario.fleet[0].access.up_gbs = 0.2f;
  EXPECT_NEAR(RunStart(scenario, 3), 2.0 / 3 * 100 / 0.2, 0.01);
}

// ---- Relays that fail

TEST(RelayFailuresTest, AFlowWaitsForTheOnlyRelay) {
  // 200 GB at the relay's 0.5 GB/s: 400 s in which it is up.
  Scenario scenario = World(1);
  scenario.network.topology = Topology::kRelay;
  scenario.network.relays = {kInTokyo};
  scenario.network.relay_gbs = 0.5f;
  scenario.network.relay_mtbf = Duration::Seconds(100);
  scenario.network.relay_mttr = Duration::Seconds(30);
  const failure::OnOff process(failure::SpellLaw::Exponential(Duration::Seconds(100)),
                               failure::SpellLaw::Exponential(Duration::Seconds(30)));
  const RandomStream stream = RandomStreams(scenario.seed, 0).Stream("network/relay", 0);
  double needed = 400, now = 0;
  failure::Spell spell = process.First(stream);
  while (true) {
    const double rest = spell.until.seconds() - now;
    if (spell.on && rest >= needed) break;
    if (spell.on) needed -= rest;
    now = spell.until.seconds();
    spell = process.Next(stream, spell);
  }
  ASSERT_GT(spell.number, 2u);
  const Played played = Play(scenario, {{.run = 10, .data = 1}}, {Reads(200 * kGb)});
  EXPECT_NEAR(played.stints[0][0].run, now + needed, 1e-3);
  EXPECT_GT(played.ran.summary.transfers->cut, 0u);
  EXPECT_EQ(played.ran.summary.transfers->rerouted, 0u);
}

TEST(RelayFailuresTest, WithAnotherRelayAFlowGoesOnTheLongerWay) {
  Scenario scenario = World(1);
  scenario.network.topology = Topology::kRelay;
  scenario.network.relays = {kInTokyo, kInFrankfurt, kInDallas};
  const double sound =
      Play(scenario, {{.run = 10, .data = 1}}, {Reads(200 * kGb)}).stints[0][0].run;
  EXPECT_NEAR(sound, 200, 1e-3);
  scenario.network.relay_mtbf = Duration::Seconds(100);
  scenario.network.relay_mttr = Duration::Seconds(30);
  const Played played = Play(scenario, {{.run = 10, .data = 1}}, {Reads(200 * kGb)});
  EXPECT_GT(played.stints[0][0].run, sound + 1);
  EXPECT_GT(played.ran.summary.transfers->rerouted, 0u);
  EXPECT_EQ(played.row(0).moved_bytes, 200'000'000'000);
}

// A node in Tokyo reads 200 GB at 1 GB/s from the store in Frankfurt: 200 s in which that region
// has no outage. Of the seeds, the first where Tokyo has none and Frankfurt some.
TEST(RegionOutageTest, AFlowWaitsForItsStore) {
  Scenario scenario = World(1);
  scenario.network.window_mib = 1 << 20;
  failure::FullFailures full = testing::Sound();
  full.region_outage = {Duration::Seconds(200), Duration::Seconds(60), 0.5};
  scenario.failures.level = full;
  const failure::OnOff outages = *failure::OutageProcess(full.region_outage);
  double needed = 0, now = 0;
  for (scenario.seed = 1;; ++scenario.seed) {
    ASSERT_LT(scenario.seed, 200u);
    const auto stream = [&](RegionId region) {
      return RandomStreams(scenario.seed, 0).Stream("failure/region", region.index());
    };
    needed = 200, now = 0;
    failure::Spell spell = outages.First(stream(kInFrankfurt));
    while (!spell.on || spell.until.seconds() - now < needed) {
      if (spell.on) needed -= spell.until.seconds() - now;
      now = spell.until.seconds();
      spell = outages.Next(stream(kInFrankfurt), spell);
    }
    const failure::Spell tokyo = outages.First(stream(kInTokyo));
    if (spell.number > 1 && tokyo.on && tokyo.until.seconds() > now + needed + 10) break;
  }
  const DataParams data = Reads(200 * kGb, kInFrankfurt);
  const Played played = Play(scenario, {{.run = 10, .data = 1}}, {data});
  ASSERT_EQ(played.stints[0].size(), 1u);
  EXPECT_NEAR(played.stints[0][0].run, now + needed, 1e-3);
  EXPECT_GT(played.ran.summary.transfers->cut, 0u);
  EXPECT_EQ(played.row(0).moved_bytes, 200'000'000'000);
}

TEST(RelayFailuresTest, AMeshHasNoUseForThem) {
  Scenario scenario = World(1);
  const Played sound = Play(scenario, {{.run = 10, .data = 1}}, {Reads(100 * kGb)});
  scenario.network.relay_mtbf = Duration::Seconds(10);
  const Played played = Play(scenario, {{.run = 10, .data = 1}}, {Reads(100 * kGb)});
  EXPECT_EQ(played.ran.summary.trace_digest, sound.ran.summary.trace_digest);
}

// ---- Ablation

// Nobody waits for a node.
double MeanCompletion(NetworkLevel level, uint64_t seed) {
  Scenario scenario = World(20, level);
  scenario.seed = seed;
  DataParams data = Reads(0, kInFrankfurt);
  data.input.law = workload::LogNormal{.median = 50 * kGb, .sigma = 0.5};
  std::vector<Work> works;
  for (int i = 0; i < 60; ++i) works.push_back({.submit = 240.0 * i, .run = 600, .data = 1});
  return Play(scenario, works, {data}).ran.summary.jct_s.mean;
}

TEST(TransfersAblationTest, JobsThatReadFromAfarTakeLongerByMoreThanTheInterval) {
  std::vector<double> rises;
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    rises.push_back(
        MeanCompletion(NetworkLevel::kFull, seed) / MeanCompletion(NetworkLevel::kOff, seed) - 1);
  }
  testing::ExpectAboveZero(rises, "rise");
}

}  // namespace
}  // namespace orrery
