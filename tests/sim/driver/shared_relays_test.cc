// Gangs that use the same relays, in whole runs.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/sim/driver/play.h"

namespace orrery {
namespace {

using scenario::NetworkLevel;
using scenario::Scenario;
using scenario::Topology;
using testing::Play;
using testing::Played;
using testing::Work;

constexpr double kMiB = 1 << 20;
constexpr RegionId kInTokyo(0), kInFrankfurt(1);
const auto kTraining = JobClass::kBatchTraining, kSweep = JobClass::kSweep;

// A one-GPU node of an owner of its own in each of these regions; Tokyo and Frankfurt have relays
// of 1.4 GB/s. Trainings reduce 1,000 MiB after each second of work: between two nodes of one city
// that takes 1.5 s more, in which 2,000 MiB pass its relay: 0.6 of what it carries.
Scenario Nodes(const std::vector<RegionId>& regions) {
  Scenario scenario = testing::MakeScenario(
      std::vector<testing::Nodes>(regions.size(), testing::Nodes{.nodes = 1}));
  scenario.regions = {{"tokyo", "JP", 35.6895, 139.6917, Duration::Hours(9)},
                      {"frankfurt", "DE", 50.1155, 8.6842, Duration::Hours(1)}};
  for (size_t i = 0; i < regions.size(); ++i) scenario.fleet[i].nodes.regions = {{regions[i], 1}};
  scenario.network.level = NetworkLevel::kFull;
  scenario.network.topology = Topology::kRelay;
  scenario.network.relays = {kInTokyo, kInFrankfurt};
  scenario.network.relay_gbs = 1.4f;
  scenario.network.window_mib = 1 << 20;
  scenario.network.batch_training.volume_mib = 1000;
  scenario.network.sweep.volume_mib = 167;
  scenario.network.sweep.step = Duration::Seconds(1);
  return scenario;
}

Work Gang(double submit, double run, uint32_t replicas = 2, JobClass job_class = kTraining) {
  return {.submit = submit, .run = run, .replicas = replicas, .job_class = job_class};
}

// Seconds that a second of work takes such a gang alone.
double Alone(const Scenario& scenario, uint32_t replicas = 2, JobClass job_class = kTraining) {
  return Play(scenario, {Gang(0, 10'000, replicas, job_class)}).stints[0][0].end / 10'000;
}

// Of what a relay carries, what it does where `mib` pass it in so many seconds.
double Share(const Scenario& scenario, double mib, double seconds) {
  return mib * kMiB / seconds / (1e9 * double{scenario.network.relay_gbs});
}

TEST(SharedRelaysTest, TwoGangsGoAtFiveSixthsUntilOneLeaves) {
  const Scenario scenario = Nodes(std::vector(4, kInTokyo));
  const double alone = Alone(scenario);
  const double share = Share(scenario, 2000, alone);
  EXPECT_NEAR(share, 0.6, 0.002);
  // The second begins after 5,000 s and takes 6/5 of its time; then the first has the relay.
  const Played played = Play(scenario, {Gang(0, 20'000), Gang(5000, 10'000)});
  const double pace = 0.5 / share;
  const double second = 5000 + 10'000 * alone / pace;
  EXPECT_NEAR(played.stints[1][0].end, second, 1e-3);
  EXPECT_NEAR(played.stints[0][0].end, second + 20'000 * alone - 5000 - 10'000 * alone, 1e-3);
}

// In proportion, all three would go at 1 / 1.4.
TEST(SharedRelaysTest, WhoSendsLittleIsNotSlowed) {
  const Scenario scenario = Nodes(std::vector(6, kInTokyo));
  const double large = Share(scenario, 2000, Alone(scenario));
  const double alone = Alone(scenario, 2, kSweep), small = Share(scenario, 334, alone);
  EXPECT_NEAR(small, 0.2, 0.002);
  const Played played =
      Play(scenario, {Gang(0, 10'000, 2, kSweep), Gang(0, 50'000), Gang(0, 10'000)});
  EXPECT_NEAR(played.stints[0][0].end, 10'000 * alone, 1e-3);
  // Until then the others have 0.8 of the relay, then all of it.
  const double before = (1 - small) / 2 / large, after = 0.5 / large;
  const double done = 10'000 * alone * before;
  EXPECT_NEAR(played.stints[2][0].end, 10'000 * alone + (10'000 * Alone(scenario) - done) / after,
              1e-3);
}

// A gang of four, two in each city: three of its four ways pass Tokyo, one Frankfurt. There it
// meets two gangs, in Tokyo one. What each sends where it sends the most rises alike: in Frankfurt
// 1/3 + 1 + 1 of that is all there is at 3/7; Tokyo has 4/7 left.
TEST(SharedRelaysTest, AGangOnTwoRelaysGoesAtOnePace) {
  const Scenario scenario =
      Nodes({kInTokyo, kInTokyo, kInFrankfurt, kInFrankfurt, kInTokyo, kInTokyo, kInFrankfurt,
             kInFrankfurt, kInFrankfurt, kInFrankfurt});
  const double across = Alone(scenario, 4), within = Alone(scenario);
  const double of_across = Share(scenario, 3 * 1500, across);
  const double of_within = Share(scenario, 2000, within);
  EXPECT_GT(of_across, 0.5);
  for (size_t first = 0; first < 4; ++first) {
    std::vector<Work> works = {Gang(0, 50'000, 4), Gang(0, 50'000), Gang(0, 50'000),
                               Gang(0, 50'000)};
    works[first].run = 5000;
    const double pace = first == 0   ? 3.0 / 7 / of_across
                        : first == 1 ? 4.0 / 7 / of_within
                                     : 3.0 / 7 / of_within;
    const double length = 5000 * (first == 0 ? across : within);
    EXPECT_NEAR(Play(scenario, works).stints[first][0].end, length / std::min(pace, 1.0), 1e-3)
        << first;
  }
}

TEST(SharedRelaysTest, ARelayThatCouldCarryAllSlowsNobody) {
  const Scenario scenario = Nodes(std::vector(6, kInTokyo));
  const double alone = Alone(scenario, 2, kSweep);
  const Played played =
      Play(scenario, {Gang(0, 10'000), Gang(0, 10'000, 2, kSweep), Gang(1, 10'000, 2, kSweep)});
  EXPECT_NEAR(played.stints[1][0].end, 10'000 * alone, 1e-6);
  EXPECT_NEAR(played.stints[2][0].end, 1 + 10'000 * alone, 1e-6);
  EXPECT_NEAR(played.stints[0][0].end, 10'000 * Alone(scenario), 1e-6);
}

// Only members behind a NAT use relays on a mesh; bandwidth binds at level full alone.
TEST(SharedRelaysTest, WhoPassesNoRelayIsNotSlowed) {
  Scenario scenario = Nodes(std::vector(4, kInTokyo));
  const std::vector<Work> works = {Gang(0, 10'000), Gang(0, 10'000)};
  const auto lateness = [&] {
    return Play(scenario, works).stints[1][0].end - 10'000 * Alone(scenario);
  };
  EXPECT_GT(lateness(), 1000);
  scenario.network.topology = Topology::kMesh;
  EXPECT_NEAR(lateness(), 0, 1e-6);
  for (scenario::FleetGroup& group : scenario.fleet) group.access.relay_only = 1;
  EXPECT_GT(lateness(), 1000);
  scenario.network.level = NetworkLevel::kSimple;
  EXPECT_NEAR(lateness(), 0, 1e-6);
}

// A gang whose work is done, and sends its output or is being stopped, exchanges nothing.
TEST(SharedRelaysTest, WhoseWorkIsDoneHasLeft) {
  Scenario scenario = Nodes(std::vector(4, kInTokyo));
  const double alone = Alone(scenario), pace = 0.5 / Share(scenario, 2000, alone);
  workload::DataParams data;
  data.output.law = workload::Deterministic{1e13};
  data.store = kInTokyo;
  std::vector<Work> works = {Gang(0, 20'000), Gang(0, 10'000)};
  works[1].data = 1;
  const Played played = Play(scenario, works, {data});
  const double second = 10'000 * alone / pace;
  EXPECT_NEAR(played.stints[0][0].end, second + 10'000 * alone, 1e-3);
  EXPECT_GT(played.stints[1][0].end, second + 2000);
}

// They hold their nodes for longer, and pay for it.
TEST(SharedRelaysTest, WhatIsHeldMeanwhileIsAccountedFor) {
  const Scenario scenario = Nodes(std::vector(4, kInTokyo));
  const Played played = Play(scenario, {Gang(0, 10'000), Gang(0, 10'000)});
  const double held_h = 4 * played.stints[0][0].end / 3600;
  EXPECT_NEAR(played.ran.summary.gpu_hours.useful + played.ran.summary.gpu_hours.overhead +
                  played.ran.summary.gpu_hours.lost,
              held_h, 1e-6);
  EXPECT_EQ(played.row(0).useful_ns, played.row(1).useful_ns);
}

}  // namespace
}  // namespace orrery
