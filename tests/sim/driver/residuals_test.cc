// Pairs of places that are longer or shorter than the model says, as runs have them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "models/network/rtt.h"
#include "sim/base/random.h"
#include "sim/driver/gang_links.h"
#include "tests/testing/interval.h"
#include "tests/testing/worlds.h"

namespace orrery {
namespace {

using driver::GangLinks;
using scenario::NetworkLevel;
using scenario::Scenario;

const scenario::Region kTokyo = {"tokyo", "JP", 35.6895, 139.6917, Duration::Hours(9)};
const scenario::Region kFrankfurt = {"frankfurt", "DE", 50.1155, 8.6842, Duration::Hours(1)};
const scenario::Region kDallas = {"dallas", "US", 32.7831, -96.8067, -Duration::Hours(6)};

Scenario Full(const std::vector<scenario::Region>& regions) {
  Scenario scenario = testing::MakeScenario({{.nodes = 1}});
  scenario.regions = regions;
  scenario.network.level = NetworkLevel::kFull;
  return scenario;
}

// Between a client in region `from` and a node of a data centre in region `to`.
double RttMs(const Scenario& scenario, uint16_t from, uint16_t to, uint32_t replicate = 0) {
  const GangLinks links(scenario, replicate);
  return links.ClientWay(RegionId(from), {RegionId(to), {1250e6, 1250e6, false}, false}).rtt_ms;
}

double ModelMs(const scenario::Region& a, const scenario::Region& b) {
  const auto place = [](const scenario::Region& region) {
    return network::Place{region.lat_deg, region.lon_deg, network::AreaOf(region.country)};
  };
  return network::RttMs(place(a), place(b), network::Route::kPublic);
}

TEST(ResidualsTest, AreThoseOfThePairsOwnStream) {
  const double z = RandomStreams(1, 0).Stream("network/residual/frankfurt|tokyo").At(0).Normal();
  const double expected = ModelMs(kTokyo, kFrankfurt) * std::exp(0.145 * z);
  EXPECT_NEAR(RttMs(Full({kTokyo, kFrankfurt}), 0, 1), expected, 1e-4);
}

TEST(ResidualsTest, AreTheSameBothWaysAndWhateverOtherRegionsThereAre) {
  const double rtt_ms = RttMs(Full({kTokyo, kFrankfurt}), 0, 1);
  EXPECT_NE(rtt_ms, static_cast<float>(ModelMs(kTokyo, kFrankfurt)));
  EXPECT_EQ(RttMs(Full({kTokyo, kFrankfurt}), 1, 0), rtt_ms);
  EXPECT_EQ(RttMs(Full({kDallas, kFrankfurt, kTokyo}), 2, 1), rtt_ms);
}

TEST(ResidualsTest, ReplicationsAndSeedsAreWorldsOfTheirOwn) {
  Scenario scenario = Full({kTokyo, kFrankfurt});
  const double rtt_ms = RttMs(scenario, 0, 1);
  EXPECT_EQ(RttMs(scenario, 0, 1), rtt_ms);
  EXPECT_NE(RttMs(scenario, 0, 1, 1), rtt_ms);
  scenario.seed = 2;
  EXPECT_NE(RttMs(scenario, 0, 1), rtt_ms);
}

TEST(ResidualsTest, NoneWhereTheScenarioSaysSoOrTheLevelIsSimpleOrPlacesAreOne) {
  Scenario scenario = Full({kTokyo, kFrankfurt});
  EXPECT_EQ(RttMs(scenario, 0, 0), static_cast<float>(network::kMetroRttMs));
  scenario.network.residuals = false;
  EXPECT_EQ(RttMs(scenario, 0, 1), static_cast<float>(ModelMs(kTokyo, kFrankfurt)));
  scenario.network.residuals = true;
  scenario.network.level = NetworkLevel::kSimple;
  const double simple = RttMs(scenario, 0, 1);
  scenario.network.residuals = false;
  EXPECT_EQ(RttMs(scenario, 0, 1), simple);
}

// From the pole to the nearest of eleven cities on the 60th parallel.
double NearestMs(bool residuals, uint32_t replicate) {
  std::vector<scenario::Region> regions = {{"pole", "ZZ", 90, 0, Duration()}};
  for (int i = 0; i < 11; ++i) {
    regions.push_back({"city-" + std::to_string(i), "ZZ", 60, -165.0 + 30 * i, Duration()});
  }
  Scenario scenario = Full(regions);
  scenario.network.residuals = residuals;
  double least = INFINITY;
  for (uint16_t to = 1; to < 12; ++to) least = std::min(least, RttMs(scenario, 0, to, replicate));
  return least;
}

// Who may choose among pairs that vary finds a shorter one than the model says.
TEST(ResidualsAblationTest, TheShortestOfSeveralPairsIsShorterByMoreThanTheInterval) {
  std::vector<double> falls;
  for (uint32_t replicate = 0; replicate < 16; ++replicate) {
    falls.push_back(1 - NearestMs(true, replicate) / NearestMs(false, replicate));
  }
  const testing::Interval fall = testing::IntervalOf(falls);
  EXPECT_GT(fall.mean - fall.half_width, 0) << fall.mean << " +- " << fall.half_width;
  RecordProperty("fall", std::to_string(fall.mean) + " +- " + std::to_string(fall.half_width));
}

}  // namespace
}  // namespace orrery
