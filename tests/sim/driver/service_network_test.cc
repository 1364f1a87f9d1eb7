// The ways between the clients of services and the replicas that serve them, in whole runs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "models/failure/on_off.h"
#include "models/network/rtt.h"
#include "sim/base/random.h"
#include "tests/sim/driver/metronome.h"
#include "tests/testing/worlds.h"

namespace orrery {
namespace {

using results::ServiceFigures;
using scenario::NetworkLevel;
using scenario::Scenario;
using scenario::Service;
using scenario::Topology;

const scenario::Region kLondon = {"london", "GB", 51.5085, -0.1257, Duration()};
const scenario::Region kTokyo = {"tokyo", "JP", 35.6895, 139.6917, Duration::Hours(9)};
const scenario::Region kDallas = {"dallas", "US", 32.7831, -96.8067, -Duration::Hours(6)};
constexpr RegionId kInTokyo(1), kInDallas(2);

// Clients in London, who ask once a second; a replica in Tokyo.
Scenario World(NetworkLevel level) {
  Scenario scenario =
      testing::MakeScenario({{.nodes = 1, .memory_gib = 1024}}, {testing::ServingGpu()});
  scenario.regions = {kLondon, kTokyo, kDallas};
  scenario.fleet[0].nodes.regions = {{kInTokyo, 1}};
  scenario.network.level = level;
  scenario.network.residuals = false;
  scenario.horizon = Duration::Seconds(1000);
  scenario.warm_up = Duration::Seconds(100);
  scenario.services.push_back(testing::Metronome());
  return scenario;
}

ServiceFigures FiguresOf(Scenario scenario, Service::Level level = Service::Level::kFull) {
  scenario.services[0].level = level;
  return testing::RunSummary(scenario, std::vector<workload::Job>{}).services.at(0);
}

// What the network adds to the mean time to first token [ms].
double RiseMs(Scenario scenario, Service::Level level = Service::Level::kFull) {
  const ServiceFigures on = FiguresOf(scenario, level);
  scenario.network.level = NetworkLevel::kOff;
  const ServiceFigures off = FiguresOf(scenario, level);
  EXPECT_EQ(on.requests, off.requests);
  EXPECT_NEAR(on.tbt_s.mean, off.tbt_s.mean, 1e-9);
  EXPECT_EQ(on.per_region.front().name, "london");
  return 1e3 * (on.ttft_s.mean - off.ttft_s.mean);
}

double RttMs(NetworkLevel level, const scenario::Region& a, const scenario::Region& b) {
  const auto place = [](const scenario::Region& region) {
    return network::Place{region.lat_deg, region.lon_deg, network::AreaOf(region.country)};
  };
  return level == NetworkLevel::kSimple
             ? network::SimpleRttMs(place(a), place(b))
             : network::RttMs(place(a), place(b), network::Route::kPublic);
}

// Jitter is exponential; so its mean is what e^-1 of its draws are longer than.
double JitterMs(NetworkLevel level) {
  return level == NetworkLevel::kFull ? network::SpreadOf(std::exp(-1), false).plus_ms : 0;
}

// That network adds so much [ms] in the mean, with jitter or without. Jitter is 0.65 ms in the mean
// of 900 requests, and as much its deviation.
void ExpectRise(const Scenario& scenario, Service::Level service, double expected_ms) {
  const NetworkLevel level = scenario.network.level;
  const double tolerance_ms = level == NetworkLevel::kFull ? 0.06 : 1e-3;
  EXPECT_NEAR(RiseMs(scenario, service), expected_ms + JitterMs(level), tolerance_ms);
}

// Of a way over the relay in Dallas.
double DetourMs(NetworkLevel level) {
  return RttMs(level, kLondon, kDallas) + RttMs(level, kDallas, kTokyo);
}

constexpr NetworkLevel kLevels[] = {NetworkLevel::kSimple, NetworkLevel::kFull};
constexpr Service::Level kServiceLevels[] = {Service::Level::kSimple, Service::Level::kFull};

TEST(ServiceNetworkTest, RoundTripsAddToTheTimeToFirstTokenAlone) {
  for (const NetworkLevel level : kLevels) {
    for (const Service::Level service : kServiceLevels) {
      for (const Topology topology : {Topology::kMesh, Topology::kStar}) {
        Scenario scenario = World(level);
        scenario.network.topology = topology;
        ExpectRise(scenario, service, RttMs(level, kLondon, kTokyo));
      }
    }
  }
}

TEST(ServiceNetworkTest, OverARelayWhereEverythingPassesOne) {
  for (const NetworkLevel level : kLevels) {
    for (const Service::Level service : kServiceLevels) {
      Scenario scenario = World(level);
      scenario.network.topology = Topology::kRelay;
      scenario.network.relays = {kInDallas};
      ExpectRise(scenario, service, DetourMs(level));
      // The best relay is in Tokyo: a metro round trip more.
      scenario.network.relays = {kInDallas, kInTokyo};
      ExpectRise(scenario, service, RttMs(level, kLondon, kTokyo) + network::kMetroRttMs);
    }
  }
}

TEST(ServiceNetworkTest, OverARelayToAReplicaThatNobodyCanCall) {
  for (const Topology topology : {Topology::kMesh, Topology::kStar}) {
    for (const Service::Level service : kServiceLevels) {
      Scenario scenario = World(NetworkLevel::kFull);
      scenario.network.topology = topology;
      scenario.network.relays = {kInDallas};
      scenario.fleet[0].access.relay_only = 1;
      ExpectRise(scenario, service, DetourMs(NetworkLevel::kFull));
      // Nobody is behind a NAT at level simple.
      scenario.network.level = NetworkLevel::kSimple;
      ExpectRise(scenario, service, RttMs(NetworkLevel::kSimple, kLondon, kTokyo));
    }
  }
}

// The median of a home's round trips is what its way is long.
TEST(ServiceNetworkTest, AHomeIsWhatTheLinkSays) {
  Scenario scenario = World(NetworkLevel::kFull);
  scenario.fleet[0].nodes.regions = {{RegionId(0), 1}};
  scenario.fleet[0].nodes.owner_kind = OwnerKind::kMiner;
  scenario.fleet[0].access.relay_only = 0;
  const double site_s = FiguresOf(scenario).ttft_s.p50;
  scenario.fleet[0].access.tier = network::AccessTier::kHome;
  EXPECT_NEAR(1e3 * (FiguresOf(scenario).ttft_s.p50 - site_s), network::HomeAccessMs(), 3);
}

// One round trip in 20 to a home is 8.65 = 10^(1 / 1.067) times as long as the median, or longer.
// Of 900, 95 ± 2 percent: between 14 of 200 and 6 of 200.
TEST(ServiceNetworkTest, AHomesTailIsThatOfItsService) {
  Scenario scenario = World(NetworkLevel::kFull);
  scenario.fleet[0].access = {.tier = network::AccessTier::kHome, .relay_only = 0};
  const double rtt_ms = RttMs(NetworkLevel::kFull, kLondon, kTokyo) + network::HomeAccessMs();
  EXPECT_NEAR(network::SpreadOf(0.05, true).Of(rtt_ms), 8.65 * rtt_ms, 0.02 * rtt_ms);
  for (const Service::Level service : kServiceLevels) {
    const double p95_ms = 1e3 * FiguresOf(scenario, service).ttft_s.p95;
    EXPECT_GT(p95_ms, network::SpreadOf(14.0 / 200, true).Of(rtt_ms));
    EXPECT_LT(p95_ms, network::SpreadOf(6.0 / 200, true).Of(rtt_ms) + 50);
  }
}

TEST(ServiceNetworkTest, RoundTripsDoNotDependOnOtherServices) {
  Scenario scenario = World(NetworkLevel::kFull);
  const ServiceFigures alone = FiguresOf(scenario);
  scenario.fleet[0].nodes.nodes = 2;
  scenario.services.push_back(testing::Metronome());
  scenario.services[1].name = "other";
  EXPECT_EQ(FiguresOf(scenario).ttft_s.mean, alone.ttft_s.mean);
  EXPECT_EQ(FiguresOf(scenario).ttft_s.max, alone.ttft_s.max);
}

// Of the nodes in London, where the clients are, and Tokyo, the first can only be reached over a
// relay, which is farther away than Tokyo.
TEST(ServiceNetworkTest, TheNearestReplicaIsNearestByItsWay) {
  Scenario scenario = World(NetworkLevel::kFull);
  scenario.regions[2] = {"auckland", "NZ", -36.85, 174.76, Duration::Hours(12)};
  scenario.fleet.push_back(scenario.fleet[0]);
  scenario.fleet[1].nodes.name = "london";
  scenario.fleet[1].nodes.regions = {{RegionId(0), 1}};
  scenario.network.relays = {kInDallas};
  scenario.services[0].autoscale.parameters = {{"replicas", "2"}};
  scenario.services[0].route = {"nearest", {}};
  for (const Service::Level service : kServiceLevels) {
    scenario.fleet[1].access.relay_only = 0;
    ExpectRise(scenario, service, network::kMetroRttMs);
    scenario.fleet[1].access.relay_only = 1;
    ExpectRise(scenario, service, RttMs(NetworkLevel::kFull, kLondon, kTokyo));
  }
}

// Which of these are up.
using Up = std::vector<bool>;

// Of the seconds from the warm-up on, those in which there is no way.
double SecondsWithoutAWay(Duration mtbf, Duration mttr, const std::vector<RandomStream>& streams,
                          const std::function<bool(const Up&)>& any_way) {
  const failure::OnOff process(failure::SpellLaw::Exponential(mtbf),
                               failure::SpellLaw::Exponential(mttr));
  std::vector<failure::Spell> spells;
  for (const RandomStream& stream : streams) spells.push_back(process.First(stream));
  double seconds = 0;
  for (int64_t second = 1; second < 1000; ++second) {
    Up up;
    for (size_t i = 0; i < spells.size(); ++i) {
      while (spells[i].until <= SimTime::Zero() + Duration::Seconds(second)) {
        spells[i] = process.Next(streams[i], spells[i]);
      }
      up.push_back(spells[i].on);
    }
    seconds += second >= 100 && !any_way(up);
  }
  return seconds;
}

// A request comes every second. With windows of a second, `simple` looks at ways as often.
void ExpectFailed(const Scenario& scenario, double failed) {
  ASSERT_GT(failed, 10);
  const ServiceFigures full = FiguresOf(scenario);
  EXPECT_EQ(full.failed, failed);
  EXPECT_EQ(full.refused, 0u);
  EXPECT_EQ(full.failed + full.served + full.under_way, full.requests);
  const ServiceFigures simple = FiguresOf(scenario, Service::Level::kSimple);
  EXPECT_NEAR(static_cast<double>(simple.failed), failed, 0.1 * failed);
  EXPECT_EQ(simple.refused, 0u);
}

TEST(ServiceNetworkTest, WhoReachesNoReplicaFails) {
  Scenario scenario = World(NetworkLevel::kFull);
  scenario.network.topology = Topology::kRelay;
  scenario.network.relay_mtbf = Duration::Seconds(100);
  scenario.network.relay_mttr = Duration::Seconds(60);
  scenario.services[0].window = Duration::Seconds(1);
  std::vector<RandomStream> streams;
  for (const uint32_t relays : {1u, 2u}) {
    scenario.network.relays = {kInTokyo, kInDallas};
    scenario.network.relays.resize(relays);
    streams.push_back(RandomStreams(scenario.seed, 0).Stream("network/relay", relays - 1));
    ExpectFailed(scenario,
                 SecondsWithoutAWay(scenario.network.relay_mtbf, scenario.network.relay_mttr,
                                    streams, [](const Up& up) {
                                      return std::find(up.begin(), up.end(), true) != up.end();
                                    }));
  }
}

// From London to Tokyo directly, or on a mesh over Dallas.
TEST(ServiceNetworkTest, WhoseLinkIsDownGoesOverARelayOrFails) {
  Scenario scenario = World(NetworkLevel::kFull);
  scenario.network.link_mtbf = Duration::Seconds(100);
  scenario.network.link_mttr = Duration::Seconds(60);
  scenario.services[0].window = Duration::Seconds(1);
  std::vector<RandomStream> streams;
  for (const std::string pair : {"london|tokyo", "dallas|london", "dallas|tokyo"}) {
    streams.push_back(
        RandomStreams(scenario.seed, 0).Stream(StreamName::FromText("network/link/" + pair)));
  }
  const auto without = [&](const std::function<bool(const Up&)>& any_way) {
    return SecondsWithoutAWay(scenario.network.link_mtbf, scenario.network.link_mttr, streams,
                              any_way);
  };
  scenario.network.relays = {kInTokyo};
  ExpectFailed(scenario, without([](const Up& up) { return up[0]; }));
  scenario.network.relays = {kInDallas};
  ExpectFailed(scenario, without([](const Up& up) { return up[0] || (up[1] && up[2]); }));
  scenario.network.topology = Topology::kStar;
  ExpectFailed(scenario, without([](const Up& up) { return up[0]; }));
}

}  // namespace
}  // namespace orrery
