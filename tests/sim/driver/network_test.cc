// What a gang pays for where its members are, in whole runs.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "models/network/rtt.h"
#include "sim/base/random.h"
#include "tests/sim/driver/play.h"
#include "tests/testing/interval.h"

namespace orrery {
namespace {

using network::Pattern;
using scenario::NetworkLevel;
using scenario::Scenario;
using scenario::Topology;
using testing::Play;
using testing::Work;

constexpr double kMiB = 1 << 20;

// One group of `nodes` one-GPU nodes, of an owner of its own, in each region.
Scenario Spread(const std::vector<scenario::Region>& regions, uint32_t nodes, NetworkLevel level) {
  Scenario scenario =
      testing::MakeScenario(std::vector<testing::Nodes>(regions.size(), {.nodes = nodes}));
  scenario.regions = regions;
  for (size_t i = 0; i < regions.size(); ++i) {
    scenario.fleet[i].nodes.regions = {{RegionId(static_cast<uint16_t>(i)), 1}};
  }
  scenario.network.level = level;
  scenario.network.residuals = false;
  return scenario;
}

const scenario::Region kTokyo = {"tokyo", "JP", 35.6895, 139.6917, Duration::Hours(9)};
const scenario::Region kFrankfurt = {"frankfurt", "DE", 50.1155, 8.6842, Duration::Hours(1)};
const scenario::Region kLondon = {"london", "GB", 51.5085, -0.1257, Duration()};
const scenario::Region kDallas = {"dallas", "US", 32.7831, -96.8067, -Duration::Hours(6)};

network::Place PlaceOf(const scenario::Region& region) {
  return {region.lat_deg, region.lon_deg, network::AreaOf(region.country)};
}

// When the only job, `run` seconds of work on that many nodes, is done.
double EndOfGang(const Scenario& scenario, uint32_t replicas, double run = 1000,
                 JobClass job_class = JobClass::kBatchTraining) {
  const auto played = Play(scenario, {{.run = run, .replicas = replicas, .job_class = job_class}});
  return played.stints[0][0].end;
}

TEST(NetworkTest, SimpleAddsARoundTripToEachStepOfTwoSites) {
  // A ring of two: 2·(2 − 1) one-way latencies for each second of work.
  const double rtt_s = 1e-3 * network::SimpleRttMs(PlaceOf(kTokyo), PlaceOf(kFrankfurt));
  const Scenario scenario = Spread({kTokyo, kFrankfurt}, 1, NetworkLevel::kSimple);
  EXPECT_NEAR(EndOfGang(scenario, 2), 1000 * (1 + rtt_s), 1e-3);
}

TEST(NetworkTest, FullAddsLatencyJitterAndTheWindowsBandwidth) {
  const double rtt_ms =
      network::RttMs(PlaceOf(kTokyo), PlaceOf(kFrankfurt), network::Route::kPublic);
  const double latency_s = 5e-4 * network::SlowestRttMs(rtt_ms, 2, false);
  const double bytes_s = 48 * kMiB / (1e-3 * rtt_ms);  // below the 1.25 GB/s of the links
  ASSERT_LT(bytes_s, 1250e6);
  const double step_s = 1 + 2 * latency_s + 649 * kMiB / bytes_s;
  const Scenario scenario = Spread({kTokyo, kFrankfurt}, 1, NetworkLevel::kFull);
  EXPECT_NEAR(EndOfGang(scenario, 2), 1000 * step_s, 0.01);
}

TEST(NetworkTest, AThinAccessLinkBinds) {
  // 10 MB/s up from Frankfurt: 649 MiB take 68 s, whatever the window.
  Scenario scenario = Spread({kLondon, kFrankfurt}, 1, NetworkLevel::kFull);
  scenario.fleet[1].access.tier = network::AccessTier::kLow;
  const double rtt_ms =
      network::RttMs(PlaceOf(kLondon), PlaceOf(kFrankfurt), network::Route::kPublic);
  const double latency_s = 5e-4 * network::SlowestRttMs(rtt_ms, 2, false);
  EXPECT_NEAR(EndOfGang(scenario, 2, 10), 10 * (1 + 2 * latency_s + 649 * kMiB / 10e6), 0.01);
  scenario.fleet[1].access.up_gbs = 0.02f;
  EXPECT_NEAR(EndOfGang(scenario, 2, 10), 10 * (1 + 2 * latency_s + 649 * kMiB / 20e6), 0.01);
}

TEST(NetworkTest, OneSiteAndOneNodePayNothing) {
  for (const NetworkLevel level : {NetworkLevel::kSimple, NetworkLevel::kFull}) {
    const Scenario scenario = Spread({kTokyo, kFrankfurt}, 2, level);
    EXPECT_EQ(EndOfGang(scenario, 2), 1000);  // first_fit: both nodes of Tokyo
    EXPECT_EQ(EndOfGang(scenario, 1), 1000);
    EXPECT_GT(EndOfGang(scenario, 3), 1000);
  }
}

TEST(NetworkTest, MembersAtOneSiteCombineBeforeTheyExchange) {
  // Two nodes in Tokyo and one in Frankfurt are two sites, as one and one are.
  const double two = EndOfGang(Spread({kTokyo, kFrankfurt}, 1, NetworkLevel::kFull), 2);
  const double three = EndOfGang(Spread({kTokyo, kFrankfurt}, 2, NetworkLevel::kFull), 3);
  EXPECT_EQ(two, three);
}

TEST(NetworkTest, EveryHomeIsASiteOfItsOwn) {
  Scenario scenario = Spread({kTokyo}, 2, NetworkLevel::kFull);
  EXPECT_EQ(EndOfGang(scenario, 2), 1000);
  scenario.fleet[0].nodes.owner_kind = OwnerKind::kConsumer;
  EXPECT_GT(EndOfGang(scenario, 2), 1000);
}

TEST(NetworkTest, TwoOwnersInOneRegionAreTwoSites) {
  const Scenario scenario = Spread({kTokyo, kTokyo}, 1, NetworkLevel::kSimple);
  EXPECT_NEAR(EndOfGang(scenario, 2), 1000 * (1 + 1e-3 * network::kMetroRttMs), 1e-3);
}

TEST(NetworkTest, ClassesThatExchangeNothingPayNothing) {
  Scenario scenario = Spread({kTokyo, kFrankfurt}, 1, NetworkLevel::kFull);
  EXPECT_EQ(EndOfGang(scenario, 2, 1000, JobClass::kBatchInference), 1000);
  EXPECT_GT(EndOfGang(scenario, 2, 1000, JobClass::kSweep), 1000);
  scenario.network.sweep.pattern = Pattern::kNone;
  EXPECT_EQ(EndOfGang(scenario, 2, 1000, JobClass::kSweep), 1000);
}

TEST(NetworkTest, ActorsDoNotWaitUnlessTheirLinksAreThin) {
  Scenario scenario = Spread({kTokyo, kFrankfurt}, 1, NetworkLevel::kFull);
  const auto end = [&] { return EndOfGang(scenario, 2, 1000, JobClass::kReinforcementLearning); };
  EXPECT_EQ(end(), 1000);  // 27 MiB each way, at 200 MB/s, beside 1 s of work
  // At 10 MB/s they take 2.83 s each way.
  for (scenario::FleetGroup& group : scenario.fleet) group.access = {{}, 0.01f, 0.01f, {}};
  EXPECT_NEAR(end(), 1000 * (2 * 27 * kMiB / 10e6 + 0.25), 10);
}

TEST(NetworkTest, PatternsOfTheSameVolumeDiffer) {
  // Three sites. Ring: 4/3 of the volume over the slowest hop and 4 latencies; pipeline: the volume
  // there and back; server: all workers through one link.
  const auto end = [](Pattern pattern) {
    Scenario scenario = Spread({kDallas, kLondon, kTokyo}, 1, NetworkLevel::kFull);
    scenario.network.window_mib = 1 << 20;  // the links bind
    scenario.network.batch_training.pattern = pattern;
    for (scenario::FleetGroup& group : scenario.fleet) group.access = {{}, 0.1f, 0.1f, {}};
    return EndOfGang(scenario, 3);
  };
  const double none = end(Pattern::kNone), ring = end(Pattern::kRing);
  const double pipeline = end(Pattern::kPipeline), server = end(Pattern::kParameterServer);
  EXPECT_EQ(none, 1000);
  const double volume_s = 1000 * 649 * kMiB / 100e6;
  EXPECT_NEAR(ring, 1000 + volume_s * 4 / 3, 1000);  // and under 1 s of latency a step
  EXPECT_NEAR(pipeline, 1000 + volume_s * 2, 1000);
  EXPECT_NEAR(server, 1000 + volume_s * 4, 1000);
  EXPECT_GT(ring, 1000 + volume_s * 4 / 3);
}

TEST(NetworkTest, ABackboneIsFasterThanPublicRoutes) {
  Scenario scenario = Spread({kTokyo, kFrankfurt}, 1, NetworkLevel::kFull);
  const double before = EndOfGang(scenario, 2);
  scenario.network.route = network::Route::kBackbone;
  EXPECT_LT(EndOfGang(scenario, 2), before);
}

TEST(NetworkTest, EasyKnowsWhereAPassingGangWouldStand) {
  // Node 0 runs job 0 until 2000. Job 1 wants three nodes. Job 2, a gang of two, would end in time
  // (1900) on one site, but on Tokyo and Frankfurt it would hold job 1 up.
  const std::vector<Work> works = {{.submit = 0, .run = 2000},
                                   {.submit = 1, .run = 100, .replicas = 3},
                                   {.submit = 2, .run = 1900, .replicas = 2}};
  Scenario scenario = Spread({kLondon, kFrankfurt, kTokyo}, 1, NetworkLevel::kOff);
  testing::SetRole(&scenario, "backfill", "easy");
  EXPECT_EQ(Play(scenario, works).stints[2][0].run, 2);
  scenario.network.level = NetworkLevel::kFull;
  const auto played = Play(scenario, works);
  EXPECT_EQ(played.stints[1][0].run, 2000);
  EXPECT_GT(played.stints[2][0].run, 2000);
}

// ---- Topologies

// Between London and Tokyo over a relay in Dallas.
TEST(TopologyTest, ARelayAddsItsDetour) {
  Scenario scenario = Spread({kDallas, kLondon, kTokyo}, 1, NetworkLevel::kSimple);
  scenario.fleet.erase(scenario.fleet.begin());
  scenario.network.topology = Topology::kRelay;
  scenario.network.relays = {RegionId(0)};
  const double rtt_ms = network::SimpleRttMs(PlaceOf(kLondon), PlaceOf(kDallas)) +
                        network::SimpleRttMs(PlaceOf(kDallas), PlaceOf(kTokyo));
  EXPECT_NEAR(EndOfGang(scenario, 2), 1000 * (1 + 1e-3 * rtt_ms), 1e-2);
}

TEST(TopologyTest, TheBestRelayIsTaken) {
  // With a relay at either end the detour is a metro round trip.
  Scenario scenario = Spread({kDallas, kLondon, kTokyo}, 1, NetworkLevel::kSimple);
  scenario.fleet.erase(scenario.fleet.begin());
  scenario.network.topology = Topology::kRelay;
  const double rtt_ms =
      network::SimpleRttMs(PlaceOf(kLondon), PlaceOf(kTokyo)) + network::kMetroRttMs;
  EXPECT_NEAR(EndOfGang(scenario, 2), 1000 * (1 + 1e-3 * rtt_ms), 1e-2);
}

// A mesh of two sites of which both, or none, can only be reached over the relay in Dallas.
double EndOnMesh(double relay_only, float relay_gbs) {
  Scenario scenario = Spread({kDallas, kLondon, kTokyo}, 1, NetworkLevel::kFull);
  scenario.fleet.erase(scenario.fleet.begin());
  for (scenario::FleetGroup& group : scenario.fleet) group.access.relay_only = relay_only;
  scenario.network.relays = {RegionId(0)};
  scenario.network.relay_gbs = relay_gbs;
  return EndOfGang(scenario, 2);
}

TEST(TopologyTest, OnAMeshOnlyThoseWhoMustTakeTheRelay) {
  const double direct = EndOnMesh(0, 100), relayed = EndOnMesh(1, 100);
  EXPECT_EQ(direct, EndOnMesh(0, 0.001f));
  EXPECT_GT(relayed, direct);
}

TEST(TopologyTest, TheWaysOfAGangShareARelay) {
  // Both ways of a ring of two pass it: 10 MB/s are 5 MB/s for each. 649 MiB take 136 s.
  EXPECT_NEAR(EndOnMesh(1, 0.01f), 1000 * (1 + 649 * kMiB / 5e6), 1000);
}

TEST(TopologyTest, AStarGoesThroughTheFastestMember) {
  // Dallas has the fastest way out: London and Tokyo meet there.
  Scenario scenario = Spread({kDallas, kLondon, kTokyo}, 1, NetworkLevel::kFull);
  scenario.network.topology = Topology::kStar;
  scenario.network.window_mib = 1 << 20;
  scenario.network.batch_training.volume_mib = 0;
  for (scenario::FleetGroup& group : scenario.fleet) group.access = {{}, 1, 0.1f, {}};
  scenario.fleet[0].access.up_gbs = 0.2f;
  const auto rtt_ms = [](const scenario::Region& a, const scenario::Region& b) {
    return network::RttMs(PlaceOf(a), PlaceOf(b), network::Route::kPublic);
  };
  // Four rounds, each as slow as the hop from London to Tokyo.
  const double slowest_ms =
      network::SlowestRttMs(rtt_ms(kLondon, kDallas) + rtt_ms(kDallas, kTokyo), 3, false);
  EXPECT_NEAR(EndOfGang(scenario, 3), 1000 * (1 + 4 * 0.5e-3 * slowest_ms), 0.01);
  // Two of the three ways leave Dallas: 0.2 GB/s are 0.1 for each, as the others have.
  scenario.network.batch_training.volume_mib = 1000;
  EXPECT_NEAR(EndOfGang(scenario, 3),
              1000 * (1 + 4 * 0.5e-3 * slowest_ms + 4.0 / 3 * 1000 * kMiB / 0.1e9), 0.5);
}

TEST(TopologyTest, WhoIsBehindANatDoesNotDependOnOtherGroups) {
  Scenario scenario = Spread({kLondon, kTokyo}, 1, NetworkLevel::kFull);
  for (scenario::FleetGroup& group : scenario.fleet) group.access.relay_only = 0.5;
  scenario.network.relay_gbs = 0.001f;
  const double before = EndOfGang(scenario, 2);
  scenario.regions.push_back(kDallas);
  scenario.fleet.push_back(scenario.fleet[0]);
  scenario.fleet.back().nodes.name = "other";
  EXPECT_EQ(EndOfGang(scenario, 2), before);
}

// ---- Ablation

// Mean completion time of gangs that must stand in several regions.
double MeanCompletion(NetworkLevel level, uint64_t replicate) {
  Scenario scenario = Spread({kDallas, kLondon, kFrankfurt, kTokyo}, 2, level);
  const RandomStream stream = RandomStreams(7, replicate).Stream(StreamName::FromText("jobs"));
  std::vector<Work> works;
  double submit = 0;
  for (uint64_t i = 0; i < 40; ++i) {
    submit += -3600 * std::log(stream.At(2 * i).UniformOpen());
    works.push_back({.submit = std::floor(submit),
                     .run = std::floor(600 + 6000 * stream.At(2 * i + 1).UniformOpen()),
                     .replicas = 4});
  }
  return Play(scenario, works).ran.summary.jct_s.mean;
}

TEST(NetworkAblationTest, GangsAcrossRegionsTakeLongerByMoreThanTheInterval) {
  std::vector<double> rises;
  for (uint64_t run = 0; run < 8; ++run) {
    rises.push_back(
        MeanCompletion(NetworkLevel::kFull, run) / MeanCompletion(NetworkLevel::kOff, run) - 1);
  }
  testing::ExpectAboveZero(rises, "rise");
}

}  // namespace
}  // namespace orrery
