// Replicas of services on devices that are not what they claim.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim/driver/fakes.h"
#include "tests/sim/driver/metronome.h"

namespace orrery {
namespace {

using results::ServiceFigures;
using scenario::Scenario;
using scenario::Service;
using trust::Cheat;
using trust::SimpleTrust;

// "slow" takes twice as long as "fast".
std::vector<fleet::GpuModel> Gpus() {
  std::vector<fleet::GpuModel> gpus(2, testing::ServingGpu());
  gpus[0].id = "slow";
  gpus[0].fp16_tflops /= 2;
  gpus[0].bandwidth_gbs /= 2;
  gpus[0].market_usd_h = 0.5;
  gpus[1].id = "fast";
  gpus[1].market_usd_h = 1;
  return gpus;
}

// The first token is to be there within 50 ms.
Service Metronome(Service::Level level) {
  Service service = testing::Metronome();
  service.level = level;
  service.objective.first_token = Duration::Millis(50);
  return service;
}

// Cards that claim to be fast: of a miner, which all cheat, and of a data centre, which does not.
Scenario World(uint32_t fakes, uint32_t honest, Cheat cheat, const Service& service) {
  std::vector<testing::Nodes> fleet;
  if (fakes > 0) fleet.push_back({.nodes = fakes, .memory_gib = 1024, .gpu = "fast"});
  if (honest > 0) fleet.push_back({.nodes = honest, .memory_gib = 1024, .gpu = "fast"});
  Scenario scenario = testing::MakeScenario(fleet, Gpus());
  if (fakes > 0) scenario.fleet[0].nodes.owner_kind = OwnerKind::kMiner;
  SimpleTrust rules = testing::Spoofed();
  rules.cheats.shares = {};
  rules.cheats.shares[static_cast<int>(OwnerKind::kMiner)][static_cast<int>(cheat)] = 1;
  scenario.trust.level = rules;
  scenario.horizon = Duration::Seconds(1000);
  scenario.warm_up = Duration::Seconds(100);
  scenario.services.push_back(service);
  return scenario;
}

// All that ends is rated, without noise. Of nobody is anything known: r ratings for a device and s
// against it make it (r + 1) / (r + s + 2).
SimpleTrust& RateAll(Scenario* scenario) {
  auto& rules = std::get<SimpleTrust>(scenario->trust.level);
  rules.ratings.share = 1;
  return rules;
}

// One request, in half an hour or so. A replica starts for it, and is let go some ten minutes
// later; what else there may be has not ended by the horizon.
Scenario OneRequest(uint32_t fakes, uint32_t honest, Cheat cheat, Service service) {
  service.requests.arrivals.rate_per_h = 2;
  service.autoscale = {"keep_alive", {{"keep", "10min"}}};
  Scenario scenario = World(fakes, honest, cheat, service);
  scenario.horizon = Duration::Minutes(50);
  scenario.warm_up = Duration();
  RateAll(&scenario);
  return scenario;
}

ServiceFigures Served(const Scenario& scenario, std::vector<workload::Job> jobs = {}) {
  return testing::RunSummary(scenario, std::move(jobs)).services.front();
}

class TrustServicesTest : public ::testing::TestWithParam<Service::Level> {
 protected:
  Service service() const { return Metronome(GetParam()); }
  bool full() const { return GetParam() == Service::Level::kFull; }
};

// 300 × 0.1 + 2 ms on the card that was promised; 300 × 0.2 + 2 ms on what it is.
TEST_P(TrustServicesTest, AReplicaOnAFakeServesAtItsRealSpeed) {
  const ServiceFigures honest = Served(World(0, 1, Cheat::kSpoofedModel, service()));
  EXPECT_EQ(honest.slo_attainment, 1);
  const ServiceFigures fake = Served(World(1, 0, Cheat::kSpoofedModel, service()));
  EXPECT_EQ(fake.slo_attainment, 0);
  EXPECT_EQ(fake.served, honest.served);
  if (!full()) {
    EXPECT_GT(fake.ttft_s.mean, 0.9 * 0.062);
    return;
  }
  EXPECT_NEAR(honest.ttft_s.mean, 0.032, 1e-9);
  EXPECT_NEAR(fake.ttft_s.mean, 0.062, 1e-9);
  EXPECT_NEAR(honest.tbt_s.mean, 0.012302, 1e-9);
  EXPECT_NEAR(fake.tbt_s.mean, 0.022604, 1e-9);
}

// Half of the clients have the honest replica beside them, the other half the fake.
TEST_P(TrustServicesTest, TheShareWithinTheSloFallsByTheFakesShare) {
  Service twice = service();
  twice.requests.clients = {{RegionId(0), 1, Duration()}, {RegionId(1), 1, Duration()}};
  twice.autoscale = {"fixed", {{"replicas", "2"}}};
  twice.route = {"nearest", {}};
  Scenario scenario = World(1, 1, Cheat::kSpoofedModel, twice);
  scenario.regions[0] = {"london", "GB", 51.5, -0.1, Duration()};
  scenario.regions[1] = {"tokyo", "JP", 35.7, 139.7, Duration()};
  scenario.network.level = scenario::NetworkLevel::kSimple;
  scenario.fleet[1].nodes.regions = {{RegionId(1), 1}};
  const ServiceFigures figures = Served(scenario);
  EXPECT_NEAR(figures.slo_attainment, 0.5, 0.06);
  ASSERT_EQ(figures.per_region.size(), 2u);
  EXPECT_EQ(figures.per_region[0].slo_attainment, 0);
  EXPECT_EQ(figures.per_region[1].slo_attainment, 1);
}

// The model and one context take 10 + 2 GB of 90% of the memory: a card with half of 24 GiB has too
// little. Each attempt lasts until it is out of memory, and nothing is ever served.
TEST_P(TrustServicesTest, AReplicaThatDoesNotFitNeverGetsReady) {
  Service service = this->service();
  service.gateway_queue = 5;
  Scenario scenario = World(1, 0, Cheat::kLessMemory, service);
  scenario.scheduler.retries = 3;
  const testing::Ran ran = testing::Run(scenario, std::vector<workload::Job>{});
  const ServiceFigures& figures = ran.summary.services.front();
  EXPECT_EQ(figures.served, 0u);
  EXPECT_GE(figures.cold_starts, 4u);
  ASSERT_GE(ran.attempts.size(), 4u);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(ran.attempts[i].end, results::AttemptEnd::kFailed);
    EXPECT_EQ(ran.attempts[i].end_ns - ran.attempts[i].run_ns, 60'000'000'000);
  }
  // With 30 GiB claimed there are 15, which is enough.
  std::vector<fleet::GpuModel> gpus = scenario.gpus->rows();
  for (fleet::GpuModel& gpu : gpus) gpu.memory_mib = 30 * 1024;
  scenario.gpus =
      std::make_shared<fleet::GpuCatalogue>(fleet::GpuCatalogue::FromRows(std::move(gpus)));
  EXPECT_EQ(Served(scenario).slo_attainment, 1);
}

// A card sold twice has a job on its other half from 400 s to 700 s: 64 instead of 32 ms.
TEST_P(TrustServicesTest, ACardSoldTwiceServesAtHalfItsSpeedMeanwhile) {
  Scenario scenario = World(2, 0, Cheat::kOversold, service());
  // Alone it would take 150 s.
  const ServiceFigures figures = Served(scenario, {testing::MakeJob(400, 150)});
  EXPECT_NEAR(figures.slo_attainment, 600.0 / 900, 0.003);
  if (!full()) return;
  EXPECT_NEAR(figures.ttft_s.mean, (600 * 0.032 + 300 * 0.064) / 900, 1e-4);
  EXPECT_NEAR(figures.ttft_s.max, 0.064, 1e-9);
}

// Everybody knows that proofs take a tenth of the time.
TEST_P(TrustServicesTest, ProofsTakeTheirShareOfTheTime) {
  Scenario scenario = World(0, 1, Cheat::kSpoofedModel, service());
  std::get<SimpleTrust>(scenario.trust.level).challenges.time = Duration::Minutes(6);
  const ServiceFigures figures = Served(scenario);
  if (full()) {
    EXPECT_NEAR(figures.ttft_s.mean, 0.032 / 0.9, 1e-9);
  } else {
    EXPECT_GT(figures.ttft_s.mean, 0.035);
  }
}

// Nobody is known: 1 / 2. A job of 101 s on the honest node makes that 2 / 3 before the service
// looks again, at 105 s. What waited for a replica is served then.
TEST_P(TrustServicesTest, AReplicaIsAskedForOnceSomeNodeIsGoodEnough) {
  Service service = this->service();
  service.requirements.min_reputation = 0.6f;
  Scenario scenario = World(0, 1, Cheat::kSpoofedModel, service);
  scenario.warm_up = Duration();
  trust::Ratings& ratings = std::get<SimpleTrust>(scenario.trust.level).ratings;
  ratings.share = 1;
  ratings.prior = 0;
  const testing::Ran ran = testing::Run(scenario, std::vector{testing::MakeJob(0, 101)});
  const ServiceFigures& figures = ran.summary.services.front();
  EXPECT_EQ(ran.summary.jobs.rejected, 1u) << "a refusal is told once";
  EXPECT_EQ(figures.cold_starts, 1u);
  EXPECT_NEAR(figures.replica_hours, (1000.0 - 105) / 3600, 1e-9);
  EXPECT_EQ(figures.refused, 0u);
  EXPECT_GE(figures.served, 998u);
}

TEST_P(TrustServicesTest, AReplicaThatDidWhatItShouldIsRatedOne) {
  Scenario scenario = OneRequest(0, 1, Cheat::kSpoofedModel, service());
  // Everybody knows of the proofs, which count against nobody.
  std::get<SimpleTrust>(scenario.trust.level).challenges.time = Duration::Minutes(6);
  const testing::Ran ran = testing::Run(scenario, std::vector<workload::Job>{});
  ASSERT_GE(ran.attempts.size(), 1u);
  EXPECT_EQ(ran.attempts[0].end, results::AttemptEnd::kFinished);
  const results::TrustFigures& trust = testing::TrustOf(ran.summary);
  EXPECT_EQ(trust.ratings, 1u);
  EXPECT_FLOAT_EQ(static_cast<float>(trust.honest_reputation), 2.0f / 3);
  EXPECT_EQ(trust.jobs_harmed, 0u);
}

// A request takes 300 × 0.1 + 2 ms and 3 × (10 + 0.302 + 2) ms on the card that was promised,
// 68.906 ms; on what it is, with 2 ms a step as well, 129.812 ms.
TEST_P(TrustServicesTest, AReplicaOnAFakeIsRatedByHowFastItServed) {
  Scenario scenario = OneRequest(1, 0, Cheat::kSpoofedModel, service());
  for (const Duration proof : {Duration(), Duration::Minutes(6)}) {
    std::get<SimpleTrust>(scenario.trust.level).challenges.time = proof;
    const results::Summary summary = testing::RunSummary(scenario, std::vector<workload::Job>{});
    const results::TrustFigures& trust = testing::TrustOf(summary);
    EXPECT_EQ(trust.ratings, 1u);
    EXPECT_NEAR(trust.fake_reputation, (68.906 / 129.812 + 1) / 3, 1e-6);
    EXPECT_EQ(trust.jobs_harmed, 1u);
  }
}

// From 2200 s on a job that needs 100 s has the other half of the card, for 200 s.
TEST(TrustReplicasTest, AReplicaOnACardSoldTwiceIsRatedByItsMeanPace) {
  const Scenario scenario = OneRequest(2, 0, Cheat::kOversold, Metronome(Service::Level::kFull));
  const std::vector<workload::Job> jobs = {testing::MakeJob(2200, 100)};
  const testing::Ran ran = testing::Run(scenario, jobs);
  ASSERT_EQ(ran.attempts.size(), 2u);
  EXPECT_EQ(ran.attempts[0].end_ns, 2'400'000'000'000);
  const results::AttemptRow& replica = ran.attempts[1];
  ASSERT_EQ(replica.end, results::AttemptEnd::kFinished);
  const double ready_s = 1e-9 * static_cast<double>(replica.end_ns - replica.run_ns) - 10;
  const auto rows = testing::RowsOf<results::NodeTrustRow>(scenario, jobs);
  EXPECT_NEAR(rows[replica.node].reputation, (1 - 0.5 * 200 / ready_s + 1) / 3, 1e-6);
  EXPECT_NEAR(rows[1 - replica.node].reputation, (0.5 + 1) / 3, 1e-6) << "the job's";
  EXPECT_EQ(testing::TrustOf(ran.summary).jobs_harmed, 2u);
}

// A board that would draw 0.56 of its TDP, 56 K above the air, is held at 45 °C: 0.105 of the 0.44
// that vary are left. What is slow for heat alone is no fraud.
TEST_P(TrustServicesTest, AReplicaOnAHotBoardIsRatedByItsClock) {
  for (const uint32_t fakes : {0u, 1u}) {
    Scenario scenario = OneRequest(fakes, 1 - fakes, Cheat::kBandwidth, service());
    std::vector<fleet::GpuModel> gpus = scenario.gpus->rows();
    for (fleet::GpuModel& gpu : gpus) gpu.tdp_w = 400;
    scenario.gpus =
        std::make_shared<fleet::GpuCatalogue>(fleet::GpuCatalogue::FromRows(std::move(gpus)));
    scenario.electricity = testing::TwoTariffs();
    scenario.energy.level = scenario::Energy::Level::kFull;
    scenario.energy.heat.rise_k.fill(100);
    scenario.energy.heat.spread = 0;
    // Miners breathe the air of outdoors.
    scenario.energy.heat.limit_c = fakes == 0 ? 45 : -1000;
    const double clock = fakes == 0 ? std::cbrt(0.105 / 0.44) : std::cbrt(0.1);
    const results::Summary summary = testing::RunSummary(scenario, std::vector<workload::Job>{});
    const results::TrustFigures& trust = testing::TrustOf(summary);
    EXPECT_NEAR(fakes == 0 ? trust.honest_reputation : trust.fake_reputation, (clock + 1) / 3,
                1e-6);
    EXPECT_EQ(trust.jobs_harmed, 0u);
  }
}

// It takes half an hour to start, and is let go before that.
TEST(TrustReplicasTest, AReplicaThatNeverGotReadyIsNotRated) {
  Service service = Metronome(Service::Level::kFull);
  service.cold_start = workload::ColdStart{Duration::Minutes(30), Duration::Minutes(30)};
  service.gateway_queue = 0;  // or the request would wait for it
  const testing::Ran ran =
      testing::Run(OneRequest(1, 0, Cheat::kSpoofedModel, service), std::vector<workload::Job>{});
  ASSERT_EQ(ran.attempts.size(), 1u);
  EXPECT_EQ(ran.attempts[0].end, results::AttemptEnd::kFinished);
  const results::TrustFigures& trust = testing::TrustOf(ran.summary);
  EXPECT_EQ(trust.ratings, 0u);
  EXPECT_EQ(trust.fake_reputation, 0.5);
  EXPECT_EQ(trust.jobs_harmed, 0u);
}

// It has half of the memory that it claims: each of four attempts fails.
TEST_P(TrustServicesTest, AReplicaThatDoesNotFitIsRatedZeroAtEachAttempt) {
  Scenario scenario = World(1, 0, Cheat::kLessMemory, service());
  scenario.services[0].max_replicas = 1;
  scenario.scheduler.retries = 3;
  scenario.horizon = Duration::Seconds(241);
  RateAll(&scenario);
  const testing::Ran ran = testing::Run(scenario, std::vector<workload::Job>{});
  const results::TrustFigures& trust = testing::TrustOf(ran.summary);
  EXPECT_EQ(trust.ratings, 4u);
  EXPECT_FLOAT_EQ(static_cast<float>(trust.fake_reputation), 1.0f / 6);
}

// Suspended from 03:00 to 04:00: one replica, in two attempts, both on the fake.
TEST_P(TrustServicesTest, AReplicaIsHarmedOnce) {
  Scenario scenario = World(1, 0, Cheat::kSpoofedModel, service());
  SimpleTrust& rules = RateAll(&scenario);
  rules.fails[static_cast<int>(Cheat::kSpoofedModel)] = 1;
  rules.suspension.length = Duration::Hours(1);
  scenario.horizon = Duration::Hours(5);
  const testing::Ran ran = testing::Run(scenario, std::vector<workload::Job>{});
  ASSERT_EQ(ran.attempts.size(), 2u);
  EXPECT_EQ(ran.jobs.size(), 1u);
  EXPECT_EQ(testing::TrustOf(ran.summary).jobs_harmed, 1u);
  EXPECT_EQ(testing::TrustOf(ran.summary).ratings, 0u) << "neither attempt came to an end";
}

INSTANTIATE_TEST_SUITE_P(Levels, TrustServicesTest,
                         ::testing::Values(Service::Level::kFull, Service::Level::kSimple),
                         [](const auto& level) {
                           return level.param == Service::Level::kFull ? "Full" : "Simple";
                         });

}  // namespace
}  // namespace orrery
