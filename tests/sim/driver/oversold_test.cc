// One card sold twice, and links that are slower than claimed.
#include <gtest/gtest.h>

#include <vector>

#include "tests/sim/driver/fakes.h"

namespace orrery {
namespace {

using results::TrustFigures;
using scenario::Scenario;
using testing::Fakes;
using testing::kHour;
using testing::Play;
using testing::Played;
using testing::Spoofed;
using testing::Stint;
using testing::TrustOf;
using testing::Work;
using trust::FullTrust;
using trust::SimpleTrust;

SimpleTrust Oversold() {
  SimpleTrust rules = Spoofed();
  rules.cheats.shares[static_cast<int>(OwnerKind::kMiner)] = {0, 0, 0, 1, 0};
  return rules;
}

// From 01:00 on two jobs share a card. The first has an hour left and takes two; the second has
// done half of its work by then, and has the card for itself.
TEST(OversoldTest, JobsOnOneCardShareIt) {
  const Played played = Play(Fakes(2, 0, Oversold()),
                             {Work{.run = 2 * kHour}, Work{.submit = kHour, .run = 2 * kHour}});
  EXPECT_EQ(played.stints, (testing::Stints{{Stint{0, 3 * kHour}}, {Stint{kHour, 4 * kHour}}}));
  EXPECT_EQ(TrustOf(played.ran.summary).jobs_harmed, 2u);
}

TEST(OversoldTest, AJobAloneNoticesNothing) {
  const Played played = Play(Fakes(2, 0, Oversold()), {Work{.run = 2 * kHour}});
  EXPECT_EQ(played.stints, (testing::Stints{{Stint{0, 2 * kHour}}}));
  EXPECT_EQ(TrustOf(played.ran.summary).jobs_harmed, 0u);
}

// Four cards sold as two nodes of four: only what more than four use is shared.
TEST(OversoldTest, CardsAreSharedWhenMoreAreInUseThanThereAre) {
  Scenario scenario = Fakes(2, 0, Oversold());
  scenario.fleet[0].nodes.gpus_per_node = 4;
  testing::SetRole(&scenario, "place", "worst_fit");  // one job a node
  const Played played =
      Play(scenario, {Work{.run = 3 * kHour, .gpus = 3}, Work{.run = kHour, .gpus = 1},
                      Work{.submit = kHour, .run = 3 * kHour, .gpus = 3}});
  // Six of four in use from 01:00: two thirds of the pace until the first job ends at 04:00.
  EXPECT_EQ(played.stints,
            (testing::Stints{{Stint{0, 4 * kHour}}, {Stint{0, kHour}}, {Stint{kHour, 5 * kHour}}}));
}

// A saved attempt has done what the share of its card let it.
TEST(OversoldTest, TimeLostToOthersIsNoProgress) {
  SimpleTrust rules = Oversold();
  rules.fails[3] = 1;
  Scenario scenario = Fakes(2, 1, rules);
  const Played played =
      Play(scenario, {Work{.run = 8 * kHour}, Work{.run = 8 * kHour}, Work{.run = 3 * kHour}});
  // At 03:00 both names of the card are suspended: their jobs have done 1.5 h each, and go on on
  // the third node, one after the other.
  EXPECT_EQ(played.stints, (testing::Stints{{Stint{0, 3 * kHour}, Stint{3 * kHour, 9.5 * kHour}},
                                            {Stint{0, 3 * kHour}, Stint{9.5 * kHour, 16 * kHour}},
                                            {Stint{0, 3 * kHour}}}));
  EXPECT_EQ(played.row(0).useful_ns + played.row(0).lost_ns, played.row(0).allocated_ns);
  const TrustFigures& trust = TrustOf(played.ran.summary);
  EXPECT_EQ(trust.fakes, 2u);
  EXPECT_EQ(trust.undetected_share, 0);
}

// Four cores of a node whose card two other jobs share.
TEST(OversoldTest, JobsWithoutGpusAreNotSlowedDown) {
  const Played played = Play(Fakes(2, 0, Oversold()), {Work{.run = kHour}, Work{.run = kHour},
                                                       Work{.run = kHour, .gpus = 0}});
  EXPECT_EQ(played.stints,
            (testing::Stints{{Stint{0, 2 * kHour}}, {Stint{0, 2 * kHour}}, {Stint{0, kHour}}}));
  EXPECT_EQ(TrustOf(played.ran.summary).jobs_harmed, 2u);
}

TEST(OversoldTest, AnOddOneIsHonest) {
  EXPECT_EQ(TrustOf(Play(Fakes(5, 0, Oversold()), {Work{.run = 1}}).ran.summary).fakes, 4u);
}

// One card under four names: four jobs have a quarter of it each, then fewer have more. 1 h + 2 h +
// 3 h
// + 4 h of work: in the first four hours each does one, in the next three the others one more, and
// so on.
TEST(OversoldTest, ACardMayHaveManyNames) {
  SimpleTrust rules = Oversold();
  rules.cheats.names = 4;
  const std::vector<Work> works = {
      {.run = kHour}, {.run = 2 * kHour}, {.run = 3 * kHour}, {.run = 4 * kHour}};
  const Played played = Play(Fakes(4, 0, rules), works);
  EXPECT_EQ(played.stints, (testing::Stints{{Stint{0, 4 * kHour}},
                                            {Stint{0, 7 * kHour}},
                                            {Stint{0, 9 * kHour}},
                                            {Stint{0, 10 * kHour}}}));
  const TrustFigures trust = TrustOf(played.ran.summary);
  EXPECT_EQ(trust.fakes, 4u);
  EXPECT_EQ(trust.jobs_harmed, 4u);
}

// Ten nodes under four names a card: four, four, and two.
TEST(OversoldTest, TheLastCardHasTheNamesThatAreLeft) {
  SimpleTrust rules = Oversold();
  rules.cheats.names = 4;
  const Scenario scenario = Fakes(10, 0, rules);
  EXPECT_EQ(TrustOf(Play(scenario, {Work{.run = 1}}).ran.summary).fakes, 10u);
  const std::vector<Work> works(10, Work{.run = kHour});
  const Played played = Play(scenario, works);
  for (size_t job = 0; job < 10; ++job) {
    EXPECT_EQ(played.stints[job][0].end, (job < 8 ? 4 : 2) * kHour) << job;
  }
}

// A hundred names of one card give their proofs at once, each with a hundredth of it. All fail the
// first; one name alone never does.
TEST(OversoldTest, IdentitiesByTheHundredFailTogether) {
  FullTrust full;
  static_cast<trust::Rules&>(full) = Oversold();
  full.cheats.names = 100;
  full.lock = {.tolerance = 1.5, .jitter = 1e-6, .spread = 0, .transfer = 0, .probes = 0};
  full.challenges.failures = 1;
  const auto undetected = [&](uint32_t nodes) {
    Scenario scenario = Fakes(nodes, 0, SimpleTrust());
    scenario.trust.level = full;
    scenario.horizon = Duration::Minutes(90);  // one proof
    const results::Summary summary = testing::RunSummary(scenario, std::vector<workload::Job>());
    return TrustOf(summary).fakes_admitted == nodes ? TrustOf(summary).undetected_share : -1;
  };
  EXPECT_EQ(undetected(100), 0);
  full.lock.tolerance = 3;  // a third of the speed is enough
  full.cheats.names = 2;
  EXPECT_EQ(undetected(100), 1);
}

// Half the compute for each of two proofs at once.
TEST(OversoldTest, ProofsAreGivenAtOnce) {
  FullTrust full;
  static_cast<trust::Rules&>(full) = Oversold();
  full.lock = {.tolerance = 2, .jitter = 0.2, .spread = 0, .transfer = 0, .probes = 0};
  full.challenges.failures = 1;
  Scenario scenario = Fakes(4000, 0, SimpleTrust());
  scenario.trust.level = full;
  scenario.horizon = Duration::Minutes(90);  // one proof
  const results::Summary summary = testing::RunSummary(scenario, std::vector<workload::Job>());
  EXPECT_NEAR(TrustOf(summary).undetected_share, 0.5, 0.025);
}

// Two members of a gang in two places, one of them on a tenth of its link.
TEST(BandwidthTest, AGangWaitsForTheRealLink) {
  SimpleTrust rules = Spoofed();
  rules.cheats.shares[static_cast<int>(OwnerKind::kMiner)] = {0, 0, 0, 0, 1};
  rules.cheats.real_bandwidth = 0.1;
  Scenario scenario = Fakes(1, 1, rules);
  scenario.network.level = scenario::NetworkLevel::kFull;
  scenario.regions.push_back(scenario.regions[0]);
  scenario.regions[1].id = "there";
  scenario.regions[1].lat_deg = 5;
  for (size_t g = 0; g < 2; ++g) {
    scenario.fleet[g].nodes.regions = {{RegionId(static_cast<uint16_t>(g)), 1}};
    scenario.fleet[g].access.down_gbs = scenario.fleet[g].access.up_gbs = 0.1f;
  }
  const std::vector<Work> works = {Work{.run = kHour, .replicas = 2}};
  const double fake_s = Play(scenario, works).stints[0][0].end;
  EXPECT_EQ(Play(scenario, works).ran.summary.trust->jobs_harmed, 1u);
  for (size_t g = 0; g < 2; ++g) {
    scenario.fleet[g].access.down_gbs = scenario.fleet[g].access.up_gbs = g == 0 ? 0.01f : 0.1f;
  }
  scenario.trust.level = trust::NoTrust();
  EXPECT_NEAR(fake_s, Play(scenario, works).stints[0][0].end, 1) << "as if it had said so";
  EXPECT_GT(fake_s, 5 * kHour);
}

}  // namespace
}  // namespace orrery
