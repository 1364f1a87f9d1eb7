// Devices that are not what they claim: what they do to jobs, who finds them out, and when.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/sim/driver/fakes.h"
#include "tests/testing/interval.h"

namespace orrery {
namespace {

using results::JobOutcome;
using results::NodeEventKind;
using results::TrustFigures;
using scenario::Scenario;
using testing::Fakes;
using testing::Interval;
using testing::IntervalOf;
using testing::kHour;
using testing::kHourNs;
using testing::Play;
using testing::Played;
using testing::RowsOf;
using testing::Spoofed;
using testing::Stint;
using testing::TrustOf;
using testing::Work;
using trust::FullTrust;
using trust::SimpleTrust;

TEST(TrustTest, AJobOnAFakeRunsAtItsRealSpeed) {
  Scenario scenario = Fakes(1, 0, Spoofed());
  scenario.fleet[0].nodes.ask.median = UsdPerHour::FromDollars(2);
  const Played played = Play(scenario, {Work{.run = kHour, .gpu = "fast"}});
  EXPECT_EQ(played.stints, (testing::Stints{{Stint{0, 2 * kHour}}}));
  const TrustFigures& trust = TrustOf(played.ran.summary);
  EXPECT_EQ(trust.devices, 1u);
  EXPECT_EQ(trust.fakes, 1u);
  EXPECT_EQ(trust.fakes_admitted, 1u);
  EXPECT_EQ(trust.undetected_share, 1);
  EXPECT_DOUBLE_EQ(trust.fake_gpu_hours, 2);
  EXPECT_DOUBLE_EQ(trust.fake_earned_usd, 4);
  EXPECT_EQ(trust.jobs_harmed, 1u);
  ASSERT_EQ(trust.per_cheat.size(), 1u);
  EXPECT_EQ(trust.per_cheat[0].name, "spoofed_model");
}

// The scheduler limits the time on the card that it believes in.
TEST(TrustTest, ALimitKillsAJobThatTheRealCardIsTooSlowFor) {
  const Played played =
      Play(Fakes(1, 0, Spoofed()), {Work{.run = kHour, .limit = 1.5 * kHour, .gpu = "fast"}});
  EXPECT_EQ(played.row(0).outcome, JobOutcome::kKilled);
  EXPECT_EQ(played.row(0).end_ns, kHourNs * 3 / 2);
}

// A job that is stated for no GPU has all its work for the one that it was promised.
TEST(TrustTest, AGangGoesAtItsSlowestRealMember) {
  const Played played = Play(Fakes(1, 3, Spoofed()), {Work{.run = kHour, .replicas = 4}});
  EXPECT_EQ(played.stints, (testing::Stints{{Stint{0, 2 * kHour}}}));
}

TEST(TrustTest, HonestDevicesRunAsTheyClaim) {
  const Played played = Play(Fakes(0, 1, Spoofed()), {Work{.run = kHour, .gpu = "slow"}});
  EXPECT_EQ(played.stints, (testing::Stints{{Stint{0, kHour / 2}}}));
  EXPECT_EQ(TrustOf(played.ran.summary).jobs_harmed, 0u);
}

// Everybody knows that proofs take a tenth of the time: limits allow for it.
TEST(TrustTest, ProofsTakeTheirShareOfTheTime) {
  SimpleTrust rules = Spoofed();
  rules.challenges.time = Duration::Minutes(6);
  Scenario scenario = Fakes(0, 1, rules);
  const Played played = Play(scenario, {Work{.run = 9 * kHour, .limit = 9 * kHour, .gpu = "fast"}});
  EXPECT_EQ(played.row(0).outcome, JobOutcome::kFinished);
  EXPECT_NEAR(played.stints[0][0].end, 10 * kHour, 1e-6);
  EXPECT_NEAR(TrustOf(played.ran.summary).proof_gpu_hours, 1, 1e-9);  // the tenth ends with the job
}

TEST(TrustTest, AJobThatNeedsMoreMemoryThanThereIsFailsSoon) {
  SimpleTrust rules = Spoofed();
  rules.cheats.shares[static_cast<int>(OwnerKind::kMiner)] = {0, 0, 1};
  Scenario scenario = Fakes(1, 0, rules);
  scenario.scheduler.retries = 2;
  Requirements large, small;
  large.min_gpu_memory_mib = 41 * 1024;
  small.min_gpu_memory_mib = 40 * 1024;
  std::vector<workload::Job> jobs = {testing::MakeJob(0, kHour), testing::MakeJob(1, kHour)};
  jobs[0].requirements = RequirementsId(1);
  jobs[1].requirements = RequirementsId(2);
  const testing::Ran ran = testing::Run(scenario, jobs, 0, {large, small});
  EXPECT_EQ(ran.jobs[0].row.outcome, JobOutcome::kFailed);
  EXPECT_EQ(ran.jobs[0].attempts, 3);
  EXPECT_EQ(ran.jobs[0].end_s, 180);
  EXPECT_EQ(ran.jobs[1].row.outcome, JobOutcome::kFinished);
  EXPECT_NEAR(ran.jobs[1].end_s - ran.jobs[1].start_s, kHour, 1e-6);
  EXPECT_EQ(TrustOf(ran.summary).jobs_harmed, 1u);
}

// The third proof that fails, at 03:00, ends it; what was done is saved and goes on elsewhere.
TEST(TrustTest, AFakeIsSuspendedAfterItsThirdFailure) {
  SimpleTrust rules = Spoofed();
  rules.fails[1] = 1;
  const Played played = Play(Fakes(1, 1, rules), {Work{.run = 10 * kHour, .gpu = "fast"}});
  EXPECT_EQ(played.stints,
            (testing::Stints{{Stint{0, 3 * kHour}, Stint{3 * kHour, 11.5 * kHour}}}));
  EXPECT_EQ(played.ran.jobs[0].node, 1u);
  EXPECT_EQ(played.row(0).lost_ns, 0);
  const TrustFigures& trust = TrustOf(played.ran.summary);
  EXPECT_EQ(trust.mean_detection_s, 3 * kHour);
  EXPECT_EQ(trust.undetected_share, 0);
  EXPECT_EQ(trust.fake_gpu_hours, 3);
  bool told = false;
  for (const results::NodeEventRow& row : played.ran.node_events) {
    told |= row.node == 0 && row.kind == NodeEventKind::kSuspended && row.time_ns == 3 * kHourNs;
  }
  EXPECT_TRUE(told);
}

TEST(TrustTest, ASuspensionForATimeEnds) {
  SimpleTrust rules = Spoofed();
  rules.fails[1] = 1;
  rules.suspension.length = Duration::Hours(2);
  // Three hours at half speed, two off, and so on: the job is done at 03:00 + 05:00.
  const Played played = Play(Fakes(1, 0, rules), {Work{.run = 3 * kHour, .gpu = "fast"}});
  EXPECT_EQ(played.stints, (testing::Stints{{Stint{0, 3 * kHour}, Stint{5 * kHour, 8 * kHour}}}));
}

TEST(TrustTest, HonestDevicesAppeal) {
  SimpleTrust rules = Spoofed();
  rules.fails[0] = 1;
  rules.suspension.appeal = Duration::Hours(10);
  Scenario scenario = Fakes(0, 1, rules);
  scenario.horizon = Duration::Hours(20);
  const Played played = Play(scenario, {Work{.run = 4 * kHour}});
  EXPECT_EQ(played.stints, (testing::Stints{{Stint{0, 3 * kHour}, Stint{13 * kHour, 14 * kHour}}}));
  const TrustFigures& trust = TrustOf(played.ran.summary);
  EXPECT_EQ(trust.honest_suspended, 2u);  // at 03:00 and at 16:00
  EXPECT_EQ(trust.honest_gpu_hours_barred, 14);
}

TEST(TrustTest, RegistrationTakesItsTime) {
  SimpleTrust rules = Spoofed();
  rules.registration.time = Duration::Minutes(30);
  const Played played = Play(Fakes(0, 1, rules), {Work{.run = kHour}});
  EXPECT_EQ(played.stints, (testing::Stints{{Stint{1800, 5400}}}));
}

TEST(TrustTest, RegistrationRefusesByItsChances) {
  SimpleTrust rules = Spoofed();
  rules.registration.passes[1] = 0.25;
  rules.registration.refuses = 0.1;
  Scenario scenario = Fakes(2000, 2000, rules);
  scenario.horizon = Duration::Hours(1);
  const results::Summary summary = testing::RunSummary(scenario, std::vector<workload::Job>());
  EXPECT_EQ(TrustOf(summary).fakes, 2000u);
  EXPECT_NEAR(static_cast<double>(TrustOf(summary).fakes_admitted), 500, 50);  // 2.6 sigma
  EXPECT_NEAR(static_cast<double>(TrustOf(summary).honest_refused), 200, 35);
}

// (1 − p³) / ((1 − p) p³) = 14 proofs with p = 1/2, the first of them half an hour after the node
// was listed.
TEST(TrustTest, DetectionTakesAsLongAsTheMarkovChain) {
  SimpleTrust rules = Spoofed();
  rules.fails[1] = 0.5;
  rules.registration.time = Duration::Minutes(30);
  Scenario scenario = Fakes(500, 0, rules);
  scenario.horizon = Duration::Hours(1000);
  std::vector<double> hours;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    scenario.seed = seed;
    const results::Summary summary = testing::RunSummary(scenario, std::vector<workload::Job>());
    EXPECT_EQ(TrustOf(summary).undetected_share, 0);
    hours.push_back(TrustOf(summary).mean_detection_s / kHour);
  }
  const Interval measured = IntervalOf(hours);
  EXPECT_LE(std::abs(measured.mean - 13.5), measured.half_width) << measured.half_width;
  EXPECT_LT(measured.half_width, 0.4);
}

// Nodes that are down are not challenged: with a share of the time up, it takes so much longer.
TEST(TrustTest, NodesThatAreDownAreNotChallenged) {
  SimpleTrust rules = Spoofed();
  rules.fails[1] = 0.6;
  Scenario scenario = Fakes(2000, 0, rules);
  scenario.horizon = Duration::Hours(5000);
  const auto mean_hours = [&] {
    return TrustOf(testing::RunSummary(scenario, std::vector<workload::Job>())).mean_detection_s /
           kHour;
  };
  const double up = mean_hours();
  scenario.failures.level =
      failure::SimpleFailures{.mtbf = Duration::Minutes(30), .mttr = Duration::Minutes(90)};
  EXPECT_NEAR(mean_hours() / up, 4, 0.3);
}

// With `full`, the chance follows from the device: half the compute, a tolerance of twice the time.
TEST(TrustTest, FullDerivesTheChanceFromTheDevice) {
  FullTrust full;
  static_cast<trust::Rules&>(full) = Spoofed();
  full.lock = {.tolerance = 2, .jitter = 0.2, .spread = 0, .transfer = 0, .probes = 0};
  full.challenges.failures = 1;
  Scenario scenario = Fakes(4000, 4000, SimpleTrust());
  scenario.trust.level = full;
  scenario.horizon = Duration::Minutes(90);  // one proof
  const results::Summary half = testing::RunSummary(scenario, std::vector<workload::Job>());
  EXPECT_NEAR(TrustOf(half).undetected_share, 0.5, 0.025);
  // ln 2 / 0.2 = 3.47 standard deviations.
  EXPECT_LE(TrustOf(half).honest_suspended, 6u);
  // A fifth of the memory; three places.
  full.lock = {.tolerance = 100, .jitter = 0.2, .spread = 0, .transfer = 0, .probes = 2};
  scenario.trust.level = full;
  const results::Summary memory = testing::RunSummary(scenario, std::vector<workload::Job>());
  EXPECT_NEAR(TrustOf(memory).undetected_share, 0.04, 0.01);
  EXPECT_EQ(TrustOf(memory).honest_suspended, 0u);
}

TEST(TrustTest, SpoofedCardsAreCheaperModels) {
  SimpleTrust rules = Spoofed();
  Scenario scenario = Fakes(1, 1, rules);
  scenario.fleet[1].nodes.owner_kind = OwnerKind::kMiner;
  scenario.fleet[1].nodes.gpu_model = GpuModelId(0);  // nothing is cheaper than a slow card
  const Played played = Play(scenario, {Work{.run = kHour, .replicas = 1}});
  EXPECT_EQ(TrustOf(played.ran.summary).fakes, 1u);
}

TEST(TrustTest, NodesHaveARowEach) {
  SimpleTrust rules = Spoofed();
  rules.fails[1] = 1;
  Scenario scenario = Fakes(1, 1, rules);
  scenario.fleet[0].nodes.ask.median = UsdPerHour::FromDollars(1);
  const auto rows = RowsOf<results::NodeTrustRow>(scenario, {testing::MakeJob(0, 10 * kHour)});
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].real_model, 0);
  EXPECT_EQ(rows[0].cheat, static_cast<uint8_t>(trust::Cheat::kSpoofedModel));
  EXPECT_EQ(rows[0].state, results::Vetted::kSuspended);
  EXPECT_EQ(rows[0].admitted_ns, 0);
  EXPECT_EQ(rows[0].suspended_ns, 3 * kHourNs);
  EXPECT_EQ(rows[0].challenges, 3u);
  EXPECT_EQ(rows[0].sold_gpu_h, 3);
  EXPECT_EQ(rows[0].earned_usd_micro, 3'000'000);
  EXPECT_EQ(rows[1].real_model, 1);
  EXPECT_EQ(rows[1].state, results::Vetted::kListed);
  EXPECT_EQ(rows[1].suspended_ns, -1);
}

// Nobody cheats, nobody is checked, no time is lost: the same schedule to the bit.
TEST(TrustTest, HonestDevicesAndNoChecksChangeNothing) {
  Scenario scenario = Fakes(0, 4, Spoofed());
  std::vector<Work> works;
  for (int i = 0; i < 50; ++i) {
    works.push_back({.submit = 200.0 * i, .run = 100.0 * (1 + i % 17), .replicas = 1u + i % 3});
  }
  const Played checked = Play(scenario, works);
  scenario.trust.level = trust::NoTrust();
  const Played off = Play(scenario, works);
  EXPECT_EQ(checked.stints, off.stints);
  EXPECT_EQ(checked.ran.summary.outcome_digest, off.ran.summary.outcome_digest);
}

// Ablation: with the defaults, but every fifth miner a fake, jobs take longer.
TEST(TrustTest, FakesMakeJobsTakeLonger) {
  Scenario scenario =
      testing::MakeScenario({{.nodes = 100, .gpu = "fast"}}, testing::SlowAndFast());
  scenario.fleet[0].nodes.owner_kind = OwnerKind::kMiner;
  testing::SetRole(&scenario, "place", "random");
  FullTrust full;
  full.cheats.shares[static_cast<int>(OwnerKind::kMiner)] = {0, 0.2, 0};
  full.registration.time = Duration();
  std::vector<Work> works;
  for (int i = 0; i < 300; ++i) works.push_back({.submit = 60.0 * i, .run = 2 * kHour});
  std::vector<double> longer;
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    scenario.seed = seed;
    scenario.trust.level = trust::NoTrust();
    const double off = Play(scenario, works).ran.summary.jct_s.mean;
    scenario.trust.level = full;
    longer.push_back(Play(scenario, works).ran.summary.jct_s.mean / off - 1);
  }
  testing::ExpectAboveZero(longer, "rise");
}

}  // namespace
}  // namespace orrery
