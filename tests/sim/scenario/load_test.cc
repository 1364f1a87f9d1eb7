#include "sim/scenario/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/scenario_testing.h"

namespace orrery::scenario {
namespace {

using testing::Findings;
using testing::Folder;
using testing::ParseOrDie;
using testing::ShippedTables;
using testing::Small;

const workload::GeneratorParams& Generator(const Scenario& scenario) {
  return std::get<workload::GeneratorParams>(scenario.workload.at(0).source);
}

TEST(LoadTest, DefaultsHoldWhereTheScenarioIsSilent) {
  const Scenario scenario = ParseOrDie(Small());
  EXPECT_EQ(scenario.seed, 1u);
  EXPECT_EQ(scenario.replications, 1u);
  EXPECT_EQ(scenario.horizon, Duration::Hours(1));
  EXPECT_EQ(scenario.warm_up, Duration());
  EXPECT_EQ(scenario.unplaceable, Unplaceable::kReject);
  ASSERT_EQ(scenario.regions.size(), 1u);
  EXPECT_EQ(scenario.regions[0].id, "local");
  EXPECT_EQ(scenario.scheduler.order.policy, "fifo");
  EXPECT_EQ(scenario.scheduler.place.policy, "best_fit");
  EXPECT_EQ(scenario.scheduler.backfill.policy, "none");
  EXPECT_EQ(scenario.scheduler.allocate.policy, "none");
  EXPECT_EQ(scenario.scheduler.market.policy, "posted");
  EXPECT_TRUE(scenario.scheduler.trigger.each_event);
  EXPECT_EQ(scenario.scheduler.blocking, Blocking::kStrict);
  EXPECT_EQ(scenario.outputs.jobs, Outputs::Jobs::kAll);
  EXPECT_EQ(scenario.outputs.file, "");
}

TEST(LoadTest, FleetGroupsHaveTheirUnits) {
  const Scenario scenario = ParseOrDie(R"(
name: fleet
regions: [tokyo, {id: den, country: DE, lat: 50, lon: -1.5, utc_offset: 5.5h}]
fleet:
  - name: big
    gpu: H100-SXM
    gpus_per_node: 8
    count: 1e3
    cpu: 95.5
    memory: 1.5TiB
    regions: {tokyo: 3, den: 1}
    ask: {median: $2.19/h, sigma: 0.25, tick: $0.01/h}
    owner: miner
    nodes_per_owner: 4
    tier: 2
    verified: 80%
    reputation: {low: 0.5, high: 0.75}
  - {gpus_per_node: 0, count: 1, cpu: 4, memory: 16GiB, regions: den}
workload: {generator: {preset: philly, max_arrivals: 10}}
)");
  ASSERT_EQ(scenario.fleet.size(), 2u);
  const fleet::Group& big = scenario.fleet[0].nodes;
  EXPECT_EQ(big.name, "big");
  EXPECT_EQ((*scenario.gpus)[big.gpu_model].id, "h100-sxm");
  EXPECT_EQ(big.gpus_per_node, 8);
  EXPECT_EQ(big.nodes, 1000u);
  EXPECT_EQ(big.cpu_milli, 95'500u);
  EXPECT_EQ(big.memory_mib, 1536u * 1024);
  ASSERT_EQ(big.regions.size(), 2u);
  EXPECT_EQ(big.regions[0].region, RegionId(0));
  EXPECT_EQ(big.regions[0].weight, 3);
  EXPECT_EQ(big.ask.median, UsdPerHour::FromDollars(2.19));
  EXPECT_EQ(big.ask.sigma, 0.25);
  EXPECT_EQ(big.ask.tick, UsdPerHour::Micros(10'000));
  EXPECT_EQ(big.owner_kind, OwnerKind::kMiner);
  EXPECT_EQ(big.nodes_per_owner, 4u);
  EXPECT_EQ(big.tier, 2);
  EXPECT_EQ(big.verified_share, 0.8);
  EXPECT_EQ(big.reputation_low, 0.5);
  const fleet::Group& cpu = scenario.fleet[1].nodes;
  EXPECT_EQ(cpu.name, "group1");
  EXPECT_FALSE(cpu.gpu_model.valid());
  EXPECT_EQ(cpu.ask.median, UsdPerHour());
  ASSERT_EQ(cpu.regions.size(), 1u);
  EXPECT_EQ(cpu.regions[0].region, RegionId(1));
  EXPECT_EQ(scenario.regions[1].utc_offset, Duration::Minutes(330));
}

TEST(LoadTest, RegionsNamedAfterACityHaveItsFacts) {
  const Scenario scenario = ParseOrDie(Small("regions: [tokyo, {id: london, utc_offset: 1h}]\n"));
  EXPECT_EQ(scenario.regions[0].country, "JP");
  EXPECT_EQ(scenario.regions[0].utc_offset, Duration::Hours(9));
  EXPECT_NEAR(scenario.regions[0].lat_deg, 35.69, 0.01);
  EXPECT_EQ(scenario.regions[1].country, "GB");
  EXPECT_EQ(scenario.regions[1].utc_offset, Duration::Hours(1));
  // Groups and generators without a mix are everywhere alike.
  EXPECT_EQ(scenario.fleet[0].nodes.regions.size(), 2u);
  ASSERT_EQ(Generator(scenario).regions.size(), 2u);
  EXPECT_EQ(Generator(scenario).regions[0].utc_offset, Duration::Hours(9));
}

TEST(LoadTest, AsksWithoutAPriceTakeTheCataloguesOwn) {
  const Scenario scenario = ParseOrDie(Small());
  const double market = (*scenario.gpus)[scenario.fleet[0].nodes.gpu_model].market_usd_h;
  EXPECT_GT(market, 0);
  EXPECT_EQ(scenario.fleet[0].nodes.ask.median, UsdPerHour::FromDollars(market));
}

TEST(LoadTest, OwnersMineACoin) {
  const Scenario scenario = ParseOrDie(
      Small("energy: simple\nmining: {level: full, coin: {price: $1200, network: 300000GH/s}, "
            "owners: {consumer: true}, walk: {volatility: 0.1}}\n"),
      {"fleet.owner=miner"});
  const auto& mining = std::get<economics::FullMining>(scenario.mining.level);
  EXPECT_EQ(mining.coin.usd, 1200);
  EXPECT_NEAR(mining.coin.network_ths, 300, 1e-9);
  EXPECT_EQ(mining.coin.block_reward, 2.048);
  EXPECT_EQ(mining.walk.volatility, 0.1);
  EXPECT_TRUE(mining.rig.owners[static_cast<int>(OwnerKind::kConsumer)]);
  EXPECT_TRUE(mining.rig.owners[static_cast<int>(OwnerKind::kMiner)]);
  EXPECT_FALSE(mining.rig.owners[static_cast<int>(OwnerKind::kDatacentre)]);
}

TEST(LoadTest, GeneratorsHoldWhatTheirModelTakes) {
  const Scenario scenario = ParseOrDie(R"(
name: generated
regions: [oslo, tokyo]
horizon: 2d
fleet: {gpu: a100-80, gpus_per_node: 8, count: 2, cpu: 96, memory: 1TiB}
workload:
  - name: first
    kill_at_limit: true
    generator:
      arrivals:
        rate: 0.5/s
        law: mmpp
        states: [{rate: 1, mean_sojourn: 2h}, {rate: 5, mean_sojourn: 10min}]
        shape: {weekly: [1, 1, 1, 1, 1, 0.5, 0.5]}
        start_of_week: 1d
      regions: {oslo: 2}
      users: {count: 20, zipf_exponent: 1}
      until: 1d
      populations:
        - class: sweep
          weight: 3
          trials: {law: uniform, low: 2, high: 9}
          sizes: [1, {gpus: 8, weight: 2, cpu: 64, duration: 3h}]
          duration: {law: empirical, points: [{p: 0, value: 1s}, {p: 100%, value: 1h}]}
          reference_gpu: v100
          priorities: {0: 9, 5: 1}
          requirements:
            probability: 25%
            gpus: [a100-80, h100-sxm]
            min_gpu_memory: 40GiB
            min_fp16: 0.1PFLOPS
            min_bandwidth: 1TB/s
            countries: [NO, DE]
            owners: datacentre
            max_price: $3/h
            preferences:
              - {gpu: h100-sxm, weight: 0.5}
              - {region: tokyo, weight: 0.25}
              - {verified: true, weight: 0.1}
              - {tier: 2, weight: 1}
          estimate: {factor: 2, limit_factor: 1.5}
          deadline: {probability: 1, slack: {law: uniform, low: 2, high: 3}}
          budget: {probability: 0.5, price: $1/h}
)");
  const WorkloadSource& source = scenario.workload[0];
  EXPECT_EQ(source.name, "first");
  EXPECT_TRUE(source.kill_at_limit);
  const workload::GeneratorParams& generator = Generator(scenario);
  EXPECT_EQ(generator.arrivals.rate_per_h, 1800);
  const auto& mmpp = std::get<workload::MmppArrivals>(generator.arrivals.law);
  ASSERT_EQ(mmpp.states.size(), 2u);
  EXPECT_EQ(mmpp.states[1].mean_sojourn, Duration::Minutes(10));
  EXPECT_EQ(generator.arrivals.start_of_week, Duration::Hours(24));
  ASSERT_EQ(generator.regions.size(), 1u);
  EXPECT_EQ(generator.regions[0].utc_offset, Duration::Hours(1));
  EXPECT_EQ(generator.end, SimTime::FromSeconds(86'400));
  const workload::Population& population = generator.populations.at(0);
  EXPECT_EQ(population.name, "population0");
  const auto& sweep = std::get<workload::SweepParams>(population.job_class);
  EXPECT_EQ(std::get<workload::Uniform>(sweep.trials.law).high, 9);
  ASSERT_EQ(population.sizes.size(), 2u);
  EXPECT_EQ(population.sizes[0].gpus, 1u);
  EXPECT_EQ(population.sizes[1].cpu_milli, 64'000u);
  EXPECT_FALSE(population.sizes[1].memory_mib.has_value());
  EXPECT_EQ(std::get<workload::Deterministic>(population.sizes[1].duration->law).value, 10'800);
  EXPECT_EQ(std::get<workload::Empirical>(population.duration.law).points[1].value, 3600);
  ASSERT_EQ(population.priorities.size(), 2u);
  EXPECT_EQ(population.priorities[1].priority, 5);
  const Requirements& requirements = population.requirements.at(0).requirements;
  EXPECT_EQ(population.requirements[0].probability, 0.25);
  EXPECT_EQ(requirements.gpu_models.count(), 2u);
  EXPECT_EQ(requirements.min_gpu_memory_mib, 40u * 1024);
  EXPECT_EQ(requirements.min_fp16_tflops, 100.0f);
  EXPECT_EQ(requirements.min_bandwidth_gbs, 1000.0f);
  EXPECT_THAT(requirements.countries_allowed, ::testing::ElementsAre("DE", "NO"));
  EXPECT_EQ(requirements.owner_kinds, 1u);
  EXPECT_EQ(requirements.max_price, UsdPerHour::FromDollars(3));
  ASSERT_EQ(requirements.preferences.size(), 4u);
  EXPECT_EQ(requirements.preferences[1].kind, Requirements::Preference::Kind::kRegion);
  EXPECT_EQ(requirements.preferences[1].value, 1);
  EXPECT_EQ(requirements.preferences[3].value, 2);
  EXPECT_EQ(std::get<workload::Deterministic>(population.estimate.factor.law).value, 2);
  EXPECT_EQ(population.deadline.probability, 1);
  EXPECT_EQ(population.budget.price, UsdPerHour::FromDollars(1));
}

TEST(LoadTest, SessionsDataAndStoresHaveTheirUnits) {
  const Scenario scenario = ParseOrDie(R"(
name: sessions
regions: [oslo, tokyo]
horizon: 2d
network:
  level: full
  relay_failures: {mtbf: 30d, mttr: 2h}
  relay_floods: {mtbf: 7d, capacity: 10%}
  link_failures: {mtbf: 25d, mttr: 30min}
  stores: {capacity: 25GB/s, egress: $0.12/GB, others: [{region: tokyo, egress: $0/GB}]}
fleet: {gpu: l40s, gpus_per_node: 8, count: 2, cpu: 96, memory: 1TiB}
workload:
  generator:
    arrivals: {rate: 10/h}
    populations:
      - class: cloud_gaming
        resolution: 1440p
        fps: 120
        latency_budget: 80ms
        budget: {probability: 10%, price: $1/h}
        requirements: [{probability: 1, max_rtt: 40ms}]
      - class: pixel_streaming
        viewers: 30
        viewers_per_instance: 6
        load: 1min
      - class: sweep
        data: {input: {law: lognormal, median: 1.5GB, sigma: 1}, image: 8GiB, output: 20MB, checkpoint: 1GB, store: tokyo}
)");
  const auto& populations =
      std::get<workload::GeneratorParams>(scenario.workload[0].source).populations;
  const auto& game = std::get<workload::CloudGamingParams>(populations[0].job_class);
  EXPECT_EQ(game.resolution, workload::Resolution::k1440p);
  EXPECT_EQ(game.fps, 120);
  EXPECT_EQ(game.budget, Duration::Millis(80));
  EXPECT_EQ(populations[0].budget.probability, 0.1);
  EXPECT_EQ(populations[0].requirements[0].requirements.max_rtt, Duration::Millis(40));
  const auto& stream = std::get<workload::PixelStreamingParams>(populations[1].job_class);
  EXPECT_EQ(stream.viewers_per_instance, 6u);
  EXPECT_EQ(stream.load, Duration::Minutes(1));
  ASSERT_TRUE(populations[2].data.has_value());
  EXPECT_FALSE(populations[1].data.has_value());
  const workload::DataParams& data = *populations[2].data;
  EXPECT_EQ(std::get<workload::LogNormal>(data.input.law).median, 1.5e9);
  EXPECT_EQ(data.image, 8.0 * (int64_t{1} << 30));
  EXPECT_EQ(std::get<workload::Deterministic>(data.output.law).value, 20e6);
  EXPECT_EQ(data.checkpoint, 1e9);
  EXPECT_EQ(data.store, RegionId(1));
  const Network& network = scenario.network;
  EXPECT_EQ(network.relay_mtbf, Duration::Hours(24 * 30));
  EXPECT_EQ(network.flood_mtbf, Duration::Hours(24 * 7));
  EXPECT_EQ(network.flood_mttr, Duration::Minutes(52));
  EXPECT_EQ(network.flood_capacity, 0.1);
  EXPECT_EQ(network.link_mtbf, Duration::Hours(24 * 25));
  EXPECT_EQ(network.link_mttr, Duration::Minutes(30));
  const std::vector<Store> stores = network.stores.ByRegion(2);
  EXPECT_EQ(stores[0].capacity_gbs, 25);
  EXPECT_EQ(stores[0].egress_per_gb, Usd::FromDollars(0.12));
  EXPECT_EQ(stores[1].capacity_gbs, 25);
  EXPECT_EQ(stores[1].egress_per_gb, Usd());
}

TEST(LoadTest, SavesCostATimeOrByTheirSize) {
  const auto cost = [](const std::string& text) {
    return ParseOrDie(Small("checkpoints: {cost: " + text + "}\n")).checkpoints.cost;
  };
  EXPECT_TRUE(ParseOrDie(Small()).checkpoints.cost.zero());
  EXPECT_EQ(cost("30s").fixed, Duration::Seconds(30));
  EXPECT_EQ(cost("30s").bandwidth_gbs, 0);
  const failure::SaveCost sized = cost("{fixed: 5s, bandwidth: 500MB/s, per_gpu: 16GiB}");
  EXPECT_EQ(sized.fixed, Duration::Seconds(5));
  EXPECT_EQ(sized.bandwidth_gbs, 0.5f);
  EXPECT_EQ(sized.bytes_per_gpu, 16.0 * (1 << 30));
  EXPECT_EQ(cost("{bandwidth: 2GB/s}").bytes_per_gpu, 6e9);
}

TEST(LoadTest, APresetFillsAGeneratorAndOtherKeysReplaceItsOwn) {
  const Scenario scenario = ParseOrDie(
      "name: p\nhorizon: 1d\nfleet: {gpu: p100, gpus_per_node: 8, count: 9, cpu: 96, memory: "
      "1TiB}\nworkload: {generator: {preset: {name: philly, reference_gpu: p100}, arrivals: "
      "{rate: 7/h}, users: {count: 5}}}\n");
  EXPECT_EQ(scenario.workload[0].preset->name, "philly");
  const workload::GeneratorParams& generator = Generator(scenario);
  EXPECT_EQ(generator.arrivals.rate_per_h, 7);
  EXPECT_EQ(generator.users.count, 5u);
  EXPECT_TRUE(std::holds_alternative<workload::MmppArrivals>(generator.arrivals.law));
  ASSERT_EQ(generator.populations.size(), 1u);
  EXPECT_EQ((*scenario.gpus)[generator.populations[0].reference_gpu].id, "p100");
  EXPECT_GT(generator.populations[0].sizes.size(), 1u);
}

TEST(LoadTest, PoliciesHaveAllTheirParameters) {
  const Scenario scenario =
      ParseOrDie(Small("scheduler: {place: {policy: power_of_d, d: 5}, order: sjf, backfill: easy, "
                       "trigger: {every: 10s}, delays: {start: 30s}}\n"));
  EXPECT_EQ(scenario.scheduler.place.policy, "power_of_d");
  EXPECT_THAT(scenario.scheduler.place.parameters,
              ::testing::Contains(std::pair<std::string, std::string>("d", "5")));
  EXPECT_EQ(scenario.scheduler.order.policy, "sjf");
  EXPECT_EQ(scenario.scheduler.trigger.every, Duration::Seconds(10));
  EXPECT_EQ(scenario.scheduler.delays.start, Duration::Seconds(30));
}

TEST(LoadTest, TracesAreFoundBesideTheFileThatNamesThem) {
  const Folder folder;
  folder.Write("data/log.swf", "; empty\n");
  folder.Write("data/nodes.csv", "sn\n");
  const std::string path = folder.Write("scenarios/x.yaml", R"(name: x
fleet: {trace: {file: nodes.csv}, ask: $1/h}
workload:
  trace: {format: swf, dir: ../data, file: log.swf, defaults: {class: rendering, cpu_per_gpu: 2}}
  transforms:
    - shuffle
    - window: {from: 1h, to: 2d}
)");
  const Result<Loaded> loaded = LoadScenario(path, {}, ShippedTables());
  ASSERT_TRUE(loaded) << Findings(loaded);
  const WorkloadSource& source = loaded->scenario.workload[0];
  const JobTrace& trace = std::get<JobTrace>(source.source);
  EXPECT_EQ(trace.format, "swf");
  EXPECT_FALSE(trace.options.empty());
  EXPECT_EQ(FileOf(trace), folder.path("data/log.swf"));
  EXPECT_EQ(trace.jobs.job_class, JobClass::kRendering);
  EXPECT_EQ(trace.jobs.cpu_milli_per_gpu, 2000u);
  // The list of nodes is looked for in the folder of the jobs.
  EXPECT_EQ(FileOf(*loaded->scenario.fleet[0].trace), folder.path("data/nodes.csv"));
  ASSERT_EQ(source.transforms.size(), 2u);
  EXPECT_EQ(source.transforms[0].name, "shuffle");
  EXPECT_EQ(source.transforms[1].name, "window");
  EXPECT_THAT(source.transforms[1].options,
              ::testing::Contains(std::pair<std::string, std::string>("from", "1h")));
}

}  // namespace
}  // namespace orrery::scenario
