// Gangs whose relays go and come while they run, in whole runs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "models/failure/on_off.h"
#include "sim/base/random.h"
#include "tests/sim/driver/failing.h"
#include "tests/sim/driver/play.h"

namespace orrery {
namespace {

using network::Pattern;
using scenario::NetworkLevel;
using scenario::Scenario;
using scenario::Topology;
using testing::Play;
using testing::Played;
using testing::Work;

constexpr RegionId kInTokyo(0), kInFrankfurt(1), kInDallas(2);

// A one-GPU node in Tokyo and one in Frankfurt, of two owners; relays stand in these regions.
Scenario OverRelays(const std::vector<RegionId>& relays) {
  Scenario scenario = testing::MakeScenario({{.nodes = 1}, {.nodes = 1}});
  scenario.regions = {{"tokyo", "JP", 35.6895, 139.6917, Duration::Hours(9)},
                      {"frankfurt", "DE", 50.1155, 8.6842, Duration::Hours(1)},
                      {"dallas", "US", 32.7831, -96.8067, -Duration::Hours(6)}};
  scenario.fleet[1].nodes.regions = {{kInFrankfurt, 1}};
  scenario.network.level = NetworkLevel::kFull;
  scenario.network.topology = Topology::kRelay;
  scenario.network.relays = relays;
  return scenario;
}

void FailRelays(Scenario* scenario) {
  scenario->network.relay_mtbf = Duration::Hours(2);
  scenario->network.relay_mttr = Duration::Hours(1);
}

Work Gang(double submit) { return {.submit = submit, .run = 20'000, .replicas = 2}; }

// How long the gang runs over a relay that does not fail.
double LengthOver(RegionId relay, Pattern pattern) {
  Scenario scenario = OverRelays({relay});
  scenario.network.batch_training.pattern = pattern;
  return Play(scenario, {Gang(0)}).stints[0][0].end;
}

// Which relays of a scenario, or which things of a process and streams, are up, span by span.
class Spells {
 public:
  explicit Spells(const Scenario& scenario)
      : Spells({failure::SpellLaw::Exponential(scenario.network.relay_mtbf),
                failure::SpellLaw::Exponential(scenario.network.relay_mttr)},
               "network/relay", static_cast<uint32_t>(scenario.network.relays.size()),
               scenario.seed) {}
  Spells(const failure::OnOff& process, StreamName name, uint32_t count, uint64_t seed)
      : process_(process) {
    for (uint32_t i = 0; i < count; ++i) {
      streams_.push_back(RandomStreams(seed, 0).Stream(name, i));
      spells_.push_back(process_.First(streams_[i]));
    }
  }
  // The same but for all others.
  Spells Only(size_t which) const {
    Spells only = *this;
    only.streams_ = {streams_[which]};
    only.spells_ = {spells_[which]};
    return only;
  }
  bool up(size_t relay) const { return spells_[relay].on; }
  bool all_down() const {
    return std::none_of(spells_.begin(), spells_.end(), [](const auto& s) { return s.on; });
  }
  double until() const {
    double until = spells_[0].until.seconds();
    for (const failure::Spell& spell : spells_) until = std::min(until, spell.until.seconds());
    return until;
  }
  void Next() {
    const double now = until();
    for (uint32_t i = 0; i < spells_.size(); ++i) {
      if (spells_[i].until.seconds() == now) spells_[i] = process_.Next(streams_[i], spells_[i]);
    }
  }

 private:
  failure::OnOff process_;
  std::vector<RandomStream> streams_;
  std::vector<failure::Spell> spells_;
};

// When a gang that begins at `now` is done, which would take `lengths` over one relay or another:
// at each time over the one that is up and the fastest. `waited`: time in which none was.
double EndOfGang(Spells spells, const std::vector<double>& lengths, double now, double* waited) {
  while (spells.until() <= now) spells.Next();
  *waited = 0;
  for (double left = 1;; spells.Next()) {
    const double span = spells.until() - now;
    double length = INFINITY;
    for (size_t i = 0; i < lengths.size(); ++i) {
      if (spells.up(i)) length = std::min(length, lengths[i]);
    }
    if (left * length <= span) return now + left * length;
    left -= span / length;
    if (length == INFINITY) *waited += span;
    now += span;
  }
}

TEST(GangPacesTest, AGangStandsStillWhileItsOnlyRelayIsDown) {
  for (const Pattern pattern : {Pattern::kRing, Pattern::kParameterServer, Pattern::kPipeline}) {
    const double length = LengthOver(kInTokyo, pattern);
    EXPECT_GT(length, 40'000);
    Scenario scenario = OverRelays({kInTokyo});
    scenario.network.batch_training.pattern = pattern;
    FailRelays(&scenario);
    double waited = 0;
    const double end = EndOfGang(Spells(scenario), {length}, 0, &waited);
    EXPECT_GT(waited, 3600);
    EXPECT_NEAR(end, length + waited, 1e-6);
    EXPECT_NEAR(Play(scenario, {Gang(0)}).stints[0][0].end, end, 1e-3);
  }
}

TEST(GangPacesTest, AGangThatGetsItsNodesMeanwhileWaitsForARelay) {
  Scenario scenario = OverRelays({kInTokyo});
  FailRelays(&scenario);
  Spells spells(scenario);
  while (!spells.all_down() || spells.until() < 1000) spells.Next();
  const double submit = std::floor(spells.until() - 5);
  double waited = 0;
  const double end =
      EndOfGang(Spells(scenario), {LengthOver(kInTokyo, Pattern::kRing)}, submit, &waited);
  const Played played = Play(scenario, {Gang(submit)});
  EXPECT_EQ(played.stints[0][0].run, submit);
  EXPECT_NEAR(played.stints[0][0].end, end, 1e-3);
}

TEST(GangPacesTest, WithAnotherRelayAGangGoesOnTheLongerWay) {
  const std::vector<double> lengths = {LengthOver(kInTokyo, Pattern::kRing),
                                       LengthOver(kInDallas, Pattern::kRing)};
  EXPECT_GT(lengths[1], 1.1 * lengths[0]);
  Scenario scenario = OverRelays({kInTokyo, kInDallas});
  FailRelays(&scenario);
  // One begins while the shorter way is down, and gets faster when it is back.
  Spells spells(scenario);
  while (spells.up(0) || !spells.up(1) || spells.until() < 1000) spells.Next();
  for (const double submit : {0.0, std::floor(spells.until() - 5), 60'000.0}) {
    double waited = 0;
    const double end = EndOfGang(Spells(scenario), lengths, submit, &waited);
    EXPECT_GT(end - submit - waited, lengths[0] + 1);
    EXPECT_LT(end - submit - waited, lengths[1]);
    EXPECT_NEAR(Play(scenario, {Gang(submit)}).stints[0][0].end, end, 1e-3) << submit;
  }
}

// Two gangs each of which would use more than half of the relay: both at the pace that it leaves
// them, in the spells in which it is up.
TEST(GangPacesTest, GangsShareTheRelayThatIsUp) {
  Scenario scenario = OverRelays({kInTokyo});
  scenario.fleet.insert(scenario.fleet.end(), {scenario.fleet[0], scenario.fleet[1]});
  for (size_t i = 0; i < scenario.fleet.size(); ++i) {
    scenario.fleet[i].nodes.name = std::string("group") + std::to_string(i);
  }
  scenario.network.relay_gbs = 0.1f;
  const std::vector<Work> works = {Gang(0), Gang(0)};
  const double alone = Play(scenario, {Gang(0)}).stints[0][0].end;
  const double length = Play(scenario, works).stints[0][0].end;
  EXPECT_GT(length, 1.5 * alone);
  FailRelays(&scenario);
  double waited = 0;
  const double end = EndOfGang(Spells(scenario), {length}, 0, &waited);
  EXPECT_GT(waited, 3600);
  for (const auto& stints : Play(scenario, works).stints) EXPECT_NEAR(stints[0].end, end, 1e-3);
}

TEST(GangPacesTest, WhoTalksDirectlyDoesNotMind) {
  Scenario scenario = OverRelays({kInTokyo});
  scenario.network.topology = Topology::kMesh;
  const Played sound = Play(scenario, {Gang(0)});
  FailRelays(&scenario);
  EXPECT_EQ(Play(scenario, {Gang(0)}).ran.summary.trace_digest, sound.ran.summary.trace_digest);
  // Behind a NAT it does.
  scenario.fleet[0].access.relay_only = 1;
  EXPECT_GT(Play(scenario, {Gang(0)}).stints[0][0].end, sound.stints[0][0].end + 3600);
}

// An outage of Dallas takes the only relay with it; of the seeds, the first where Tokyo and
// Frankfurt have none for the gang's time.
TEST(GangPacesTest, ARelayIsDownWhileItsRegionIs) {
  Scenario scenario = OverRelays({kInDallas});
  scenario.network.residuals = false;  // which go by the seed
  const double length = Play(scenario, {Gang(0)}).stints[0][0].end;
  failure::FullFailures full = testing::Sound();
  full.region_outage = {Duration::Hours(24), Duration::Hours(2), 0.5};
  scenario.failures.level = full;
  const failure::OnOff outages = *failure::OutageProcess(full.region_outage);
  double end = 0, waited = 0;
  for (scenario.seed = 1;; ++scenario.seed) {
    ASSERT_LT(scenario.seed, 200u);
    std::vector<failure::Spell> members;
    for (const uint32_t r : {0u, 1u}) {
      const RandomStream stream = RandomStreams(scenario.seed, 0).Stream("failure/region", r);
      members.push_back(outages.First(stream));
    }
    const Spells all(outages, "failure/region", 3, scenario.seed);
    end = EndOfGang(all.Only(2), {length}, 0, &waited);
    const bool there = members[0].on && members[1].on &&
                       std::min(members[0].until, members[1].until).seconds() > end;
    if (there && waited > 3600) break;
  }
  const Played played = Play(scenario, {Gang(0)});
  EXPECT_EQ(played.stints[0].size(), 1u);
  EXPECT_NEAR(played.stints[0][0].end, end, 1e-3);
}

// Time in which a gang stands still is time that it holds its nodes, and pays for.
TEST(GangPacesTest, WhatIsHeldMeanwhileIsAccountedFor) {
  Scenario scenario = OverRelays({kInTokyo});
  FailRelays(&scenario);
  const Played played = Play(scenario, {Gang(0)});
  const double held_h = 2 * played.stints[0][0].end / 3600;
  EXPECT_NEAR(played.ran.summary.gpu_hours.useful + played.ran.summary.gpu_hours.overhead +
                  played.ran.summary.gpu_hours.lost,
              held_h, 1e-6);
  EXPECT_EQ(played.row(0).outcome, results::JobOutcome::kFinished);
}

}  // namespace
}  // namespace orrery
