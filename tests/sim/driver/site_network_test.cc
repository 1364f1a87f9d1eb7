// What a gang pays for the network of its own site, in whole runs.
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "models/network/lan.h"
#include "sim/base/random.h"
#include "tests/sim/driver/play.h"
#include "tests/testing/interval.h"

namespace orrery {
namespace {

using network::LanKind;
using network::Pattern;
using scenario::NetworkLevel;
using scenario::Scenario;
using testing::Play;
using testing::Work;

// `nodes` one-GPU nodes of one owner in Tokyo, and as many of another one in Frankfurt.
Scenario TwoSites(uint32_t nodes, std::optional<LanKind> lan,
                  NetworkLevel level = NetworkLevel::kFull) {
  Scenario scenario = testing::MakeScenario({{.nodes = nodes}, {.nodes = nodes}});
  scenario.regions = {{"tokyo", "JP", 35.6895, 139.6917, Duration::Hours(9)},
                      {"frankfurt", "DE", 50.1155, 8.6842, Duration::Hours(1)}};
  for (uint16_t i = 0; i < 2; ++i) {
    scenario.fleet[i].nodes.regions = {{RegionId(i), 1}};
    scenario.fleet[i].lan.kind = lan;
  }
  scenario.network.level = level;
  return scenario;
}

// When 1,000 s of work of a gang on one-GPU nodes are done; first_fit fills Tokyo first.
double EndOfGang(const Scenario& scenario, uint32_t replicas) {
  return Play(scenario, {{.run = 1000, .replicas = replicas}}).stints[0][0].end;
}

// A second of work, then a ring of n over 649 MiB, 680.525824 MB: 2 (n − 1) latencies, and
// 2 (n − 1)/n times 0.5444206592 s at 1.25 GB/s.
TEST(SiteNetworkTest, ARingOfTwoNodesByHand) {
  const auto end = [](LanKind lan) { return EndOfGang(TwoSites(2, lan), 2); };
  EXPECT_NEAR(end(LanKind::kEthernet10g), 1000 + 20e-3 + 544.4206592, 1e-5);
  EXPECT_NEAR(end(LanKind::kEthernet25g), 1000 + 20e-3 + 544.4206592 / 2.5, 1e-5);
  EXPECT_NEAR(end(LanKind::kEthernet100g), 1000 + 20e-3 + 54.44206592, 1e-5);
  EXPECT_NEAR(end(LanKind::kInfinibandHdr), 1000 + 2.8e-3 + 27.22103296, 1e-5);
  EXPECT_NEAR(end(LanKind::kInfinibandNdr), 1000 + 2.8e-3 + 13.61051648, 1e-5);
}

TEST(SiteNetworkTest, ARingOfFourNodesByHand) {
  const auto end = [](LanKind lan) { return EndOfGang(TwoSites(4, lan), 4); };
  EXPECT_NEAR(end(LanKind::kEthernet10g), 1000 + 60e-3 + 816.6309888, 1e-5);
  EXPECT_NEAR(end(LanKind::kInfinibandNdr), 1000 + 8.4e-3 + 20.41577472, 1e-5);
}

TEST(SiteNetworkTest, WithoutOneItIsPartOfTheJobsOwnSpeed) {
  EXPECT_EQ(EndOfGang(TwoSites(4, std::nullopt), 4), 1000);
  EXPECT_EQ(EndOfGang(TwoSites(4, LanKind::kEthernet10g, NetworkLevel::kOff), 4), 1000);
}

TEST(SiteNetworkTest, MembersOnOneNodePayNothing) {
  Scenario scenario = TwoSites(1, LanKind::kEthernet10g);
  EXPECT_EQ(EndOfGang(scenario, 1), 1000);
  for (scenario::FleetGroup& group : scenario.fleet) group.nodes.gpus_per_node = 4;
  EXPECT_EQ(EndOfGang(scenario, 4), 1000);
  // Two nodes of four members each are a ring of two.
  scenario.fleet[0].nodes.nodes = 2;
  EXPECT_NEAR(EndOfGang(scenario, 8), 1000 + 20e-3 + 544.4206592, 1e-5);
}

TEST(SiteNetworkTest, SimpleHasLatencyAlone) {
  Scenario scenario = TwoSites(4, LanKind::kEthernet10g, NetworkLevel::kSimple);
  EXPECT_NEAR(EndOfGang(scenario, 4), 1000 + 60e-3, 1e-5);
}

TEST(SiteNetworkTest, BandwidthAndLatencyMayBeGiven) {
  Scenario scenario = TwoSites(3, std::nullopt);
  scenario.network.batch_training.volume_mib = 100;
  for (scenario::FleetGroup& group : scenario.fleet) {
    group.lan = {{}, 1, Duration::Millis(1)};
  }
  // A server and two workers: 1 ms and 2 × 0.1048576 s through its port, each way.
  scenario.network.batch_training.pattern = Pattern::kParameterServer;
  EXPECT_NEAR(EndOfGang(scenario, 3), 1000 + 2 * (1 + 209.7152), 1e-5);
  // Three stages: two latencies and 0.1048576 s, each way.
  scenario.network.batch_training.pattern = Pattern::kPipeline;
  EXPECT_NEAR(EndOfGang(scenario, 3), 1000 + 2 * (2 + 104.8576), 1e-5);
  scenario.network.batch_training.pattern = Pattern::kNone;
  EXPECT_EQ(EndOfGang(scenario, 3), 1000);
  // A kind with another latency.
  scenario.network.batch_training = {};
  scenario.network.batch_training.pattern = Pattern::kRing;
  scenario.fleet[0].lan = {LanKind::kInfinibandNdr, 0, Duration::Millis(5)};
  EXPECT_NEAR(EndOfGang(scenario, 2), 1000 + 2 * 5, 1e-5);
}

// Two nodes in Tokyo and one in Frankfurt.
TEST(SiteNetworkTest, TheSitesExchangeWhenTheirNodesHave) {
  const double outer = EndOfGang(TwoSites(2, std::nullopt), 3) - 1000;
  EXPECT_GT(outer, 2000);
  EXPECT_NEAR(EndOfGang(TwoSites(2, LanKind::kEthernet10g), 3), 1000 + outer + 20e-3 + 544.4206592,
              1e-4);
  // Two in each: both sites at once; the slower one counts.
  Scenario scenario = TwoSites(2, LanKind::kEthernet10g);
  scenario.fleet[1].lan.kind = LanKind::kInfinibandNdr;
  EXPECT_NEAR(EndOfGang(scenario, 4), 1000 + outer + 20e-3 + 544.4206592, 1e-4);
}

TEST(SiteNetworkTest, APipelineIsOneChain) {
  // The way between the sites is the slowest hop anyhow; a third stage adds 10 µs each way.
  const auto end = [](std::optional<LanKind> lan) {
    Scenario scenario = TwoSites(2, lan);
    scenario.network.batch_training.pattern = Pattern::kPipeline;
    return EndOfGang(scenario, 3);
  };
  EXPECT_NEAR(end(LanKind::kEthernet10g) - end(std::nullopt), 1000 * 20e-6, 1e-5);
}

TEST(SiteNetworkTest, EasyKnowsTheSitesNetwork) {
  // Job 0 holds a node of four until 2000, job 1 wants all. Job 2, a gang of two, is done by then
  // on InfiniBand; on Ethernet it would hold job 1 up.
  const std::vector<Work> works = {{.submit = 0, .run = 2000},
                                   {.submit = 1, .run = 100, .replicas = 4},
                                   {.submit = 2, .run = 1900, .replicas = 2}};
  for (const LanKind lan : {LanKind::kInfinibandNdr, LanKind::kEthernet10g}) {
    Scenario scenario = TwoSites(4, lan);
    scenario.fleet.pop_back();
    testing::SetRole(&scenario, "backfill", "easy");
    const double begin = Play(scenario, works).stints[2][0].run;
    EXPECT_EQ(begin < 2000, lan == LanKind::kInfinibandNdr) << begin;
  }
}

// ---- Ablation

// Mean bounded slowdown of gangs of four that share a site of eight nodes.
double MeanSlowdown(LanKind lan, uint64_t replicate) {
  Scenario scenario = TwoSites(8, lan);
  scenario.fleet.pop_back();
  const RandomStream stream = RandomStreams(7, replicate).Stream(StreamName::FromText("jobs"));
  std::vector<Work> works;
  double submit = 0;
  for (uint64_t i = 0; i < 40; ++i) {
    submit += -3600 * std::log(stream.At(2 * i).UniformOpen());
    works.push_back({.submit = std::floor(submit),
                     .run = std::floor(600 + 6000 * stream.At(2 * i + 1).UniformOpen()),
                     .replicas = 4});
  }
  return Play(scenario, works).ran.summary.bounded_slowdown.mean;
}

TEST(SiteNetworkAblationTest, GangsOnEthernetWaitLongerThanOnInfiniBand) {
  std::vector<double> rises;
  for (uint64_t run = 0; run < 8; ++run) {
    rises.push_back(
        MeanSlowdown(LanKind::kEthernet10g, run) / MeanSlowdown(LanKind::kInfinibandNdr, run) - 1);
  }
  const testing::Interval rise = testing::IntervalOf(rises);
  EXPECT_GT(rise.mean - rise.half_width, 0) << rise.mean << " +- " << rise.half_width;
  RecordProperty("rise", std::to_string(rise.mean) + " +- " + std::to_string(rise.half_width));
}

}  // namespace
}  // namespace orrery
