#include "tests/sim/driver/random_world.h"

#include <random>

#include "tests/testing/worlds.h"

namespace orrery::testing {

namespace {

using workload::Job;

std::vector<fleet::GpuModel> Gpus() {
  std::vector<fleet::GpuModel> gpus(3);
  const char* ids[] = {"slow", "fast", "odd"};
  const double tflops[] = {100, 200, 130};
  const uint32_t memory_gib[] = {16, 80, 24};
  for (size_t i = 0; i < gpus.size(); ++i) {
    gpus[i].id = ids[i];
    gpus[i].fp16_tflops = tflops[i];
    gpus[i].fp32_tflops = tflops[i] / 4;
    gpus[i].bandwidth_gbs = tflops[i] * 9;
    gpus[i].memory_mib = memory_gib[i] * 1024;
  }
  return gpus;
}

scenario::Scenario Fleet() {
  scenario::Scenario scenario =
      MakeScenario({{.nodes = 3, .gpus = 4, .cores = 16, .memory_gib = 64, .gpu = "slow"},
                    {.nodes = 2, .gpus = 8, .cores = 40, .memory_gib = 256, .gpu = "fast"},
                    {.nodes = 4, .gpus = 1, .cores = 8, .memory_gib = 32, .gpu = "odd"},
                    {.nodes = 2, .gpus = 0, .cores = 24, .memory_gib = 64}},
                   Gpus());
  scenario.regions[0].country = "AA";
  scenario.regions.push_back(scenario.regions[0]);
  scenario.regions[1].id = "there";
  scenario.regions[1].country = "BB";
  const double asks[] = {0.5, 2.25, 0.301, 0};
  for (size_t g = 0; g < scenario.fleet.size(); ++g) {
    fleet::Group& group = scenario.fleet[g].nodes;
    group.ask.median = UsdPerHour::FromDollars(asks[g]);
    group.ask.tick = UsdPerHour::Micros(1);
    group.regions = {{RegionId(static_cast<uint16_t>(g % 2)), 1}};
    group.owner_kind = g == 2 ? OwnerKind::kConsumer : OwnerKind::kDatacentre;
    group.tier = static_cast<uint8_t>(g % 3);
    group.verified_share = g == 0 ? 0 : 1;
  }
  return scenario;
}

std::vector<Requirements> Needs() {
  std::vector<Requirements> needs(8);
  needs[0].gpu_models.set(1);
  needs[1].min_gpu_memory_mib = 20 * 1024;
  needs[2].min_tier = 1;
  needs[3].owner_kinds = 1u << static_cast<int>(OwnerKind::kDatacentre);
  needs[4].verified_only = true;
  needs[5].max_price = UsdPerHour::FromDollars(0.6);
  needs[6].countries_allowed = {"BB"};
  needs[7].countries_barred = {"BB"};
  needs[7].preferences = {
      {.kind = Requirements::Preference::Kind::kTier, .value = 2, .weight = 0.5f}};
  return needs;
}

// Draws without a library's own distributions, which differ between platforms.
class Dice {
 public:
  explicit Dice(uint64_t seed) : random_(seed) {}
  uint32_t operator()(uint32_t below) { return static_cast<uint32_t>(random_() % below); }
  bool OneIn(uint32_t n) { return (*this)(n) == 0; }

 private:
  std::mt19937_64 random_;
};

Demand DemandOf(Dice& dice, uint32_t* replicas) {
  Demand demand;
  demand.cpu_milli = 500 * dice(12);
  demand.memory_mib = 512 * dice(24);
  switch (dice(6)) {
    case 0:  // a share
      demand.gpus = 1;
      demand.gpu_milli = static_cast<uint16_t>(100 * (1 + dice(9)));
      *replicas = 1 + dice(2);
      break;
    case 1:  // none
      demand.cpu_milli = 1000 * (1 + dice(8));
      *replicas = 1 + dice(3);
      break;
    case 2:  // wide: some fit on few nodes, some nowhere
      demand.gpus = static_cast<uint16_t>(1 + dice(9));
      *replicas = 1 + dice(3);
      break;
    default:
      demand.gpus = static_cast<uint16_t>(1 + dice(2));
      *replicas = dice.OneIn(3) ? 2 + dice(4) : 1;
  }
  return demand;
}

Job JobOf(Dice& dice, int64_t submit_s, const RandomWorldOptions& options) {
  Job job;
  job.submit = SimTime::Zero() + Duration::Seconds(submit_s);
  job.work = dice.OneIn(40) ? Duration() : Duration::Millis(1 + dice(900'000));
  // Estimates too short, too long and exact.
  job.estimate = dice.OneIn(3) ? job.work : Duration::Millis(1 + dice(1'200'000));
  if (dice.OneIn(4)) job.limit = std::max(job.estimate, Duration::Millis(1));
  if (dice.OneIn(3)) job.deadline = job.submit + Duration::Seconds(60 + dice(6000));
  if (dice.OneIn(5)) job.budget = Usd::Micros(dice(400'000));
  const Duration interval = Duration::Seconds(30 + dice(200));
  if (options.checkpoints && dice.OneIn(2)) job.checkpoint_interval = interval;
  if (options.delays && dice.OneIn(3)) job.setup = Duration::Seconds(1 + dice(20));
  job.demand = DemandOf(dice, &job.replicas);
  if (dice.OneIn(3)) job.requirements = RequirementsId(1 + dice(8));
  job.user = UserId(dice(4));
  job.priority = static_cast<int32_t>(dice(5));
  job.region = RegionId(static_cast<uint16_t>(dice(2)));
  if (job.demand.gpus > 0 && !dice.OneIn(3)) {
    job.reference_gpu = GpuModelId(static_cast<uint16_t>(dice(3)));
  }
  job.job_class = static_cast<JobClass>(dice(kJobClasses));
  return job;
}

void Break(uint64_t seed, scenario::Scenario* scenario) {
  scenario->scheduler.retries = UINT32_MAX;
  if (seed % 7 < 3) {
    scenario->failures.blacklist = {.failures = 1 + static_cast<uint32_t>(seed % 7),
                                    .within = Duration::Hours(2),
                                    .length = Duration::Minutes(20)};
  }
  if (seed % 5 < 3) {
    scenario::OwnersByKind owners;
    owners.consumer.on = Duration::Hours(1);
    owners.consumer.off = Duration::Minutes(10);
    scenario->fleet[1].churn.emplace().on = Duration::Hours(1);
    scenario->fleet[1].churn->off = Duration::Minutes(10);
    if (seed % 5 == 0) scenario->churn.level = scenario::SimpleChurn{owners};
    if (seed % 5 != 0) scenario->churn.level = scenario::FullChurn{owners, {}};
  }
  if (seed % 2 == 0) {
    scenario->failures.level =
        failure::SimpleFailures{.mtbf = Duration::Hours(2), .mttr = Duration::Minutes(10)};
    return;
  }
  failure::FullFailures full;
  full.gpu_mtbf = Duration::Hours(8);
  full.cpu_node_mtbf = Duration::Hours(2);
  full.repair_median = Duration::Minutes(5);
  full.region_outage.mtbf = Duration::Hours(2);
  full.region_outage.median = Duration::Minutes(3);
  full.provider_outage = {Duration::Hours(3), Duration::Minutes(2), 0.5};
  full.gpu_error_mtbf = Duration::Hours(4);
  full.job_rate_per_gpu_h = 0.5;
  scenario->failures.level = full;
  scenario->scheduler.oracle = seed % 3 == 0;
}

constexpr double kGb = 1e9;

// Of seconds: who needs longer to read than its nodes stay up for never begins.
std::vector<workload::DataParams> Data() {
  std::vector<workload::DataParams> data(4);
  for (size_t i = 0; i < data.size(); ++i) {
    data[i].input.law = workload::LogNormal{.median = 0.2 * kGb, .sigma = 1};
    if (i < 2) data[i].store = RegionId(static_cast<uint16_t>(i));
  }
  data[0].output.law = workload::Exponential{0.1 * kGb};
  data[1].image = data[2].image = 0.2 * kGb;
  data[2].checkpoint = 0.1 * kGb;
  data[3].input.law = workload::Deterministic{0};
  data[3].output.law = workload::Deterministic{0.1 * kGb};
  return data;
}

void MoveData(uint64_t seed, RandomWorld* world) {
  Dice dice(seed + 1);
  world->data = Data();
  for (Job& job : world->jobs) job.data = static_cast<uint16_t>(dice(6) % 5);
  scenario::Network& network = world->scenario.network;
  network.level = dice.OneIn(3) ? scenario::NetworkLevel::kSimple : scenario::NetworkLevel::kFull;
  network.topology = static_cast<scenario::Topology>(dice(3));
  network.relay_gbs = 0.1f;
  // Gangs that exchange over thin links may be too slow ever to end between two failures.
  for (network::Exchange* exchange : {&network.batch_training, &network.sweep, &network.tuning,
                                      &network.reinforcement_learning}) {
    exchange->pattern = network::Pattern::kNone;
  }
  if (dice.OneIn(3)) network.relay_mtbf = Duration::Minutes(10);
  network.relay_mttr = Duration::Minutes(1);
  network.stores.capacity_gbs = dice.OneIn(2) ? 0.1f : 5;
  world->scenario.regions[1].lat_deg = 40;
  for (scenario::FleetGroup& group : world->scenario.fleet) group.access.relay_only = 0.3;
}

}  // namespace

RandomWorld MakeRandomWorld(uint64_t seed, const RandomWorldOptions& options) {
  RandomWorld world{.scenario = Fleet(), .jobs = {}, .requirements = Needs(), .data = {}};
  world.scenario.seed = seed;
  if (options.delays) {
    world.scenario.scheduler.delays.start = Duration::Seconds(2);
    world.scenario.scheduler.delays.stop = Duration::Seconds(3);
  }
  if (options.failures) Break(seed, &world.scenario);
  Dice dice(seed);
  int64_t submit_s = 0;
  for (int i = 0; i < options.jobs; ++i) {
    // Bursts: a third arrive together with the one before.
    if (!dice.OneIn(3)) submit_s += dice(120);
    world.jobs.push_back(JobOf(dice, submit_s, options));
    world.jobs.back().source_id = static_cast<uint64_t>(i);
  }
  if (options.data) MoveData(seed, &world);
  return world;
}

scenario::WorkloadSource GeneratedJobs(uint64_t count) {
  workload::GeneratorParams jobs;
  jobs.arrivals.rate_per_h = 60;
  jobs.max_arrivals = count;
  jobs.users.count = 3;
  workload::Population population;
  population.sizes.clear();
  population.duration = workload::Distribution{.law = workload::Exponential{600}};
  for (const uint32_t gpus : {1u, 1u, 2u, 8u}) {
    population.sizes.push_back({.gpus = gpus, .cpu_milli = 2000 * gpus, .memory_mib = 4096 * gpus});
  }
  jobs.populations = {population};
  scenario::WorkloadSource source;
  source.name = "jobs";
  source.source = jobs;
  return source;
}

std::vector<NodeFacts> FactsOf(const scenario::Scenario& scenario) {
  std::vector<NodeFacts> facts;
  for (const scenario::FleetGroup& group : scenario.fleet) {
    facts.insert(facts.end(), group.nodes.nodes,
                 {.gpus = group.nodes.gpus_per_node,
                  .cpu_milli = group.nodes.cpu_milli,
                  .memory_mib = group.nodes.memory_mib,
                  .group = &group});
  }
  return facts;
}

}  // namespace orrery::testing
