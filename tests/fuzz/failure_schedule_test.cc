// Random small worlds whose nodes fail in random ways: whatever the schedule of failures, nothing
// is counted twice or lost. ORRERY_FAILURE_WORLDS says how many; otherwise a thousand where memory
// is watched, and a hundred elsewhere. ORRERY_FAILURE_FIRST is the seed of the first.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "policies/api/registry.h"
#include "tests/sim/driver/audit.h"
#include "tests/sim/driver/random_world.h"
#include "tests/testing/worlds.h"

namespace orrery {
namespace {

using testing::SetRole;

class Dice {
 public:
  explicit Dice(uint64_t seed) : stream_(seed, 0) {}
  uint64_t operator()(uint64_t below) {
    Draw draw = stream_.Stream("fuzz/failures").At(next_++);
    return draw.UniformInt(below);
  }
  const std::string& Of(const std::vector<std::string>& names) {
    return names[(*this)(names.size())];
  }
  // Spread over three decades.
  Duration Seconds(int64_t least) {
    int64_t seconds = least;
    for (uint64_t i = (*this)(4); i > 0; --i) seconds *= 10;
    return Duration::Seconds(seconds +
                             static_cast<int64_t>((*this)(static_cast<uint64_t>(seconds))));
  }

 private:
  RandomStreams stream_;
  uint64_t next_ = 0;
};

failure::Failures AnyFailures(Dice& dice) {
  if (dice(3) == 0) {
    return failure::SimpleFailures{.mtbf = dice.Seconds(600), .mttr = dice.Seconds(1)};
  }
  failure::FullFailures full;
  full.gpu_mtbf = dice.Seconds(3000);
  full.cpu_node_mtbf = dice.Seconds(600);
  full.shape = 0.5 + 0.25 * static_cast<double>(dice(6));
  full.repair_median = dice.Seconds(1);
  full.repair_sigma = 0.5 * static_cast<double>(dice(4));
  full.region_outage.mtbf = dice(2) == 0 ? Duration::Max() : dice.Seconds(900);
  full.region_outage.median = Duration::Seconds(1 + static_cast<int64_t>(dice(600)));
  if (dice(2) == 0) {
    full.provider_outage = {dice.Seconds(900),
                            Duration::Seconds(1 + static_cast<int64_t>(dice(600))), 1};
  }
  full.gpu_error_mtbf = dice(2) == 0 ? Duration::Max() : dice.Seconds(3000);
  full.job_rate_per_gpu_h = dice(2) == 0 ? 0 : 0.3;
  return full;
}

void SetChurn(Dice& dice, scenario::Scenario* scenario) {
  scenario::OwnersByKind owners;
  owners.consumer.on = dice.Seconds(60);
  owners.consumer.off = dice.Seconds(1);
  failure::OwnerHabits& group = scenario->fleet[dice(4)].churn.emplace();
  group.on = dice.Seconds(60);
  group.off = dice.Seconds(1);
  if (dice(2) == 0) group.notice = Duration();
  if (dice(2) == 0) {
    scenario->churn.level = scenario::SimpleChurn{owners};
  } else {
    scenario->churn.level =
        scenario::FullChurn{owners, {.calm = dice.Seconds(60), .tight = dice.Seconds(60)}};
  }
}

// A device that is suspended time and again may keep a job from ever getting done.
void SetTrust(Dice& dice, scenario::Scenario* scenario) {
  scenario->horizon = Duration::Hours(12);
  trust::Rules rules;
  for (trust::ByCheat& shares : rules.cheats.shares) shares = {0, 0.2, 0.2, 0.3, 0.2};
  rules.cheats.real_model = GpuModelId(0);
  rules.cheats.real_memory = 0.2;
  rules.cheats.out_of_memory = dice.Seconds(1);
  rules.registration = {.time = dice(2) == 0 ? Duration() : dice.Seconds(1),
                        .passes = {1, 0.9, 0.8, 0.7, 0.6},
                        .refuses = 0.1 * static_cast<double>(dice(3))};
  rules.challenges.every = dice.Seconds(10);
  rules.challenges.time = rules.challenges.every / (2 + static_cast<int64_t>(dice(20)));
  rules.challenges.failures = 1 + static_cast<uint32_t>(dice(4));
  rules.suspension = {.length = dice(2) == 0 ? Duration::Max() : dice.Seconds(10),
                      .appeal = dice(2) == 0 ? Duration::Max() : dice.Seconds(10)};
  rules.ratings.share = 0.5 * static_cast<double>(dice(3));
  rules.cheats.returns = 0.5;
  rules.cheats.returns_after = dice.Seconds(10);
  rules.stake.to = static_cast<trust::Stake::To>(dice(3));
  rules.stake.slashed = 0.25 * static_cast<double>(dice(5));
  if (dice(2) == 0) {
    trust::SimpleTrust simple;
    static_cast<trust::Rules&>(simple) = rules;
    simple.fails = {0.05, 0.8, 0.5, 0.6, 0.3};
    scenario->trust.level = simple;
  } else {
    trust::FullTrust full;
    static_cast<trust::Rules&>(full) = rules;
    full.lock.tolerance = 1 + 0.1 * static_cast<double>(dice(10));
    scenario->trust.level = full;
  }
}

// Each save takes a time of its own, or one by the size of the job's state. Most jobs train.
void SetCheckpoints(Dice& dice, testing::RandomWorld* world) {
  scenario::Scenario* const scenario = &world->scenario;
  for (workload::Job& job : world->jobs) {
    if (dice(3) == 0) continue;
    job.job_class = JobClass::kBatchTraining;
    job.checkpoint_interval = Duration::Seconds(10 + static_cast<int64_t>(dice(200)));
    if (dice(2) == 0) job.reference_gpu = GpuModelId::None();
  }
  failure::SaveCost& cost = scenario->checkpoints.cost;
  if (dice(3) > 0) cost.fixed = dice.Seconds(1) / 100;
  if (dice(3) > 0) {
    cost.bandwidth_gbs = static_cast<float>(1 + dice(8));
    cost.bytes_per_gpu = 1e9 * static_cast<double>(dice(10));
  }
  const bool law = !std::holds_alternative<failure::NoFailures>(scenario->failures.level);
  if (law && !cost.zero() && dice(2) == 0) {
    scenario->checkpoints.interval = scenario::Checkpoints::Interval::kYoungDaly;
  }
}

void SetEnergy(scenario::Scenario* scenario) {
  scenario->electricity =
      std::make_shared<energy::ElectricityTable>(energy::ElectricityTable::FromRows(
          {{.quantity = energy::Quantity::kPrice, .zone = "ZZ", .country = "ZZ", .mean = 0.2},
           {.quantity = energy::Quantity::kCarbon, .zone = "ZZ", .country = "ZZ", .mean = 500}}));
  scenario->energy.level = scenario::Energy::Level::kSimple;
}

// Boards of which some get too hot in the sun and slow down, or all do.
void SetHeat(Dice& dice, scenario::Scenario* scenario) {
  SetEnergy(scenario);
  scenario->energy.level = scenario::Energy::Level::kFull;
  scenario->energy.day_of_year = static_cast<uint16_t>(1 + dice(365));
  scenario->energy.heat.limit_c = 45 + 10 * static_cast<double>(dice(4));
  scenario->energy.heat.spread = 0.1 * static_cast<double>(dice(4));
}

// Members of gangs wait for each other over the network; some never get done.
void SetExchange(Dice& dice, scenario::Scenario* scenario) {
  scenario->horizon = std::min(scenario->horizon, Duration::Hours(12));
  scenario::Network& network = scenario->network;
  for (network::Exchange* exchange : {&network.batch_training, &network.sweep, &network.tuning,
                                      &network.reinforcement_learning}) {
    *exchange = {static_cast<network::Pattern>(dice(4)), static_cast<uint32_t>(dice(20)),
                 Duration::Seconds(1), dice(2) == 0};
  }
}

// Of worlds that move no data.
void SetNetwork(Dice& dice, scenario::Scenario* scenario) {
  scenario->network.level =
      dice(3) == 0 ? scenario::NetworkLevel::kSimple : scenario::NetworkLevel::kFull;
  scenario->network.topology = static_cast<scenario::Topology>(dice(3));
  if (dice(2) == 0) scenario->network.relay_gbs = 0.02f;
  scenario->regions[1].lat_deg = 40;
  for (scenario::FleetGroup& group : scenario->fleet) group.access.relay_only = 0.3;
}

// Relays fail and are flooded, links fail; some jobs never get done.
void SetTroubles(Dice& dice, scenario::Scenario* scenario) {
  scenario->horizon = std::min(scenario->horizon, Duration::Hours(12));
  scenario::Network& network = scenario->network;
  for (const auto& [mtbf, mttr] : {std::pair(&network.relay_mtbf, &network.relay_mttr),
                                   std::pair(&network.flood_mtbf, &network.flood_mttr),
                                   std::pair(&network.link_mtbf, &network.link_mttr)}) {
    if (dice(2) == 0) continue;
    *mtbf = dice.Seconds(60);
    *mttr = dice.Seconds(1);
  }
  if (dice(2) == 0) network.relays = {RegionId(static_cast<uint16_t>(dice(2)))};
}

// All owners mine whenever they can: a coin that always pays.
void SetMining(Dice& dice, scenario::Scenario* scenario) {
  if (scenario->energy.level == scenario::Energy::Level::kOff) SetEnergy(scenario);
  economics::SimpleMining mining;
  mining.coin.usd = 1e4;
  mining.rig.owners.fill(true);
  mining.rig.stop = dice(2) == 0 ? Duration() : dice.Seconds(1);
  mining.rig.start = dice(2) == 0 ? Duration() : dice.Seconds(1);
  scenario->mining.level = mining;
}

constexpr Duration kColdStart = Duration::Seconds(20);

// A model of 10 GB, for a request in ten seconds to two requests a second.
scenario::Service AnyService(Dice& dice) {
  scenario::Service service;
  service.name = "chat";
  service.level =
      dice(2) == 0 ? scenario::Service::Level::kSimple : scenario::Service::Level::kFull;
  service.window = dice.Seconds(10);
  service.model.figures = {.parameters_b = 5,
                           .layers = 32,
                           .width = 4096,
                           .kv_width = 1024,
                           .weight_bits = 16,
                           .kv_bits = 16};
  service.requests.arrivals.rate_per_h = 360.0 * static_cast<double>(1 + dice(20));
  service.requests.clients = {{RegionId(0), 1, Duration()}, {RegionId(1), 0.5, Duration()}};
  service.requests.prompt = {.law = workload::Exponential{300}, .min = 1, .max = 4000};
  service.requests.output = {.law = workload::Exponential{100}, .min = 1, .max = 1000};
  service.cold_start = workload::ColdStart{kColdStart, kColdStart};
  service.min_replicas = static_cast<uint32_t>(dice(3));
  service.max_replicas = 1 + static_cast<uint32_t>(dice(12));
  service.autoscale = {dice.Of(policies::PolicyNames("autoscale")), {}};
  service.route = {dice.Of(policies::PolicyNames("route")), {}};
  service.gateway_queue = static_cast<uint32_t>(dice(200));
  service.retries = static_cast<uint32_t>(dice(3));
  service.priority = static_cast<int32_t>(dice(5));
  return service;
}

testing::RandomWorld AnyWorld(uint64_t seed) {
  Dice dice(seed);
  testing::RandomWorld world = testing::MakeRandomWorld(
      seed,
      {.jobs = 5 + static_cast<int>(dice(30)), .delays = dice(2) == 0, .data = seed % 2 == 0});
  scenario::Scenario& scenario = world.scenario;
  if (dice(4) > 0) scenario.failures.level = AnyFailures(dice);
  if (dice(2) == 0) SetChurn(dice, &scenario);
  scenario.detection.health_check = dice.Seconds(1);
  scenario.scheduler.retries = dice(2) == 0 ? 1000 : static_cast<uint32_t>(dice(5));
  scenario.scheduler.oracle = dice(5) == 0;
  SetRole(&scenario, "order", dice.Of(policies::PolicyNames("order")));
  SetRole(&scenario, "place", dice.Of(policies::PolicyNames("place")));
  if (dice(4) == 0) {
    SetRole(&scenario, "allocate", dice.Of(policies::PolicyNames("allocate")));
    scenario.scheduler.round = dice.Seconds(1);
  } else {
    SetRole(&scenario, "backfill", dice.Of(policies::PolicyNames("backfill")));
    SetRole(&scenario, "preempt", dice.Of(policies::PolicyNames("preempt")));
  }
  if (dice(3) == 0) SetTrust(dice, &scenario);
  if (dice(4) == 0) {
    scenario.horizon = Duration::Hours(3);
    scenario.services.push_back(AnyService(dice));
    for (workload::Job& job : world.jobs) {
      if (job.job_class == JobClass::kInferenceEndpoint) job.job_class = JobClass::kBatchInference;
    }
  }
  if (dice(3) == 0) {
    scenario.failures.blacklist = {.failures = 1 + static_cast<uint32_t>(dice(3)),
                                   .within = dice.Seconds(60),
                                   .length = dice.Seconds(60)};
  }
  if (dice(4) == 0) SetHeat(dice, &scenario);
  if (dice(4) == 0) SetMining(dice, &scenario);
  if (dice(3) == 0) SetCheckpoints(dice, &world);
  if (seed % 2 == 1 && dice(2) == 0) SetNetwork(dice, &scenario);
  if (scenario.network.level != scenario::NetworkLevel::kOff && dice(2) == 0) {
    SetExchange(dice, &scenario);
  }
  if (scenario.scheduler.allocate.policy == "none" && dice(2) == 0) {
    const std::string policy = dice.Of(policies::PolicyNames("rebalance"));
    SetRole(&scenario, "rebalance", policy);
    if (policy != "none") {
      SetRole(&scenario, "rebalance", policy,
              {{"period", "20s"}, {"cooldown", "5s"}, {"at_once", "3"}});
    }
  }
  if (scenario.network.level != scenario::NetworkLevel::kOff && dice(2) == 0) {
    SetTroubles(dice, &scenario);
  }
  return world;
}

// The world with the replicas of its services among the jobs, so that jobs and rows match.
testing::RandomWorld WithReplicas(const testing::RandomWorld& world, const testing::Ran& ran) {
  testing::RandomWorld all = world;
  all.jobs.clear();
  auto next = world.jobs.begin();
  for (const testing::Outcome& outcome : ran.jobs) {
    const results::JobRow& row = outcome.row;
    if (row.job_class != static_cast<uint8_t>(JobClass::kInferenceEndpoint)) {
      if (next == world.jobs.end()) break;
      all.jobs.push_back(*next++);
      continue;
    }
    workload::Job& job = all.jobs.emplace_back();
    job.job_class = JobClass::kInferenceEndpoint;
    job.submit = SimTime::FromNanos(row.submit_ns);
    job.work = Duration::Nanos(row.work_ns);
    job.setup = kColdStart;
    job.demand = {.gpus = row.gpus,
                  .gpu_milli = row.gpu_milli,
                  .cpu_milli = row.cpu_milli,
                  .memory_mib = row.memory_mib};
    job.replicas = row.replicas;
    job.reference_gpu = GpuModelId(0);  // it has no work of its own
  }
  all.jobs.insert(all.jobs.end(), next, world.jobs.end());
  return all;
}

void AuditRequests(const results::Summary& summary) {
  for (const results::ServiceFigures& service : summary.services) {
    EXPECT_EQ(service.requests,
              service.served + service.refused + service.failed + service.under_way);
    uint64_t requests = 0, served = 0;
    for (const results::ServiceFigures::OfClients& clients : service.per_region) {
      requests += clients.requests;
      served += clients.served;
    }
    EXPECT_EQ(requests, service.requests);
    EXPECT_EQ(served, service.served);
    EXPECT_EQ(service.ttft_s.count, service.served);
    EXPECT_LE(service.slo_attainment, 1);
  }
}

// No GPU mines longer than the run, and what it earns is paid.
void AuditMining(const results::Summary& summary) {
  if (!summary.mining) return;
  for (const results::MiningFigures::OfOwners& of : summary.mining->per_owner) {
    EXPECT_GE(of.gpu_hours, 0);
    EXPECT_LE(of.gpu_hours, static_cast<double>(of.gpus) * summary.end_s / 3600 * (1 + 1e-9));
    EXPECT_GE(of.profit_usd, 0);
  }
}

// What happened in many worlds, for a proof that they were put to the test.
struct Happened {
  uint64_t died = 0, failed = 0, departures = 0, suspensions = 0, replicas_lost = 0;
  double moved_gb = 0, mined_h = 0, throttled_h = 0;

  void Count(const testing::Ran& ran) {
    for (const results::AttemptRow& row : ran.attempts) {
      died += row.died_ns >= 0;
      failed += row.end == results::AttemptEnd::kFailed;
    }
    for (const results::NodeEventRow& row : ran.node_events) {
      departures += row.kind == results::NodeEventKind::kLeft;
      suspensions += row.kind == results::NodeEventKind::kSuspended;
    }
    for (const auto& service : ran.summary.services) replicas_lost += service.replicas_lost;
    if (ran.summary.energy.has_value() && ran.summary.energy->throttled_gpu_hours > 0) {
      throttled_h += ran.summary.energy->throttled_gpu_hours;
    }
    if (ran.summary.mining.has_value()) mined_h += ran.summary.mining->gpu_hours;
    if (ran.summary.transfers.has_value()) moved_gb += ran.summary.transfers->fetched_gb;
  }
};

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* given = std::getenv(name);
  return given != nullptr ? std::stoull(given) : otherwise;
}

constexpr uint64_t kParts = 8;
#ifdef __SANITIZE_ADDRESS__
constexpr uint64_t kEveryDay = 1000;
#else
constexpr uint64_t kEveryDay = 100;
#endif

class FailureScheduleFuzz : public ::testing::TestWithParam<uint64_t> {};

TEST_P(FailureScheduleFuzz, NothingIsCountedTwiceOrLost) {
  const uint64_t worlds = FromEnvironment("ORRERY_FAILURE_WORLDS", kEveryDay);
  const uint64_t first = FromEnvironment("ORRERY_FAILURE_FIRST", 1);
  Happened happened;
  uint64_t seed = first + worlds * GetParam() / kParts;
  const uint64_t end = first + worlds * (GetParam() + 1) / kParts;
  for (; seed < end; ++seed) {
    SCOPED_TRACE("world " + std::to_string(seed));
    const testing::RandomWorld world = AnyWorld(seed);
    const testing::Ran ran =
        testing::Run(world.scenario, world.jobs, 0, world.requirements, world.data);
    AuditRun(world.scenario.services.empty() ? world : WithReplicas(world, ran), ran);
    AuditRequests(ran.summary);
    AuditMining(ran.summary);
    happened.Count(ran);
    if (HasFailure()) return;
  }
  if (worlds < 100 * kParts) return;
  EXPECT_GT(happened.died, 100u);
  EXPECT_GT(happened.failed, 100u);
  EXPECT_GT(happened.departures, 100u);
  EXPECT_GT(happened.suspensions, 50u);
  EXPECT_GT(happened.replicas_lost, 50u);
  EXPECT_GT(happened.moved_gb, 10);
  EXPECT_GT(happened.mined_h, 100);
  EXPECT_GT(happened.throttled_h, 1);
}

INSTANTIATE_TEST_SUITE_P(Parts, FailureScheduleFuzz, ::testing::Range(uint64_t{0}, kParts));

}  // namespace
}  // namespace orrery
