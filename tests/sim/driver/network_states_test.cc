// Links between regions that fail and relays that are flooded: gangs and data, in whole runs.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "models/failure/on_off.h"
#include "sim/base/random.h"
#include "tests/sim/driver/play.h"

namespace orrery {
namespace {

using failure::OnOff;
using failure::Spell;
using failure::SpellLaw;
using scenario::NetworkLevel;
using scenario::Scenario;
using scenario::Topology;
using testing::Play;
using testing::Played;
using testing::Work;

constexpr RegionId kInTokyo(0), kInFrankfurt(1), kInDallas(2);
constexpr double kGb = 1e9;

// A one-GPU node in Tokyo and one in Frankfurt, of two owners, on a mesh; relays stand in these
// regions.
Scenario World(const std::vector<RegionId>& relays) {
  Scenario scenario = testing::MakeScenario({{.nodes = 1}, {.nodes = 1}});
  scenario.regions = {{"tokyo", "JP", 35.6895, 139.6917, Duration::Hours(9)},
                      {"frankfurt", "DE", 50.1155, 8.6842, Duration::Hours(1)},
                      {"dallas", "US", 32.7831, -96.8067, -Duration::Hours(6)}};
  scenario.fleet[1].nodes.regions = {{kInFrankfurt, 1}};
  scenario.network.level = NetworkLevel::kFull;
  scenario.network.relays = relays;
  return scenario;
}

OnOff Process(Duration mtbf, Duration mttr) {
  return OnOff(SpellLaw::Exponential(mtbf), SpellLaw::Exponential(mttr));
}

// Which of these are up.
using Up = std::vector<bool>;

// When something is done that begins at time 0, of which rate(up) is done in a second.
double EndOf(const OnOff& process, const std::vector<RandomStream>& streams,
             const std::function<double(const Up&)>& rate) {
  std::vector<Spell> spells;
  for (const RandomStream& stream : streams) spells.push_back(process.First(stream));
  double now = 0;
  for (double left = 1;;) {
    SimTime until = SimTime::Never();
    Up up;
    for (const Spell& spell : spells) {
      until = std::min(until, spell.until);
      up.push_back(spell.on);
    }
    const double done = rate(up) * (until.seconds() - now);
    if (left <= done) return now + left / rate(up);
    left -= done;
    now = until.seconds();
    for (size_t i = 0; i < spells.size(); ++i) {
      if (spells[i].until == until) spells[i] = process.Next(streams[i], spells[i]);
    }
  }
}

// Of the links Frankfurt–Tokyo, Dallas–Tokyo, Dallas–Frankfurt.
std::vector<RandomStream> Links(const Scenario& scenario) {
  std::vector<RandomStream> streams;
  for (const std::string pair : {"frankfurt|tokyo", "dallas|tokyo", "dallas|frankfurt"}) {
    streams.push_back(
        RandomStreams(scenario.seed, 0).Stream(StreamName::FromText("network/link/" + pair)));
  }
  return streams;
}

OnOff FailLinks(Scenario* scenario, Duration mtbf = Duration::Hours(2),
                Duration mttr = Duration::Hours(1)) {
  scenario->network.link_mtbf = mtbf;
  scenario->network.link_mttr = mttr;
  return Process(mtbf, mttr);
}

constexpr Work kGang = {.run = 20'000, .replicas = 2};

double EndOfGang(const Scenario& scenario) { return Play(scenario, {kGang}).stints[0][0].end; }

double LengthOver(RegionId relay) {
  Scenario scenario = World({relay});
  scenario.network.topology = Topology::kRelay;
  return EndOfGang(scenario);
}

TEST(LinkFailuresTest, AMeshGoesOverARelayMeanwhile) {
  Scenario scenario = World({kInTokyo, kInFrankfurt, kInDallas});
  const double direct = EndOfGang(scenario), detour = LengthOver(kInDallas);
  EXPECT_GT(detour, 1.1 * direct);
  const OnOff process = FailLinks(&scenario);
  double strayed = 0;
  const double end = EndOf(process, Links(scenario), [&](const Up& up) {
    strayed += !up[0] && up[1] && up[2];
    return up[0] ? 1 / direct : up[1] && up[2] ? 1 / detour : 0;
  });
  EXPECT_GT(strayed, 0);
  EXPECT_GT(end, direct + 3600);
  EXPECT_NEAR(EndOfGang(scenario), end, 1e-3);
}

TEST(LinkFailuresTest, WithoutARelayThatBothReachAMeshIsCut) {
  // A relay at either end is as far from the other one as that end is.
  Scenario scenario = World({kInTokyo, kInFrankfurt});
  const double direct = EndOfGang(scenario);
  const OnOff process = FailLinks(&scenario);
  const double end =
      EndOf(process, Links(scenario), [&](const Up& up) { return up[0] ? 1 / direct : 0; });
  EXPECT_GT(end, direct + 3600);
  EXPECT_NEAR(EndOfGang(scenario), end, 1e-3);
}

TEST(LinkFailuresTest, FromARelayOutOfReachToTheNextBest) {
  Scenario scenario = World({kInTokyo, kInDallas});
  scenario.network.topology = Topology::kRelay;
  const double near = LengthOver(kInTokyo), far = LengthOver(kInDallas);
  const OnOff process = FailLinks(&scenario);
  const double end = EndOf(process, Links(scenario), [&](const Up& up) {
    return up[0] ? 1 / near : up[1] && up[2] ? 1 / far : 0;
  });
  EXPECT_NEAR(EndOfGang(scenario), end, 1e-3);
  scenario.network.relays = {kInDallas};
  const double one_end =
      EndOf(process, Links(scenario), [&](const Up& up) { return up[1] && up[2] ? 1 / far : 0; });
  EXPECT_NEAR(EndOfGang(scenario), one_end, 1e-3);
}

TEST(LinkFailuresTest, AStarIsCut) {
  Scenario scenario = World({kInDallas});
  scenario.network.topology = Topology::kStar;
  const double direct = EndOfGang(scenario);
  const OnOff process = FailLinks(&scenario);
  const double end =
      EndOf(process, Links(scenario), [&](const Up& up) { return up[0] ? 1 / direct : 0; });
  EXPECT_NEAR(EndOfGang(scenario), end, 1e-3);
  // Who cannot be called goes over the relay at all times.
  scenario.fleet[0].access.relay_only = 1;
  const double far = LengthOver(kInDallas);
  const double relayed =
      EndOf(process, Links(scenario), [&](const Up& up) { return up[1] && up[2] ? 1 / far : 0; });
  EXPECT_NEAR(EndOfGang(scenario), relayed, 1e-3);
}

TEST(LinkFailuresTest, InsideARegionNothingFails) {
  Scenario scenario = World({kInDallas});
  scenario.fleet[1].nodes.regions = scenario.fleet[0].nodes.regions;
  const Played sound = Play(scenario, {kGang});
  FailLinks(&scenario);
  EXPECT_EQ(Play(scenario, {kGang}).ran.summary.trace_digest, sound.ran.summary.trace_digest);
}

workload::DataParams Reads(double bytes, RegionId store) {
  workload::DataParams data;
  data.input.law = workload::Deterministic{bytes};
  data.store = store;
  return data;
}

// 200 GB from Frankfurt to Tokyo: directly at 1 GB/s, over the relay in Dallas at half of that.
TEST(LinkFailuresTest, DataComeBackToTheDirectWay) {
  Scenario scenario = World({kInDallas});
  scenario.fleet.pop_back();
  scenario.network.window_mib = 1 << 20;
  scenario.network.stores.capacity_gbs = 1;
  scenario.network.relay_gbs = 0.5f;
  const OnOff process = FailLinks(&scenario, Duration::Seconds(60), Duration::Seconds(40));
  const double end = EndOf(process, Links(scenario), [](const Up& up) {
    return (up[0] ? 1 : up[1] && up[2] ? 0.5 : 0) / 200;
  });
  const Played played = Play(scenario, {{.run = 10, .data = 1}}, {Reads(200 * kGb, kInFrankfurt)});
  EXPECT_GT(end, 201);
  EXPECT_NEAR(played.stints[0][0].run, end, 1e-3);
  EXPECT_GT(played.ran.summary.transfers->rerouted, 1u);
  EXPECT_GT(played.ran.summary.transfers->cut, 0u);
  EXPECT_EQ(played.row(0).moved_bytes, 200'000'000'000);
}

// ---- Floods

OnOff FloodRelays(Scenario* scenario, Duration mtbf, Duration mttr, double capacity) {
  scenario->network.flood_mtbf = mtbf;
  scenario->network.flood_mttr = mttr;
  scenario->network.flood_capacity = capacity;
  return Process(mtbf, mttr);
}

std::vector<RandomStream> FirstRelay(const Scenario& scenario) {
  return {RandomStreams(scenario.seed, 0).Stream("network/flood", 0)};
}

// It takes the flooded relay all the same: the other one is farther.
TEST(RelayFloodsTest, AGangGoesAtWhatIsLeft) {
  Scenario scenario = World({kInTokyo, kInDallas});
  scenario.network.topology = Topology::kRelay;
  const double sound = EndOfGang(scenario);
  scenario.network.relay_gbs = 0.125f;
  const double flooded = EndOfGang(scenario);
  EXPECT_GT(flooded, 1.5 * sound);
  scenario.network.relay_gbs = 1.25f;
  const OnOff process =
      FloodRelays(&scenario, Duration::Hours(2), Duration::Hours(1), /*capacity=*/0.1);
  const double end = EndOf(process, FirstRelay(scenario),
                           [&](const Up& up) { return up[0] ? 1 / sound : 1 / flooded; });
  EXPECT_GT(end, sound + 3600);
  EXPECT_NEAR(EndOfGang(scenario), end, 1e-3);
}

// Two gangs, each of which would use more than half of the relay, begin in the midst of a flood, or
// when one is over: it came, or went, while nobody ran.
TEST(RelayFloodsTest, GangsThatBeginLaterShareWhatThereIsThen) {
  Scenario scenario = World({kInTokyo});
  scenario.network.topology = Topology::kRelay;
  scenario.fleet.insert(scenario.fleet.end(), {scenario.fleet[0], scenario.fleet[1]});
  scenario.fleet[2].nodes.name = "more in tokyo";
  scenario.fleet[3].nodes.name = "more in frankfurt";
  const auto ends = [&](double submit) {
    Work gang = kGang;
    gang.submit = submit;
    const testing::Stints stints = Play(scenario, {gang, gang}).stints;
    return std::vector<double>{stints[0][0].end - submit, stints[1][0].end - submit};
  };
  const auto expect = [&](double submit, double length) {
    for (const double end : ends(submit)) EXPECT_NEAR(end, length, 1e-3) << submit;
  };
  scenario.network.relay_gbs = 0.01f;
  const double flooded = ends(0)[0];
  scenario.network.relay_gbs = 0.1f;
  const double sound = ends(0)[0];
  EXPECT_GT(flooded, 3 * sound);
  const OnOff process =
      FloodRelays(&scenario, Duration::Hours(2000), Duration::Hours(2000), /*capacity=*/0.1);
  Spell spell = process.First(FirstRelay(scenario)[0]);
  for (int spells = 0; spells < 6; ++spells) {
    const double begin = spell.until.seconds();
    spell = process.Next(FirstRelay(scenario)[0], spell);
    if (spell.until.seconds() < begin + 2 * flooded) continue;
    expect(begin + 10, spell.on ? sound : flooded);
  }
}

// Two jobs read 100 GB each over a relay that carries 0.5 GB/s, or 0.05.
TEST(RelayFloodsTest, DataShareWhatIsLeft) {
  Scenario scenario = World({kInTokyo});
  scenario.network.topology = Topology::kRelay;
  scenario.network.relay_gbs = 0.5f;
  scenario.network.window_mib = 1 << 20;
  scenario.fleet[0].nodes.nodes = 2;
  scenario.fleet.pop_back();
  const OnOff process =
      FloodRelays(&scenario, Duration::Seconds(100), Duration::Seconds(60), /*capacity=*/0.1);
  const double end =
      EndOf(process, FirstRelay(scenario), [](const Up& up) { return (up[0] ? 0.5 : 0.05) / 200; });
  EXPECT_GT(end, 450);
  const Work reads = {.run = 10, .data = 1};
  const Played played = Play(scenario, {reads, reads}, {Reads(100 * kGb, kInTokyo)});
  EXPECT_NEAR(played.stints[0][0].run, end, 1e-3);
  EXPECT_NEAR(played.stints[1][0].run, end, 1e-3);
  EXPECT_EQ(played.ran.summary.transfers->rerouted, 0u);
  EXPECT_EQ(played.ran.summary.transfers->cut, 0u);
}

TEST(RelayFloodsTest, WhoTalksDirectlyDoesNotMind) {
  Scenario scenario = World({kInDallas});
  const Played sound = Play(scenario, {kGang});
  FloodRelays(&scenario, Duration::Hours(2), Duration::Hours(1), /*capacity=*/0.1);
  EXPECT_EQ(Play(scenario, {kGang}).ran.summary.trace_digest, sound.ran.summary.trace_digest);
}

}  // namespace
}  // namespace orrery
