// Idle GPUs that mine: schedules worked by hand, what must add up, what it does to owners' income.
#include <gtest/gtest.h>

#include "tests/sim/driver/random_world.h"
#include "tests/testing/interval.h"
#include "tests/testing/worlds.h"

namespace orrery {
namespace {

using economics::FullMining;
using economics::SimpleMining;
using results::MiningFigures;
using scenario::Energy;
using scenario::Scenario;
using testing::MakeJob;
using testing::MakeScenario;
using testing::TwoTariffs;

// A GPU of 400 W hashes a gigahash a second, a thousandth of the network's: it earns 3.6 coins, or
// ten cents, an hour. It draws 248 W then, 200 W above idle, and twice that from the grid: 0.4 kWh
// an hour, which costs 8 cents at $0.20.
SimpleMining TenCents() {
  SimpleMining mining;
  mining.coin = {
      .usd = 1 / 36.0, .block_reward = 1, .block_time = Duration::Seconds(1), .network_ths = 1};
  mining.rig.bandwidth_share = 1;
  mining.rig.tdp_share = 0.62;
  mining.rig.fee = 0;
  return mining;
}

Scenario Miners(uint32_t nodes, uint16_t gpus) {
  fleet::GpuModel gpu;
  gpu.id = "test-gpu";
  gpu.tdp_w = 400;
  gpu.bandwidth_gbs = 8192;
  Scenario scenario =
      MakeScenario({{.nodes = nodes, .gpus = gpus, .cores = 4, .memory_gib = 8}}, {gpu});
  scenario.fleet[0].nodes.owner_kind = OwnerKind::kMiner;
  scenario.fleet[0].nodes.ask.median = UsdPerHour::FromDollars(2);
  scenario.electricity = TwoTariffs();
  scenario.energy.level = Energy::Level::kSimple;
  scenario.energy.power.overhead.fill(1);
  scenario.energy.power.pue.fill(2);
  scenario.energy.heat.spread = 0;
  scenario.energy.heat.limit_c = 150;
  scenario.mining.level = TenCents();
  return scenario;
}

const MiningFigures& MiningOf(const results::Summary& summary) {
  EXPECT_TRUE(summary.mining.has_value());
  return *summary.mining;
}

// One GPU for an hour from 00:45 on. It waits 5 s for the miner, and gives the GPU back at
// 01:45:05.
TEST(MinersTest, ScheduleWorkedByHand) {
  const testing::Ran ran = testing::Run(Miners(1, 2), {{MakeJob(2700, 3600)}});
  EXPECT_EQ(ran.attempts[0].run_ns, 2705'000'000'000);
  EXPECT_EQ(ran.jobs[0].end_s, 6305);
  const MiningFigures& mining = MiningOf(ran.summary);
  constexpr double kHours = (2700 + 6305) / 3600.0;
  EXPECT_NEAR(mining.gpu_hours, kHours, 1e-9);
  EXPECT_NEAR(mining.revenue_usd, kHours * 0.1, 2e-6);
  EXPECT_NEAR(mining.kwh, kHours * 0.4, 1e-9);
  EXPECT_NEAR(mining.electricity_usd, kHours * 0.08, 1e-9);
  EXPECT_NEAR(mining.carbon_kg, kHours * 0.2, 1e-9);
  EXPECT_NEAR(mining.profit_usd, kHours * 0.02, 2e-6);
  EXPECT_EQ(mining.evictions, 1u);
  EXPECT_EQ(mining.mean_coin_usd, 1 / 36.0);
  EXPECT_NEAR(mining.network_share, 1e-3 * kHours / (6305 / 3600.0), 1e-12);
  ASSERT_EQ(mining.per_owner.size(), 1u);
  EXPECT_EQ(mining.per_owner[0].name, "miner");
  EXPECT_EQ(mining.per_owner[0].gpus, 2u);
  EXPECT_EQ(mining.per_owner[0].profit_usd, mining.profit_usd);
}

// The second hour of the day costs 12 cents of electricity, and nobody mines.
TEST(MinersTest, FullEnergyMinesInTheHoursThatPay) {
  Scenario scenario = Miners(1, 2);
  scenario.regions[0].country = "XX";
  scenario.energy.delivery_usd_kwh = 0;
  scenario.energy.level = Energy::Level::kFull;
  scenario.horizon = Duration::Hours(3);
  // It comes when nobody mines, and waits for nobody.
  const testing::Ran ran = testing::Run(scenario, {{MakeJob(4000, 3600)}});
  EXPECT_EQ(ran.attempts[0].run_ns, 4000'000'000'000);
  const MiningFigures& mining = MiningOf(ran.summary);
  EXPECT_EQ(mining.evictions, 0u);
  // The first hour twice; of the third one, all of one GPU, and the other one from half a minute
  // after the job on.
  constexpr double kCheap = 2, kDear = 1 + (10800 - 7630) / 3600.0;
  EXPECT_NEAR(mining.gpu_hours, kCheap + kDear, 1e-9);
  EXPECT_NEAR(mining.electricity_usd, kCheap * 0.04 + kDear * 0.08, 1e-9);
}

TEST(MinersTest, PoolsPayOwnersThroughTheLedger) {
  Scenario scenario = Miners(3, 2);
  scenario.fleet[0].nodes.nodes_per_owner = 2;
  const std::vector<workload::Job> jobs = {MakeJob(2700, 3600)};
  int64_t mined = 0, balance = 0;
  uint32_t nodes = 0;
  for (const auto& row : testing::RowsOf<results::NodeMiningRow>(scenario, jobs)) {
    EXPECT_EQ(row.node, nodes++);
    EXPECT_NEAR(row.energy_kwh, row.mined_gpu_h * 0.4, 1e-9);
    EXPECT_NEAR(row.energy_usd, row.mined_gpu_h * 0.08, 1e-9);
    mined += row.revenue_usd_micro;
  }
  for (const auto& row : testing::RowsOf<results::LedgerRow>(scenario, jobs)) {
    balance += row.balance_usd_micro;
  }
  const results::Summary summary = testing::RunSummary(scenario, jobs);
  EXPECT_EQ(nodes, 3u);
  EXPECT_GT(mined, 0);
  // What the user paid, an owner got: what mining brought is all that there is.
  EXPECT_EQ(balance, mined);
  EXPECT_NEAR(static_cast<double>(mined) * 1e-6, MiningOf(summary).revenue_usd, 1e-9);
}

TEST(MinersTest, ElectricityOfMinersIsPartOfTheFleets) {
  Scenario scenario = Miners(1, 2);
  const std::vector<workload::Job> jobs = {MakeJob(2700, 3600)};
  const results::Summary on = testing::RunSummary(scenario, jobs);
  scenario.mining.level = economics::NoMining();
  // The job ends when it did, so that both are about the same time.
  scenario.scheduler.delays.start = Duration::Seconds(5);
  const results::Summary off = testing::RunSummary(scenario, jobs);
  EXPECT_FALSE(off.mining.has_value());
  EXPECT_NEAR(on.energy->busy_kwh, off.energy->busy_kwh, 1e-9);
  EXPECT_NEAR(on.energy->idle_kwh, off.energy->idle_kwh, 1e-9);
  EXPECT_NEAR(on.energy->usd, off.energy->usd + on.mining->electricity_usd, 1e-9);
  EXPECT_NEAR(on.energy->carbon_kg, off.energy->carbon_kg + on.mining->carbon_kg, 1e-9);
  EXPECT_NEAR(on.energy->owner_profit_usd, off.energy->owner_profit_usd + on.mining->profit_usd,
              1e-9);
}

// A share of a GPU is enough to keep the miner off it.
TEST(MinersTest, ASharedGpuMinesAgainWhenItsLastJobIsGone) {
  Scenario scenario = Miners(1, 1);
  scenario.mining.level = [] {
    SimpleMining mining = TenCents();
    mining.rig.stop = mining.rig.start = Duration();
    return mining;
  }();
  scenario.horizon = Duration::Hours(4);
  std::vector<workload::Job> jobs = {MakeJob(3600, 3600), MakeJob(5400, 3600)};
  for (workload::Job& job : jobs) job.demand.gpu_milli = 400;
  const MiningFigures mining = MiningOf(testing::RunSummary(scenario, jobs));
  EXPECT_NEAR(mining.gpu_hours, 4 - 1.5, 1e-9);
  EXPECT_EQ(mining.evictions, 1u);
}

// Each return costs half a minute, on both GPUs.
TEST(MinersTest, NodesThatAreDownDoNotMine) {
  Scenario scenario = Miners(1, 2);
  scenario.horizon = Duration::Hours(200);
  scenario.failures.level =
      failure::SimpleFailures{.mtbf = Duration::Hours(5), .mttr = Duration::Hours(2)};
  const results::Summary summary = testing::RunSummary(scenario, std::vector<workload::Job>{});
  const double up_h = 200 * summary.failures.availability;
  const auto returns = static_cast<double>(summary.failures.nodes);
  EXPECT_GT(returns, 5);
  EXPECT_NEAR(MiningOf(summary).gpu_hours, 2 * (up_h - returns / 120), 2.1 / 120);
}

TEST(MinersTest, OnlyOwnersWhoMineDo) {
  Scenario scenario = Miners(1, 2);
  scenario.fleet[0].nodes.owner_kind = OwnerKind::kConsumer;
  scenario.horizon = Duration::Hours(1);
  EXPECT_TRUE(
      MiningOf(testing::RunSummary(scenario, std::vector<workload::Job>{})).per_owner.empty());
  SimpleMining mining = TenCents();
  mining.rig.owners[static_cast<int>(OwnerKind::kConsumer)] = true;
  scenario.mining.level = mining;
  const MiningFigures figures =
      MiningOf(testing::RunSummary(scenario, std::vector<workload::Job>{}));
  ASSERT_EQ(figures.per_owner.size(), 1u);
  EXPECT_EQ(figures.per_owner[0].name, "consumer");
  EXPECT_NEAR(figures.gpu_hours, 2, 1e-9);
}

// At 1.5 cents an hour nobody mines, and nobody waits.
TEST(MinersTest, NobodyMinesAtALoss) {
  Scenario scenario = Miners(1, 2);
  SimpleMining mining = TenCents();
  mining.coin.usd = 0.15 / 36;
  scenario.mining.level = mining;
  const testing::Ran ran = testing::Run(scenario, {{MakeJob(2700, 3600)}});
  EXPECT_EQ(ran.jobs[0].end_s, 6300);
  EXPECT_EQ(MiningOf(ran.summary).gpu_hours, 0);
  EXPECT_EQ(MiningOf(ran.summary).revenue_usd, 0);
}

// 22.5 °C and 42 K × 248 W of 400 W.
TEST(MinersTest, BoardsThatMineAreWarm) {
  Scenario scenario = Miners(1, 2);
  scenario.energy.level = Energy::Level::kFull;
  scenario.fleet[0].nodes.owner_kind = OwnerKind::kDatacentre;
  SimpleMining mining = TenCents();
  mining.rig.owners[static_cast<int>(OwnerKind::kDatacentre)] = true;
  mining.coin.usd = 1;
  scenario.mining.level = mining;
  scenario.horizon = Duration::Hours(1);
  const results::Summary summary = testing::RunSummary(scenario, std::vector<workload::Job>{});
  EXPECT_NEAR(summary.energy->peak_temperature_c, 22.5 + 42 * 0.62, 1e-4);
}

// A spoofed card hashes as what it is, and a card that is sold twice does not mine.
TEST(MinersTest, FakesMineAsWhatTheyAre) {
  Scenario scenario = Miners(4, 1);
  std::vector<fleet::GpuModel> gpus(2);
  gpus[0] = (*scenario.gpus)[GpuModelId(0)];
  gpus[0].fp16_tflops = 100;
  gpus[1] = gpus[0];
  gpus[1].id = "slow";
  gpus[1].fp16_tflops = 50;
  gpus[1].bandwidth_gbs = 4096;
  gpus[1].tdp_w = 200;
  scenario.gpus =
      std::make_shared<fleet::GpuCatalogue>(fleet::GpuCatalogue::FromRows(std::move(gpus)));
  scenario.horizon = Duration::Hours(1);
  trust::SimpleTrust rules;
  rules.registration = {.time = Duration(), .passes = {1, 1, 1, 1, 1}, .refuses = 0};
  rules.fails = {};
  rules.cheats.real_model = GpuModelId(1);
  const auto revenue = [&](trust::Cheat cheat) {
    rules.cheats.shares = {};
    rules.cheats.shares[static_cast<int>(OwnerKind::kMiner)][static_cast<int>(cheat)] = 1;
    scenario.trust.level = rules;
    return MiningOf(testing::RunSummary(scenario, std::vector<workload::Job>{})).revenue_usd;
  };
  EXPECT_NEAR(revenue(trust::Cheat::kLessMemory), 4 * 0.1, 1e-5);
  EXPECT_NEAR(revenue(trust::Cheat::kSpoofedModel), 4 * 0.05, 1e-5);
  EXPECT_EQ(revenue(trust::Cheat::kOversold), 0);
}

// But for the time that jobs wait for miners.
TEST(MinersTest, MiningChangesNothingElseThatHappens) {
  for (const uint64_t seed : {21, 22}) {
    const auto digest = [&](const economics::Mining& level) {
      testing::RandomWorld world = testing::MakeRandomWorld(seed, {.delays = true});
      world.scenario.electricity = TwoTariffs();
      world.scenario.energy.level = Energy::Level::kFull;
      world.scenario.energy.heat.limit_c = 150;
      world.scenario.mining.level = level;
      const results::Summary summary =
          testing::RunSummary(world.scenario, world.jobs, 0, world.requirements);
      if (summary.mining) {
        EXPECT_GT(summary.mining->gpu_hours, 0);
      }
      return summary.trace_digest + summary.outcome_digest;
    };
    SimpleMining polite;
    polite.coin.usd = 1e4;
    polite.rig.owners.fill(true);
    polite.rig.stop = Duration();
    const std::string off = digest(economics::NoMining());
    EXPECT_EQ(digest(polite), off);
  }
}

// Every GPU of every node mines whenever no attempt holds it.
TEST(MinersTest, TimeMinedAndTimeHeldAddUpToTheFleets) {
  for (const uint64_t seed : {31, 32, 33, 34}) {
    testing::RandomWorld world = testing::MakeRandomWorld(seed, {.delays = true});
    Scenario& scenario = world.scenario;
    scenario.electricity = TwoTariffs();
    scenario.energy.level = Energy::Level::kSimple;
    for (workload::Job& job : world.jobs) {
      if (job.demand.gpus > 0) job.demand.gpu_milli = 1000;
    }
    std::vector<fleet::GpuModel> gpus = scenario.gpus->rows();
    for (fleet::GpuModel& gpu : gpus) gpu.bandwidth_gbs = std::max(gpu.bandwidth_gbs, 100.0);
    SimpleMining mining;
    mining.coin.usd = 1e6;
    mining.rig.owners.fill(true);
    mining.rig.stop = mining.rig.start = Duration();
    scenario.gpus =
        std::make_shared<fleet::GpuCatalogue>(fleet::GpuCatalogue::FromRows(std::move(gpus)));
    scenario.mining.level = mining;
    const results::Summary summary =
        testing::RunSummary(scenario, world.jobs, 0, world.requirements);
    double gpus_there = 0;
    for (const auto& of : MiningOf(summary).per_owner) gpus_there += static_cast<double>(of.gpus);
    EXPECT_NEAR(MiningOf(summary).gpu_hours + summary.gpu_hours.allocated,
                gpus_there * summary.end_s / 3600, 1e-6 * gpus_there * summary.end_s / 3600)
        << seed;
  }
}

// Ablation: owners whose cards are half idle earn more by more than the 99% interval.
TEST(MinersTest, AblationMiningRaisesOwnersProfit) {
  std::vector<double> more;
  for (uint32_t replicate = 0; replicate < 6; ++replicate) {
    const auto profit = [&](const economics::Mining& level) {
      Scenario scenario = Miners(10, 2);
      scenario.mining.level = level;
      scenario.horizon = Duration::Hours(200);
      std::vector<workload::Job> jobs;
      const RandomStreams random(replicate, 0);
      double at = 0;
      for (uint64_t i = 0; i < 1000; ++i) {
        Draw draw = random.Stream("test", 0).At(i);
        at += draw.Exponential(720);
        jobs.push_back(MakeJob(at, draw.Exponential(7200)));
      }
      return testing::RunSummary(scenario, jobs, replicate).energy->owner_profit_usd;
    };
    FullMining full;
    static_cast<SimpleMining&>(full) = TenCents();
    more.push_back(profit(full) - profit(economics::NoMining()));
  }
  testing::ExpectAboveZero(more, "usd");
}

}  // namespace
}  // namespace orrery
