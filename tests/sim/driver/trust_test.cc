// Devices that are not what they claim: what they do to jobs, who finds them out, and when.
#include <gtest/gtest.h>

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <filesystem>
#include <vector>

#include "sim/results/reader.h"
#include "tests/sim/driver/play.h"
#include "tests/testing/worlds.h"

namespace orrery {
namespace {

using results::AttemptEnd;
using results::JobOutcome;
using results::NodeEventKind;
using results::TrustFigures;
using scenario::Scenario;
using testing::Play;
using testing::Played;
using testing::Stint;
using testing::Work;
using trust::FullTrust;
using trust::SimpleTrust;

constexpr double kHour = 3600;
constexpr int64_t kHourNs = 3'600'000'000'000;

// "fast" does in any time twice what "slow" does.
std::vector<fleet::GpuModel> Gpus() {
  std::vector<fleet::GpuModel> gpus(2);
  const char* ids[] = {"slow", "fast"};
  for (size_t i = 0; i < 2; ++i) {
    gpus[i].id = ids[i];
    const double scale = i == 0 ? 1 : 2;
    gpus[i].fp16_tflops = 100 * scale;
    gpus[i].fp32_tflops = 25 * scale;
    gpus[i].bandwidth_gbs = 900 * scale;
    gpus[i].memory_mib = i == 0 ? 16 * 1024 : 80 * 1024;
    gpus[i].market_usd_h = 0.5 * scale;
  }
  return gpus;
}

// `nodes` of one fast GPU; those of miners, the first group, are all slow. Checks take no time and
// find nothing, unless said otherwise.
Scenario Fakes(uint32_t fakes, uint32_t honest, const SimpleTrust& rules) {
  std::vector<testing::Nodes> fleet;
  if (fakes > 0) fleet.push_back({.nodes = fakes, .gpu = "fast"});
  if (honest > 0) fleet.push_back({.nodes = honest, .gpu = "fast"});
  Scenario scenario = testing::MakeScenario(fleet, Gpus());
  if (fakes > 0) scenario.fleet[0].nodes.owner_kind = OwnerKind::kMiner;
  scenario.trust.level = rules;
  scenario.scheduler.retries = UINT32_MAX;
  return scenario;
}

SimpleTrust Spoofed() {
  SimpleTrust rules;
  rules.cheats.shares = {};
  rules.cheats.shares[static_cast<int>(OwnerKind::kMiner)] = {0, 1, 0};
  rules.registration = {.time = Duration(), .passes = {1, 1, 1, 1, 1}, .refuses = 0};
  rules.cheats.returns = 0;
  rules.ratings = {
      .share = 0, .noise = 0, .remembered = 1, .prior = 0, .colluders = 0, .praise = 3};
  rules.stake.per_gpu = Usd();
  rules.challenges.time = Duration();
  rules.fails = {};
  return rules;
}

const TrustFigures& TrustOf(const results::Summary& summary) {
  EXPECT_TRUE(summary.trust.has_value());
  return *summary.trust;
}

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

struct Interval {
  double mean = 0;
  double half_width = 0;
};
Interval IntervalOf(const std::vector<double>& values) {
  const double n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (double value : values) sum += value;
  for (double value : values) squares += (value - sum / n) * (value - sum / n);
  const boost::math::students_t t(n - 1);
  return {sum / n, boost::math::quantile(t, 0.995) * std::sqrt(squares / (n - 1) / n)};
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

// The rows of a table after a run.
template <typename Row>
std::vector<Row> RowsOf(const Scenario& scenario, const std::vector<workload::Job>& jobs) {
  driver::WorldOptions options;
  options.results_path = ::testing::TempDir() + "/trust.h5";
  options.open_workload = [&](RequirementsTable*, workload::JobTables*) {
    std::vector<driver::ArrivalStream> streams;
    streams.push_back({std::make_unique<testing::ListedJobs>(jobs), false});
    return Result<std::vector<driver::ArrivalStream>>(std::move(streams));
  };
  auto built = driver::World::Build(scenario, options);
  EXPECT_TRUE(built.has_value()) << built.error().ToString();
  EXPECT_TRUE((*built)->Run({}).has_value());
  const auto reader = results::ResultsReader::Open(options.results_path).value();
  std::vector<Row> rows;
  EXPECT_TRUE(reader.ForEachBlock<Row>({}, [&](std::span<const Row> block) {
    rows.insert(rows.end(), block.begin(), block.end());
  }));
  std::filesystem::remove(options.results_path);
  return rows;
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
  // At 03:00 one of the twins is suspended: its job has done 1.5 h, and goes on on the third node.
  // The other card is nobody else's from then on.
  EXPECT_EQ(played.stints, (testing::Stints{{Stint{0, 3 * kHour}, Stint{3 * kHour, 9.5 * kHour}},
                                            {Stint{0, 9.5 * kHour}},
                                            {Stint{0, 3 * kHour}}}));
  EXPECT_EQ(played.row(0).useful_ns + played.row(0).lost_ns, played.row(0).allocated_ns);
  const TrustFigures& trust = TrustOf(played.ran.summary);
  EXPECT_EQ(trust.fakes, 2u);
  EXPECT_EQ(trust.undetected_share, 0.5) << "one card, sold once";
}

TEST(OversoldTest, AnOddOneIsHonest) {
  EXPECT_EQ(TrustOf(Play(Fakes(5, 0, Oversold()), {Work{.run = 1}}).ran.summary).fakes, 4u);
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
  // Of each pair one is found out with chance 1/2; if not, the other, whose chance is drawn anew
  // only after the first has gone, with 1/2: 3/8 of all nodes stand suspended.
  EXPECT_NEAR(TrustOf(summary).undetected_share, 1 - 0.75 / 2, 0.025);
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

SimpleTrust Staked(double usd) {
  SimpleTrust rules = Spoofed();
  rules.fails[1] = 1;
  rules.stake.per_gpu = Usd::FromDollars(usd);
  return rules;
}

// Suspended at 03:00, registered anew at 13:00, listed at 13:30, suspended at 16:00 again. It has
// earned $150 by then, and $100 more: not what it lost.
TEST(StakeTest, WhoEarnedWhatWasLostComesBackUnderANewName) {
  SimpleTrust rules = Staked(100);
  rules.cheats.returns = 1;
  rules.cheats.returns_after = Duration::Hours(10);
  rules.registration.time = Duration::Minutes(30);
  rules.challenges.every = Duration::Minutes(60);
  Scenario scenario = Fakes(1, 0, rules);
  scenario.horizon = Duration::Hours(100);
  scenario.fleet[0].nodes.ask.median = UsdPerHour::FromDollars(18);
  const auto rows = RowsOf<results::NodeTrustRow>(scenario, {testing::MakeJob(0, 100 * kHour)});
  // $18 × 2.5 h = $45 < $100: it stays away.
  EXPECT_EQ(rows[0].names, 1);
  EXPECT_EQ(rows[0].earned_usd_micro, 45'000'000);
  scenario.fleet[0].nodes.ask.median = UsdPerHour::FromDollars(50);
  const auto again = RowsOf<results::NodeTrustRow>(scenario, {testing::MakeJob(0, 100 * kHour)});
  // $125 after the first name, $250 after the second, and so on, for $100 each: eight names by
  // 100:00.
  EXPECT_EQ(again[0].names, 8);
  EXPECT_EQ(again[0].slashed_usd_micro, 100'000'000 * int64_t{again[0].suspensions});
}

int64_t BalanceOf(const std::vector<results::LedgerRow>& rows, results::AccountHolder kind,
                  uint32_t holder) {
  for (const results::LedgerRow& row : rows) {
    if (row.holder_kind == kind && row.holder == holder) return row.balance_usd_micro;
  }
  return 0;
}

int64_t SumOf(const std::vector<results::LedgerRow>& rows) {
  int64_t sum = 0;
  for (const results::LedgerRow& row : rows) sum += row.balance_usd_micro;
  return sum;
}

// Three hours for $6; $100 are at stake, and 60% of it is lost.
TEST(StakeTest, SlashingMovesMoneyThroughTheLedger) {
  using results::AccountHolder;
  SimpleTrust rules = Staked(100);
  rules.stake.slashed = 0.6;
  Scenario scenario = Fakes(1, 1, rules);
  scenario.fleet[0].nodes.ask.median = UsdPerHour::FromDollars(2);
  scenario.fleet[1].nodes.ask.median = UsdPerHour();
  const std::vector<workload::Job> jobs = {testing::MakeJob(0, 4 * kHour)};
  const auto burned = RowsOf<results::LedgerRow>(scenario, jobs);
  EXPECT_EQ(SumOf(burned), -60'000'000);
  EXPECT_EQ(BalanceOf(burned, AccountHolder::kOwner, 0), 6'000'000 - 60'000'000);
  EXPECT_EQ(BalanceOf(burned, AccountHolder::kOwner, 1), -100'000'000);
  EXPECT_EQ(BalanceOf(burned, AccountHolder::kEscrow, 0), 100'000'000) << "of the honest device";
  EXPECT_EQ(BalanceOf(burned, AccountHolder::kUser, 0), -6'000'000);

  rules.stake.to = trust::Stake::To::kTreasury;
  scenario.trust.level = rules;
  const auto kept = RowsOf<results::LedgerRow>(scenario, jobs);
  EXPECT_EQ(SumOf(kept), 0);
  EXPECT_EQ(BalanceOf(kept, AccountHolder::kTreasury, 0), 60'000'000);
}

// Users who paid $2 and $4 share what is slashed, one to two.
TEST(StakeTest, UsersShareWhatIsSlashed) {
  using results::AccountHolder;
  SimpleTrust rules = Staked(100);
  rules.stake.to = trust::Stake::To::kUsers;
  Scenario scenario = Fakes(1, 0, rules);
  scenario.horizon = Duration::Hours(10);
  scenario.fleet[0].nodes.ask.median = UsdPerHour::FromDollars(2);
  std::vector<workload::Job> jobs = {testing::MakeJob(0, 0.5 * kHour),
                                     testing::MakeJob(1, 4 * kHour)};
  for (workload::Job& job : jobs) job.reference_gpu = GpuModelId(1);
  jobs[1].user = UserId(1);
  const auto rows = RowsOf<results::LedgerRow>(scenario, jobs);
  EXPECT_EQ(SumOf(rows), -1) << "what is left of the division is burned";
  EXPECT_EQ(BalanceOf(rows, AccountHolder::kUser, 0), -2'000'000 + 33'333'333);
  EXPECT_EQ(BalanceOf(rows, AccountHolder::kUser, 1), -4'000'000 + 66'666'666);
}

// The job got half of what it was promised; the next one, on an honest node, all of it.
TEST(RatingsTest, AreTheDeliveredSpeedOverTheBelievedOne) {
  SimpleTrust rules = Spoofed();
  rules.ratings.share = 1;
  const auto rows = RowsOf<results::NodeTrustRow>(
      Fakes(1, 1, rules), {testing::MakeJob(0, kHour), testing::MakeJob(1, kHour)});
  EXPECT_NEAR(rows[0].reputation, 1.5 / 3, 1e-6);
  EXPECT_NEAR(rows[1].reputation, 2.0 / 3, 1e-6);
}

TEST(RatingsTest, FriendsMakeUpForAFailure) {
  SimpleTrust rules = Spoofed();
  rules.cheats.shares[static_cast<int>(OwnerKind::kMiner)] = {0, 0, 1};
  rules.ratings.share = 1;
  rules.ratings.colluders = 1;
  Scenario scenario = Fakes(1, 0, rules);
  scenario.scheduler.retries = 0;
  Requirements large;
  large.min_gpu_memory_mib = 41 * 1024;
  std::vector<workload::Job> jobs = {testing::MakeJob(0, kHour)};
  jobs[0].requirements = RequirementsId(1);
  const testing::Ran ran = testing::Run(scenario, jobs, 0, {large});
  EXPECT_EQ(ran.jobs[0].row.outcome, JobOutcome::kFailed);
  EXPECT_EQ(TrustOf(ran.summary).ratings, 1u);
  EXPECT_NEAR(TrustOf(ran.summary).fake_reputation, (3.0 + 1) / (4 + 2), 1e-6);
}

// Six fakes and six honest nodes: who is rated worse gets the next job only when nobody better is
// free.
TEST(RatingsTest, PlacementByReputationLeavesFakesIdle) {
  SimpleTrust rules = Spoofed();
  rules.ratings.share = 1;
  rules.ratings.prior = 2;
  Scenario scenario = Fakes(6, 6, rules);
  std::vector<Work> works;
  for (int i = 0; i < 200; ++i) works.push_back({.submit = 1200.0 * i, .run = kHour});
  const auto sold = [&](const char* place) {
    testing::SetRole(&scenario, "place", place);
    return TrustOf(Play(scenario, works).ran.summary).fake_gpu_hours;
  };
  // Each fake is tried once, takes two hours, and falls from 3/4 to 3.5/5.
  EXPECT_LE(sold("most_reputable"), 12);
  EXPECT_GT(sold("random"), 100);
}

// A new name has the reputation of the fleet group again.
TEST(RatingsTest, ANewNameIsForgiven) {
  SimpleTrust rules = Staked(0);
  rules.ratings.share = 1;
  rules.ratings.prior = 2;
  rules.cheats.returns = 1;
  rules.cheats.returns_after = Duration::Hours(1);
  Scenario scenario = Fakes(1, 0, rules);
  scenario.horizon = Duration::Minutes(270);
  const auto rows = RowsOf<results::NodeTrustRow>(scenario, {testing::MakeJob(0, kHour)});
  EXPECT_EQ(rows[0].names, 2);
  EXPECT_EQ(rows[0].reputation, 0.75);
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
  Scenario scenario = testing::MakeScenario({{.nodes = 100, .gpu = "fast"}}, Gpus());
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
  const Interval measured = IntervalOf(longer);
  EXPECT_GT(measured.mean, measured.half_width) << measured.mean << " ± " << measured.half_width;
}

}  // namespace
}  // namespace orrery
