// Inference services in whole runs: schedules worked by hand, replicas that die, what must always
// add up.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim/driver/metronome.h"
#include "tests/testing/interval.h"
#include "tests/testing/worlds.h"

namespace orrery {
namespace {

using results::ServiceFigures;
using results::Summary;
using scenario::Scenario;
using scenario::Service;
using testing::MakeScenario;
using testing::Metronome;
using testing::RunSummary;

Scenario World(uint32_t nodes, const Service& service) {
  Scenario scenario = MakeScenario({{.nodes = nodes, .memory_gib = 1024}}, {testing::ServingGpu()});
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

// Boards of data centres, 100 K warmer at their TDP than the air.
void Heat(double limit_c, Scenario* scenario) {
  std::vector<fleet::GpuModel> gpus = scenario->gpus->rows();
  for (fleet::GpuModel& gpu : gpus) gpu.tdp_w = 400;
  scenario->gpus =
      std::make_shared<fleet::GpuCatalogue>(fleet::GpuCatalogue::FromRows(std::move(gpus)));
  scenario->electricity = testing::TwoTariffs();
  scenario->energy.level = scenario::Energy::Level::kFull;
  scenario->energy.heat.rise_k.fill(100);
  scenario->energy.heat.spread = 0;
  scenario->energy.heat.limit_c = limit_c;
}

// At 0.12 + 0.88 × 0.5 of the TDP a board gets to 22.5 + 56 °C. At 45 °C it draws 0.225 of it,
// which leaves 0.105 of the 0.44 that vary.
TEST(ServicesTest, ReplicasOnHotBoardsAreSlowerByTheirClock) {
  const double clock = std::cbrt(0.105 / 0.44);
  for (const Service::Level level : {Service::Level::kFull, Service::Level::kSimple}) {
    Service service = Metronome();
    service.level = level;
    // Hardly one waits for another.
    service.requests.arrivals.rate_per_h = 360;
    Scenario scenario = World(1, service);
    scenario.warm_up = Duration::Seconds(100);
    const Summary off = RunSummary(scenario, std::vector<workload::Job>{});
    Heat(79, &scenario);
    const Summary cool = RunSummary(scenario, std::vector<workload::Job>{});
    EXPECT_EQ(cool.trace_digest, off.trace_digest);
    EXPECT_EQ(Only(cool).tbt_s.mean, Only(off).tbt_s.mean);
    EXPECT_EQ(Only(cool).ttft_s.mean, Only(off).ttft_s.mean);
    Heat(45, &scenario);
    const Summary hot = RunSummary(scenario, std::vector<workload::Job>{});
    const double tolerance = level == Service::Level::kFull ? 1e-6 : 0.01;
    EXPECT_NEAR(Only(hot).tbt_s.mean * clock / Only(off).tbt_s.mean, 1, tolerance);
    EXPECT_NEAR(Only(hot).ttft_s.mean * clock / Only(off).ttft_s.mean, 1, tolerance);
    EXPECT_EQ(Only(hot).mean_cold_start_s, 10);
  }
}

// A prompt takes 300 × 0.1 + 2 ms. Steps with 301, 302 and 303 tokens take 12.301 to 12.303 ms.
TEST(ServicesTest, AReplicaServesWhatIsSent) {
  Scenario scenario = World(1, Metronome());
  scenario.warm_up = Duration::Seconds(100);
  const Summary summary = RunSummary(scenario, std::vector<workload::Job>{});
  const ServiceFigures& figures = Only(summary);
  ExpectConserved(figures);
  EXPECT_NEAR(static_cast<double>(figures.requests), 900, 1);
  EXPECT_LE(figures.under_way, 1u);
  EXPECT_NEAR(figures.ttft_s.mean, 0.032, 1e-9);
  EXPECT_NEAR(figures.ttft_s.max, 0.032, 1e-9);
  EXPECT_NEAR(figures.tbt_s.mean, 0.012302, 1e-9);
  EXPECT_EQ(figures.slo_attainment, 1);
  EXPECT_EQ(figures.output_tokens, 4 * figures.served);
  EXPECT_NEAR(figures.busy, 0.032 + 3 * 0.012302, 5e-4);
  EXPECT_EQ(figures.cold_starts, 1u);
  EXPECT_EQ(figures.mean_cold_start_s, 10);
  EXPECT_NEAR(figures.replica_hours, 1000.0 / 3600, 1e-9);
  // The replica is a job like any other.
  ASSERT_EQ(summary.per_class.size(), 1u);
  EXPECT_EQ(summary.per_class[0].name, "inference_endpoint");
  EXPECT_NEAR(summary.per_class[0].gpu_hours.useful, 990.0 / 3600, 1e-9);
  EXPECT_NEAR(summary.per_class[0].gpu_hours.overhead, 10.0 / 3600, 1e-9);
}

TEST(ServicesTest, RequestsWaitAtTheGatewayForTheFirstReplica) {
  const ServiceFigures figures =
      Only(RunSummary(World(1, Metronome()), std::vector<workload::Job>{}));
  ExpectConserved(figures);
  EXPECT_EQ(figures.refused, 0u);
  // The first came at 1 s, and 9 others or so with it.
  EXPECT_GT(figures.ttft_s.max, 8.9);
  Service hasty = Metronome();
  hasty.gateway_queue = 3;
  const ServiceFigures refused = Only(RunSummary(World(1, hasty), std::vector<workload::Job>{}));
  ExpectConserved(refused);
  EXPECT_NEAR(static_cast<double>(refused.refused), 7, 1);
}

TEST(ServicesTest, RequestsBeyondTheContextAreRefused) {
  Service service = Metronome();
  service.context = 303;
  for (const Service::Level level : {Service::Level::kFull, Service::Level::kSimple}) {
    service.level = level;
    const ServiceFigures figures =
        Only(RunSummary(World(1, service), std::vector<workload::Job>{}));
    EXPECT_GE(figures.requests, 999u);
    EXPECT_EQ(figures.refused, figures.requests);
    EXPECT_EQ(figures.slo_attainment, 0);
  }
}

// Ten minutes of the twelve are counted, whatever windows they fall into.
TEST(ServicesTest, WhatComesAfterTheWarmUpIsCounted) {
  Scenario scenario = World(1, Metronome());
  scenario.warm_up = Duration::Minutes(2);
  scenario.horizon = Duration::Minutes(12);
  for (const Service::Level level : {Service::Level::kFull, Service::Level::kSimple}) {
    scenario.services[0].level = level;
    const ServiceFigures figures = Only(RunSummary(scenario, std::vector<workload::Job>{}));
    ExpectConserved(figures);
    EXPECT_NEAR(static_cast<double>(figures.requests), 600, 1);
    EXPECT_NEAR(static_cast<double>(figures.served), 600, 1);
  }
}

TEST(ServicesTest, APriceIsPaidForAsLongAsTheNodeIsHeld) {
  Scenario scenario = World(1, Metronome());
  scenario.fleet[0].nodes.ask.median = UsdPerHour::FromDollars(3.6);
  EXPECT_NEAR(RunSummary(scenario, std::vector<workload::Job>{}).cost_usd, 1.0, 1e-6);
}

// Nodes fail every few minutes. Whoever is lost with one is sent to another, once.
TEST(ServicesTest, RequestsOfADeadReplicaFailOrAreSentToAnother) {
  Service service = Metronome();
  service.requests.arrivals.rate_per_h = 36'000;
  service.requests.output = {.law = workload::Deterministic{200}};
  service.autoscale = {"fixed", {{"replicas", "3"}}};
  Scenario scenario = World(4, service);
  scenario.horizon = Duration::Hours(20);
  scenario.scheduler.retries = UINT32_MAX;
  scenario.failures.level =
      failure::SimpleFailures{.mtbf = Duration::Minutes(30), .mttr = Duration::Minutes(5)};
  scenario.services[0].retries = 0;
  const ServiceFigures fragile = Only(RunSummary(scenario, std::vector<workload::Job>{}));
  scenario.services[0].retries = 3;
  const ServiceFigures sturdy = Only(RunSummary(scenario, std::vector<workload::Job>{}));
  for (const ServiceFigures& figures : {fragile, sturdy}) {
    ExpectConserved(figures);
    EXPECT_GT(figures.replicas_lost, 50u);
    EXPECT_GT(figures.cold_starts, figures.replicas_lost / 2);
  }
  EXPECT_EQ(fragile.retries, 0u);
  EXPECT_GT(fragile.failed, 100u);
  EXPECT_GT(sturdy.retries, fragile.failed / 2);
  EXPECT_LT(sturdy.failed, fragile.failed / 10);
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

TEST(ServicesTest, AutoscalingFollowsTheLoad) {
  Scenario scenario = World(20, Tidal());
  scenario.horizon = Duration::Hours(10);
  const auto run = [&](const std::string& policy, const std::string& replicas) {
    scenario.services[0].autoscale = {policy, {}};
    if (!replicas.empty()) scenario.services[0].autoscale.parameters = {{"replicas", replicas}};
    const ServiceFigures figures = Only(RunSummary(scenario, std::vector<workload::Job>{}));
    ExpectConserved(figures);
    return figures;
  };
  const ServiceFigures few = run("fixed", "2");
  const ServiceFigures many = run("fixed", "20");
  EXPECT_LT(few.slo_attainment, 0.5);
  EXPECT_GT(many.slo_attainment, 0.98);
  for (const char* policy : {"target_utilisation", "slo_misses"}) {
    const ServiceFigures scaled = run(policy, "");
    EXPECT_GT(scaled.slo_attainment, few.slo_attainment + 0.3) << policy;
    EXPECT_LT(scaled.replica_hours, 0.8 * many.replica_hours) << policy;
    EXPECT_GT(scaled.cold_starts, 20u) << policy;
    EXPECT_EQ(scaled.failed, 0u) << policy;
  }
}

// By more than the 99% interval of their mean.
bool AboveZero(const std::vector<double>& differences) {
  const testing::Interval interval = testing::IntervalOf(differences);
  return interval.mean > interval.half_width;
}

// Slower starts cost service, over ten worlds, by more than their 99% interval.
TEST(ServicesTest, ColdStartsCostService) {
  Scenario scenario = World(20, Tidal());
  scenario.horizon = Duration::Hours(4);
  scenario.services[0].autoscale = {"target_utilisation", {}};
  std::vector<double> differences;
  for (uint32_t replicate = 0; replicate < 10; ++replicate) {
    const auto attainment = [&](int64_t seconds) {
      scenario.services[0].cold_start = {Duration::Seconds(seconds), Duration::Seconds(seconds)};
      return Only(RunSummary(scenario, std::vector<workload::Job>{}, replicate)).slo_attainment;
    };
    differences.push_back(attainment(1) - attainment(120));
  }
  EXPECT_TRUE(AboveZero(differences));
}

// Requests with a common beginning, over two replicas.
TEST(ServicesTest, CachesSavePromptsAndCacheAwareRoutingSavesMore) {
  Service service = Metronome();
  service.requests.arrivals.rate_per_h = 18'000;
  service.requests.arrivals.law = workload::PoissonArrivals{};
  service.requests.prompt = {.law = workload::Deterministic{100}};
  service.requests.prefix = {.share = 1, .count = 12, .zipf_exponent = 0, .tokens = 1024};
  service.context = 4000;
  service.autoscale = {"fixed", {{"replicas", "4"}}};
  // Room for some of the beginnings on each replica.
  service.serving.memory_use = 0.62;
  const auto run = [&](const std::string& route, bool cache, uint32_t replicate) {
    Scenario scenario = World(4, service);
    scenario.services[0].route = {route, {}};
    scenario.services[0].serving.prefix_cache = cache;
    scenario.warm_up = Duration::Seconds(100);
    return Only(RunSummary(scenario, std::vector<workload::Job>{}, replicate));
  };
  std::vector<double> of_caches, of_routing;
  for (uint32_t replicate = 0; replicate < 6; ++replicate) {
    const ServiceFigures none = run("least_loaded", false, replicate);
    const ServiceFigures blind = run("least_loaded", true, replicate);
    const ServiceFigures aware = run("cache_aware", true, replicate);
    EXPECT_TRUE(std::isnan(none.cached_prompt_share));
    EXPECT_GT(aware.cached_prompt_share, blind.cached_prompt_share);
    of_caches.push_back(none.ttft_s.mean - blind.ttft_s.mean);
    of_routing.push_back(blind.ttft_s.mean - aware.ttft_s.mean);
  }
  EXPECT_TRUE(AboveZero(of_caches));
  EXPECT_TRUE(AboveZero(of_routing));
}

// A request every half hour. Without a replica it waits for one to start.
TEST(ServicesTest, ServerlessReplicasAreThereForTheirRequests) {
  Service service = Metronome();
  service.requests.arrivals.rate_per_h = 2;
  service.objective.first_token = Duration::Seconds(11);
  Scenario scenario = World(1, service);
  scenario.horizon = Duration::Minutes(605);
  for (const char* level : {"full", "simple"}) {
    scenario.services[0].level =
        std::string(level) == "full" ? Service::Level::kFull : Service::Level::kSimple;
    scenario.services[0].autoscale = {"keep_alive", {{"keep", "10min"}}};
    const ServiceFigures brief = Only(RunSummary(scenario, std::vector<workload::Job>{}));
    ExpectConserved(brief);
    EXPECT_NEAR(static_cast<double>(brief.requests), 20, 1) << level;
    EXPECT_EQ(brief.cold_starts, brief.served) << level;
    // 10 s to start and 10 min to be kept, and to the next multiple of 15 s.
    EXPECT_NEAR(brief.replica_hours, 20 * 615.0 / 3600, 0.3) << level;
    if (std::string(level) == "simple") continue;
    EXPECT_NEAR(brief.ttft_s.mean, 10.032, 1e-6);
    EXPECT_EQ(brief.slo_attainment, 1);
    scenario.services[0].autoscale = {"keep_alive", {{"keep", "1h"}}};
    const ServiceFigures lasting = Only(RunSummary(scenario, std::vector<workload::Job>{}));
    EXPECT_EQ(lasting.cold_starts, 1u);
    EXPECT_NEAR(lasting.ttft_s.p50, 0.032, 1e-3);
    EXPECT_GT(lasting.replica_hours, 9);
  }
}

TEST(ServicesTest, AModelThatFitsNowhereServesNobody) {
  Service service = Metronome();
  service.gpus = 2;
  const Scenario scenario = World(3, service);
  const Summary summary = RunSummary(scenario, std::vector<workload::Job>{});
  ExpectConserved(Only(summary));
  EXPECT_EQ(Only(summary).served, 0u);
  const auto found = driver::FindUnplaceable(scenario, 0, 10);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->services.size(), 1u);
  EXPECT_EQ(found->services[0].find("service chat: 2 GPUs"), 0u) << found->services[0];
  EXPECT_EQ(summary.jobs.rejected, 1u);
}

TEST(ServicesTest, OtherJobsAreTheSameBesideAService) {
  Scenario scenario = World(4, Metronome());
  std::vector<workload::Job> jobs;
  for (int i = 0; i < 20; ++i) jobs.push_back(testing::MakeJob(10 * i, 25));
  const testing::Ran with = testing::Run(scenario, jobs);
  scenario.services.clear();
  const testing::Ran without = testing::Run(scenario, jobs);
  // Three nodes are enough for them.
  ASSERT_EQ(with.jobs.size(), without.jobs.size() + 1);
  for (size_t i = 0; i < jobs.size(); ++i) {
    EXPECT_EQ(with.jobs[i].start_s, without.jobs[i].start_s) << i;
  }
}

// What happens to a job is drawn by its number, which a service that asks for one replica or for
// many leaves as it is.
TEST(ServicesTest, JobsMeetTheSameFailuresWhateverAServiceAsksFor) {
  Scenario scenario = World(16, Metronome());
  failure::FullFailures failures{.gpu_mtbf = Duration::Max(), .gpu_error_mtbf = Duration::Max()};
  failures.region_outage.mtbf = Duration::Max();
  failures.job_rate_per_gpu_h = 30;
  scenario.failures.level = failures;
  scenario.scheduler.retries = 0;
  scenario.services[0].max_replicas = 6;
  std::vector<workload::Job> jobs;
  for (int i = 0; i < 60; ++i) jobs.push_back(testing::MakeJob(15 * i + 1, 50));
  const auto ends = [&](const char* replicas) {
    scenario.services[0].autoscale = {"fixed", {{"replicas", replicas}}};
    std::vector<double> seconds;
    const testing::Ran ran = testing::Run(scenario, jobs);
    EXPECT_GT(ran.jobs.size(), jobs.size());
    for (size_t i = 0; i < jobs.size(); ++i) seconds.push_back(ran.jobs[i].end_s);
    return seconds;
  };
  EXPECT_EQ(ends("1"), ends("6"));
}

// Two replicas from the start, ready after 10 s; a request a second.
TEST(ServicesTest, SamplesFollowTheServiceThroughTime) {
  Scenario scenario = World(2, Metronome());
  scenario.services[0].autoscale = {"fixed", {{"replicas", "2"}}};
  scenario.outputs.timeseries = Duration::Seconds(100);
  const auto rows = testing::RowsOf<results::ServiceSampleRow>(scenario, {});
  ASSERT_GE(rows.size(), 10u);
  EXPECT_EQ(rows[0].ready, 0u);
  uint64_t before = 0;
  for (size_t i = 1; i < 10; ++i) {
    EXPECT_DOUBLE_EQ(rows[i].time, 100.0 * static_cast<double>(i));
    EXPECT_EQ(rows[i].replicas, 2u);
    EXPECT_EQ(rows[i].ready, 2u);
    EXPECT_EQ(rows[i].waiting, 0u);
    EXPECT_NEAR(static_cast<double>(rows[i].requests - before), 100, 1);
    EXPECT_NEAR(static_cast<double>(rows[i].served), static_cast<double>(rows[i].requests), 1);
    before = rows[i].requests;
  }
}

// They are jobs, but not such as get done.
TEST(ServicesTest, ReplicasThatGoAreReleased) {
  Scenario scenario = World(20, Tidal());
  scenario.horizon = Duration::Hours(10);
  scenario.services[0].autoscale = {"target_utilisation", {}};
  const testing::Ran ran = testing::Run(scenario, std::vector{testing::MakeJob(0, 60)});
  const results::JobCounts& counts = ran.summary.jobs;
  EXPECT_EQ(counts.finished, 1u);
  EXPECT_EQ(counts.rejected, 0u);
  EXPECT_GT(counts.released, 20u);
  EXPECT_EQ(counts.finished + counts.released + counts.unfinished, counts.submitted);
  EXPECT_EQ(ran.summary.jct_s.count, 1u);
  EXPECT_EQ(ran.summary.jct_s.mean, 60);
  EXPECT_DOUBLE_EQ(ran.summary.makespan_s, 60);
}

TEST(ServicesTest, RunsRepeatToTheBit) {
  Service service = Metronome();
  service.requests.arrivals.law = workload::PoissonArrivals{};
  service.requests.output = workload::AzureOutputs();
  const Scenario scenario = World(2, service);
  const Summary a = RunSummary(scenario, std::vector<workload::Job>{});
  const Summary b = RunSummary(scenario, std::vector<workload::Job>{});
  EXPECT_EQ(a.trace_digest, b.trace_digest);
  EXPECT_TRUE(SameOutcome(a, b));
  EXPECT_NE(RunSummary(scenario, std::vector<workload::Job>{}, 1).trace_digest, a.trace_digest);
}

}  // namespace
}  // namespace orrery
