// Levels of services: what is off is not there, and `simple` comes near `full`.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "models/workload/serving/queueing.h"
#include "sim/base/random.h"
#include "tests/sim/driver/metronome.h"
#include "tests/testing/interval.h"
#include "tests/testing/worlds.h"

namespace orrery {
namespace {

using results::ServiceFigures;
using results::Summary;
using scenario::Scenario;
using scenario::Service;
using testing::Metronome;
using testing::RunSummary;

Scenario World(uint32_t nodes, const Service& service) {
  Scenario scenario =
      testing::MakeScenario({{.nodes = nodes, .memory_gib = 1024}}, {testing::ServingGpu()});
  scenario.horizon = Duration::Seconds(1000);
  scenario.services.push_back(service);
  return scenario;
}

const ServiceFigures& Only(const Summary& summary) {
  EXPECT_EQ(summary.services.size(), 1u);
  return summary.services.front();
}

void ExpectConserved(const ServiceFigures& figures) {
  EXPECT_EQ(figures.requests,
            figures.served + figures.refused + figures.failed + figures.under_way);
  uint64_t requests = 0, served = 0;
  for (const ServiceFigures::OfClients& clients : figures.per_region) {
    requests += clients.requests;
    served += clients.served;
  }
  EXPECT_EQ(requests, figures.requests);
  EXPECT_EQ(served, figures.served);
  EXPECT_EQ(figures.ttft_s.count, figures.served);
}

TEST(ServiceLevelsTest, AServiceThatIsOffIsNotThere) {
  Service other = Metronome();
  other.name = "other";
  other.level = Service::Level::kOff;
  other.gpus = 8;  // which no node has
  const std::vector<workload::Job> jobs = {testing::MakeJob(5, 100), testing::MakeJob(20, 50)};
  Scenario scenario = World(1, other);
  scenario.fleet[0].nodes.nodes = 2;
  const auto expect_same = [&](const Scenario& with, const Scenario& without) {
    const Summary a = RunSummary(with, jobs), b = RunSummary(without, jobs);
    EXPECT_EQ(a.trace_digest, b.trace_digest);
    EXPECT_EQ(a.outcome_digest, b.outcome_digest);
    EXPECT_TRUE(SameOutcome(a, b));
    EXPECT_EQ(a.services.size(), b.services.size());
  };
  Scenario none = scenario;
  none.services.clear();
  expect_same(scenario, none);
  // Nor does it move the rows of those after it.
  scenario.services.push_back(Metronome());
  Scenario one = scenario;
  one.services.erase(one.services.begin());
  expect_same(scenario, one);
  EXPECT_EQ(Only(RunSummary(scenario, jobs)).name, "chat");
  const auto found = driver::FindUnplaceable(scenario, 0, 10);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->services.empty());
}

// Ten requests a second for half an hour, then one in ten seconds, in turn.
Service Tidal() {
  Service service = Metronome();
  service.requests.arrivals.rate_per_h = 18'000;
  service.requests.arrivals.law =
      workload::MmppArrivals{.states = {{10, Duration::Minutes(30)}, {0.1, Duration::Minutes(30)}}};
  service.requests.output = {.law = workload::Deterministic{200}};
  return service;
}

// The same hours at both levels, as the page on services tells it.
struct Levels {
  ServiceFigures simple, full;
};

Levels AtBothLevels(Scenario scenario, uint32_t replicate = 0) {
  scenario.services[0].level = Service::Level::kFull;
  const ServiceFigures full = Only(RunSummary(scenario, std::vector<workload::Job>{}, replicate));
  scenario.services[0].level = Service::Level::kSimple;
  const ServiceFigures simple = Only(RunSummary(scenario, std::vector<workload::Job>{}, replicate));
  ExpectConserved(full);
  ExpectConserved(simple);
  return {simple, full};
}

TEST(ServiceLevelsTest, SimpleComesNearFullWhileReplicasKeepUp) {
  for (const double load : {0.3, 0.6, 0.8}) {
    Service service = Metronome();
    service.requests.arrivals.law = workload::PoissonArrivals{};
    service.requests.output = {.law = workload::Exponential{.mean = 30}, .min = 2, .max = 300};
    service.autoscale = {"fixed", {{"replicas", "4"}}};
    const auto mix = workload::LengthMix::Of(service.requests, service.context);
    Scenario scenario = World(4, service);
    const auto speed =
        workload::SpeedOf(service.model.figures, service.serving, testing::ServingGpu(), 1);
    const double capacity = workload::ReplicaQueue::Capacity(speed, service.serving, mix);
    scenario.services[0].requests.arrivals.rate_per_h = 3600 * 4 * capacity * load;
    scenario.horizon = Duration::Hours(1);
    scenario.warm_up = Duration::Minutes(5);
    const auto [simple, full] = AtBothLevels(scenario);
    SCOPED_TRACE(load);
    EXPECT_NEAR(static_cast<double>(simple.served), static_cast<double>(full.served),
                0.03 * static_cast<double>(full.served));
    EXPECT_NEAR(simple.tbt_s.mean, full.tbt_s.mean, 0.15 * full.tbt_s.mean);
    EXPECT_NEAR(simple.ttft_s.mean, full.ttft_s.mean, 0.35 * full.ttft_s.mean);
    EXPECT_NEAR(simple.slo_attainment, full.slo_attainment, 0.02);
    EXPECT_NEAR(simple.busy, full.busy, 0.05);
  }
}

TEST(ServiceLevelsTest, SimpleHasABacklogWhereReplicasDoNotKeepUp) {
  Service service = Metronome();
  service.requests.arrivals.law = workload::PoissonArrivals{};
  service.requests.arrivals.rate_per_h = 3600 * 60;
  Scenario scenario = World(1, service);
  scenario.horizon = Duration::Hours(1);
  scenario.warm_up = Duration::Minutes(10);
  const auto [simple, full] = AtBothLevels(scenario);
  EXPECT_GT(full.under_way, full.requests / 4);
  EXPECT_NEAR(static_cast<double>(simple.under_way), static_cast<double>(full.under_way),
              0.1 * static_cast<double>(full.under_way));
  EXPECT_NEAR(simple.ttft_s.mean, full.ttft_s.mean, 0.2 * full.ttft_s.mean);
}

// Six requests a second wait 40 s for a replica. With answers of 101 tokens 32 have room at a time,
// whose steps take 23.216 ms: 1 / (0.032 + 100 / 32 × 0.023216) = 9.565 a second. It is behind for
// 240 / 3.565 = 67 s.
TEST(ServiceLevelsTest, SimpleServesThoseWhoWaitedForAReplicaAsFullDoes) {
  Service service = Metronome();
  service.requests.arrivals.rate_per_h = 6 * 3600;
  service.requests.output = {.law = workload::Deterministic{101}};
  service.cold_start = workload::ColdStart{Duration::Seconds(40), Duration::Seconds(40)};
  const auto [simple, full] = AtBothLevels(World(1, service));
  EXPECT_NEAR(simple.slo_attainment, 1 - (40 + 67) / 1000.0, 0.01);
  EXPECT_NEAR(simple.slo_attainment, full.slo_attainment, 0.02);
  EXPECT_NEAR(simple.ttft_s.mean, full.ttft_s.mean, 0.15 * full.ttft_s.mean);
  EXPECT_NEAR(simple.utilisation, full.utilisation, 0.15 * full.utilisation);
}

// Looked at every second, one that serves less than a request a second serves what it can: with
// answers of 1001 tokens 10 have room at a time, whose steps take 20.005 ms with 800.5 tokens each
// in the mean: 1 / (0.032 + 1000 / 10 × 0.020005) = 0.492 a second; with 901, 0.5595.
TEST(ServiceLevelsTest, SimpleServesAtCapacityHoweverOftenItIsLookedAt) {
  for (const auto& [tokens, capacity] : {std::pair(1001, 0.49200), std::pair(901, 0.55946)}) {
    Service service = Metronome();
    service.level = Service::Level::kSimple;
    service.requests.arrivals.rate_per_h = 2 * 3600;
    service.requests.output = {.law = workload::Deterministic{static_cast<double>(tokens)}};
    service.cold_start = workload::ColdStart{Duration::Seconds(1), Duration::Seconds(1)};
    service.scale_interval = Duration::Seconds(1);
    const ServiceFigures figures =
        Only(RunSummary(World(1, service), std::vector<workload::Job>{}));
    ExpectConserved(figures);
    EXPECT_EQ(figures.requests, 2000u);
    EXPECT_NEAR(static_cast<double>(figures.served), 999 * capacity, 1.5) << tokens;
  }
}

TEST(ServiceLevelsTest, SimpleKeepsCountOfEveryRequestWhileReplicasComeAndGo) {
  Scenario scenario = World(20, Tidal());
  scenario.horizon = Duration::Hours(10);
  scenario.scheduler.retries = UINT32_MAX;
  scenario.failures.level =
      failure::SimpleFailures{.mtbf = Duration::Hours(2), .mttr = Duration::Minutes(5)};
  for (const char* policy : {"fixed", "target_utilisation", "slo_misses"}) {
    for (const uint32_t retries : {0u, 1u}) {
      scenario.services[0].autoscale = {policy, {}};
      scenario.services[0].retries = retries;
      const auto [simple, full] = AtBothLevels(scenario);
      EXPECT_GT(simple.replicas_lost, 0u);
    }
  }
}

// ---- Ablation

// Replicas hold GPUs that training jobs wait for: 40 jobs of half an hour on four nodes, of which a
// service has two.
TEST(ServiceLevelsAblationTest, JobsWaitLongerBesideAService) {
  std::vector<double> rises_h;
  for (uint32_t replicate = 0; replicate < 20; ++replicate) {
    const RandomStream stream = RandomStreams(5, replicate).Stream("test/jobs");
    std::vector<workload::Job> jobs;
    double submit = 0;
    for (uint64_t i = 0; i < 40; ++i) {
      submit += -1000 * std::log(stream.At(2 * i).UniformOpen());
      jobs.push_back(testing::MakeJob(std::floor(submit),
                                      600 + std::floor(2400 * stream.At(2 * i + 1).UniformOpen())));
    }
    const auto wait_h = [&](Service::Level level) {
      Scenario scenario = World(4, Metronome());
      scenario.horizon = Duration::Hours(48);
      scenario.services[0].requests.arrivals.rate_per_h = 60;
      scenario.services[0].autoscale.parameters = {{"replicas", "2"}};
      scenario.services[0].level = level;
      const Summary summary = RunSummary(scenario, jobs, replicate);
      EXPECT_EQ(summary.jobs.finished, jobs.size());
      return summary.wait_s.mean / 3600;
    };
    rises_h.push_back(wait_h(Service::Level::kFull) - wait_h(Service::Level::kOff));
  }
  const testing::Interval rise = testing::IntervalOf(rises_h);
  EXPECT_GT(rise.mean, rise.half_width) << rise.mean << " ± " << rise.half_width;
  RecordProperty("rise_h", std::to_string(rise.mean) + " +- " + std::to_string(rise.half_width));
}

}  // namespace
}  // namespace orrery
