// Energy, cost and carbon of hand-worked schedules; what must always add up; what heat does.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "sim/results/reader.h"
#include "tests/sim/driver/random_world.h"
#include "tests/testing/interval.h"
#include "tests/testing/worlds.h"

namespace orrery {
namespace {

using results::EnergyFigures;
using scenario::Energy;
using scenario::Scenario;
using testing::MakeJob;
using testing::MakeScenario;
using testing::TwoTariffs;

// One node with two GPUs of 400 W, 4 cores and 8 GiB, in a building with a PUE of 2.
Scenario OneNode(Energy::Level level) {
  fleet::GpuModel gpu;
  gpu.id = "test-gpu";
  gpu.tdp_w = 400;
  Scenario scenario = MakeScenario({{.nodes = 1, .gpus = 2, .cores = 4, .memory_gib = 8}}, {gpu});
  scenario.fleet[0].nodes.ask.median = UsdPerHour::FromDollars(2);
  scenario.electricity = TwoTariffs(0.1);
  scenario.energy.level = level;
  scenario.energy.power.overhead.fill(1);
  scenario.energy.power.pue.fill(2);
  scenario.energy.heat.spread = 0;
  scenario.energy.heat.limit_c = 150;
  return scenario;
}

// One GPU and two cores for an hour from 00:45 on.
std::vector<workload::Job> OneJob() {
  workload::Job job = MakeJob(2700, 3600);
  job.demand.cpu_milli = 2000;
  return {job};
}

// Held: 48 W of the GPU and 1.48 W of cores; at work 90% of the 352 W above that, and 5.52 W;
// twice.
constexpr double kJobKwh = 2 * (48 + 1.48 + 316.8 + 5.52) / 1000;
// The node idles at 2 × 48 + 4 × 0.74 + 8 × 0.392 = 102.096 W, twice, for 1.75 h.
constexpr double kFleetKwh = 2 * 0.102096 * 1.75 + 2 * (316.8 + 5.52) / 1000;

constexpr double kJoule = 1 / 3.6e6;

const EnergyFigures& EnergyOf(const results::Summary& summary) {
  EXPECT_TRUE(summary.energy.has_value());
  return *summary.energy;
}

// What is left of a node's idle energy is its share of the time up.
TEST(EnergyTest, ANodeThatIsDownDrawsNothing) {
  Scenario scenario = OneNode(Energy::Level::kSimple);
  scenario.horizon = Duration::Hours(200);
  scenario.failures.level =
      failure::SimpleFailures{.mtbf = Duration::Hours(5), .mttr = Duration::Hours(2)};
  const testing::Ran ran = testing::Run(scenario, std::vector<workload::Job>{});
  const double up = ran.summary.failures.availability;
  EXPECT_GT(up, 0.4);
  EXPECT_LT(up, 0.95);
  const EnergyFigures& energy = EnergyOf(ran.summary);
  EXPECT_NEAR(energy.idle_kwh, 2 * 0.102096 * 200 * up, kJoule);
  EXPECT_EQ(energy.busy_kwh, 0);
}

// An attempt draws power until its node dies, not until somebody notices.
TEST(EnergyTest, JobsAndIdleNodesAddUpToTheFleetWhileNodesFail) {
  Scenario scenario = OneNode(Energy::Level::kSimple);
  scenario.horizon = Duration::Hours(200);
  scenario.detection.health_check = Duration::Minutes(30);
  scenario.failures.level =
      failure::SimpleFailures{.mtbf = Duration::Hours(5), .mttr = Duration::Hours(2)};
  std::vector<workload::Job> jobs;
  for (int i = 0; i < 100; ++i) jobs.push_back(MakeJob(i * 7200, 3600));
  const testing::Ran ran = testing::Run(scenario, jobs);
  const results::Summary& summary = ran.summary;
  const EnergyFigures& energy = EnergyOf(summary);
  EXPECT_GT(summary.failures.attempts_lost, 5u);
  EXPECT_GT(summary.failures.gpu_hours_unnoticed, 1);
  // Jobs of one GPU work whenever they hold live nodes: 90% of 352 W.
  const double alive_h = summary.gpu_hours.allocated - summary.failures.gpu_hours_unnoticed;
  EXPECT_NEAR(energy.busy_kwh + energy.idle_kwh,
              2 * 0.102096 * 200 * summary.failures.availability + 2 * 0.3168 * alive_h, 1e-3);
}

TEST(EnergyTest, ScheduleWorkedByHandToTheJoule) {
  const testing::Ran ran = testing::Run(OneNode(Energy::Level::kSimple), OneJob());
  const results::JobRow& row = ran.jobs[0].row;
  EXPECT_NEAR(row.energy_kwh, kJobKwh, kJoule);
  EXPECT_NEAR(row.energy_usd, kJobKwh * 0.2, 1e-9);
  EXPECT_NEAR(row.carbon_kg, kJobKwh * 0.5, 1e-9);
  const EnergyFigures& energy = EnergyOf(ran.summary);
  EXPECT_NEAR(energy.busy_kwh, kJobKwh, kJoule);
  EXPECT_NEAR(energy.idle_kwh, kFleetKwh - kJobKwh, kJoule);
  EXPECT_NEAR(energy.usd, kFleetKwh * 0.2, 1e-9);
  EXPECT_NEAR(energy.carbon_kg, kFleetKwh * 0.5, 1e-9);
  // A GPU at $2/h for an hour.
  EXPECT_NEAR(energy.owner_profit_usd, 2 - kFleetKwh * 0.2, 1e-9);
  ASSERT_EQ(energy.per_class.size(), 1u);
  EXPECT_EQ(energy.per_class[0].name, "batch_training");
  EXPECT_NEAR(energy.per_class[0].kwh, kJobKwh, kJoule);
  ASSERT_EQ(energy.per_region.size(), 1u);
  EXPECT_NEAR(energy.per_region[0].profit_usd, energy.owner_profit_usd, 1e-9);
  EXPECT_TRUE(std::isnan(energy.peak_temperature_c));
}

TEST(EnergyTest, FullPricesEachHourForItself) {
  Scenario scenario = OneNode(Energy::Level::kFull);
  scenario.regions[0].country = "XX";
  scenario.energy.delivery_usd_kwh = 0;
  // A quarter of an hour at $0.10, three at $0.30.
  EXPECT_NEAR(testing::Run(scenario, OneJob()).jobs[0].row.energy_usd,
              kJobKwh * (0.1 + 3 * 0.3) / 4, 1e-9);
  scenario.energy.delivery_usd_kwh = 0.04;
  EXPECT_NEAR(testing::Run(scenario, OneJob()).jobs[0].row.energy_usd,
              kJobKwh * (0.1 + 3 * 0.3 + 4 * 0.04) / 4, 1e-9);
  // The simple level knows the mean alone.
  scenario.energy.level = Energy::Level::kSimple;
  EXPECT_NEAR(testing::Run(scenario, OneJob()).jobs[0].row.energy_usd, kJobKwh * 0.24, 1e-9);
}

TEST(EnergyTest, StartingAndStoppingDrawsIdlePower) {
  Scenario scenario = OneNode(Energy::Level::kSimple);
  scenario.scheduler.delays.start = Duration::Seconds(1800);
  EXPECT_NEAR(testing::Run(scenario, OneJob()).jobs[0].row.energy_kwh, kJobKwh + 0.5 * 2 * 0.04948,
              kJoule);
}

TEST(EnergyTest, HotBoardsSlowDownAndStayAtTheLimit) {
  Scenario scenario = OneNode(Energy::Level::kFull);
  scenario.energy.heat.limit_c = 83;
  scenario.energy.heat.rise_k.fill(100);
  // 22.5 °C + 0.25 K/W × 364.8 W is too hot: of 316.8 W, 194 W are left, and the cube root of that
  // share of the clock.
  const double speed = std::cbrt(194 / 316.8);
  const testing::Ran ran = testing::Run(scenario, OneJob());
  EXPECT_NEAR(ran.jobs[0].end_s - ran.jobs[0].start_s, 3600 / speed, 1e-6);
  const EnergyFigures& energy = EnergyOf(ran.summary);
  EXPECT_NEAR(energy.peak_temperature_c, 83, 0.05);
  EXPECT_NEAR(energy.throttled_gpu_hours, 1 / speed, 1e-6);
}

TEST(EnergyTest, CoolBoardsReportTheirTemperature) {
  const testing::Ran ran = testing::Run(OneNode(Energy::Level::kFull), OneJob());
  const EnergyFigures& energy = EnergyOf(ran.summary);
  EXPECT_NEAR(energy.peak_temperature_c, 22.5 + 42 / 400.0 * 364.8, 1e-4);
  EXPECT_EQ(energy.throttled_gpu_hours, 0);
}

testing::RandomWorld RandomWithEnergy(uint64_t seed, Energy::Level level) {
  testing::RandomWorld world = testing::MakeRandomWorld(seed, {.delays = true});
  world.scenario.electricity = TwoTariffs(0.1);
  world.scenario.energy.level = level;
  return world;
}

TEST(EnergyTest, JobsAndIdleTimeAddUpToTheFleet) {
  for (const uint64_t seed : {1, 2, 3, 4, 5}) {
    const testing::RandomWorld world = RandomWithEnergy(seed, Energy::Level::kFull);
    const testing::Ran ran = testing::Run(world.scenario, world.jobs, 0, world.requirements);
    const EnergyFigures& energy = EnergyOf(ran.summary);
    EnergyFigures::OfClass jobs, classes;
    for (const testing::Outcome& job : ran.jobs) jobs.kwh += job.row.energy_kwh;
    for (const EnergyFigures::OfClass& one : energy.per_class) classes.kwh += one.kwh;
    EXPECT_NEAR(jobs.kwh, energy.busy_kwh, 1e-9 * energy.busy_kwh);
    EXPECT_NEAR(classes.kwh, energy.busy_kwh, 1e-9 * energy.busy_kwh);
    EXPECT_GE(energy.idle_kwh, 0);
    EnergyFigures::OfRegion regions;
    for (const EnergyFigures::OfRegion& one : energy.per_region) {
      regions.kwh += one.kwh;
      regions.usd += one.usd;
      regions.earned_usd += one.earned_usd;
    }
    EXPECT_NEAR(regions.kwh, energy.busy_kwh + energy.idle_kwh, 1e-9 * regions.kwh);
    EXPECT_NEAR(regions.usd, energy.usd, 1e-9 * energy.usd);
    EXPECT_NEAR(regions.earned_usd, ran.summary.cost_usd, 1e-6);
  }
}

TEST(EnergyTest, NodesHaveARowEach) {
  const testing::RandomWorld world = RandomWithEnergy(7, Energy::Level::kFull);
  driver::WorldOptions options;
  options.results_path = ::testing::TempDir() + "/node_energy.h5";
  options.open_workload = [&](RequirementsTable*, workload::JobTables*) {
    std::vector<driver::ArrivalStream> streams;
    std::vector<workload::Job> jobs = world.jobs;
    for (workload::Job& job : jobs) job.requirements = RequirementsTable::kAny;
    streams.push_back({std::make_unique<testing::ListedJobs>(jobs), false});
    return Result<std::vector<driver::ArrivalStream>>(std::move(streams));
  };
  auto built = driver::World::Build(world.scenario, options);
  ASSERT_TRUE(built.has_value()) << built.error().ToString();
  const results::Summary summary = (*built)->Run({}).value().summary;
  const auto reader = results::ResultsReader::Open(options.results_path).value();
  double kwh = 0, peak = 0;
  int64_t earned = 0;
  uint32_t nodes = 0;
  ASSERT_TRUE(reader.ForEachBlock<results::NodeEnergyRow>(
      {}, [&](std::span<const results::NodeEnergyRow> rows) {
        for (const results::NodeEnergyRow& row : rows) {
          EXPECT_EQ(row.node, nodes++);
          kwh += row.energy_kwh;
          earned += row.earned_usd_micro;
          peak = std::fmax(peak, row.peak_temperature_c);
        }
      }));
  std::filesystem::remove(options.results_path);
  EXPECT_EQ(nodes, testing::FactsOf(world.scenario).size());
  EXPECT_NEAR(kwh, summary.energy->busy_kwh + summary.energy->idle_kwh, 1e-9 * kwh);
  EXPECT_EQ(peak, summary.energy->peak_temperature_c);
  EXPECT_NEAR(static_cast<double>(earned) * 1e-6, summary.cost_usd, 1e-6);
}

TEST(EnergyTest, CountingChangesNothingThatHappens) {
  for (const uint64_t seed : {11, 12}) {
    const auto digest = [&](Energy::Level level, double limit_c) {
      testing::RandomWorld world = RandomWithEnergy(seed, level);
      world.scenario.energy.heat.limit_c = limit_c;
      const results::Summary summary =
          testing::RunSummary(world.scenario, world.jobs, 0, world.requirements);
      return summary.trace_digest + summary.outcome_digest;
    };
    const std::string off = digest(Energy::Level::kOff, 83);
    EXPECT_EQ(digest(Energy::Level::kSimple, 83), off);
    EXPECT_EQ(digest(Energy::Level::kFull, 150), off);
    EXPECT_NE(digest(Energy::Level::kFull, 60), off);
  }
}

TEST(EnergyTest, AblationHeatMakesJobsTakeLonger) {
  std::vector<double> longer;
  for (uint32_t replicate = 0; replicate < 5; ++replicate) {
    const auto jct = [&](Energy::Level level) {
      fleet::GpuModel gpu;
      gpu.id = "test-gpu";
      gpu.tdp_w = 350;
      Scenario scenario = MakeScenario({{.nodes = 20, .gpus = 6}}, {gpu});
      scenario.fleet[0].nodes.owner_kind = OwnerKind::kMiner;
      scenario.regions[0].lat_deg = 13.75;  // Bangkok
      scenario.regions[0].utc_offset = Duration::Hours(7);
      scenario.electricity = TwoTariffs(0.1);
      scenario.energy.level = level;
      scenario.energy.day_of_year = 196;
      std::vector<workload::Job> jobs;
      // From 15:00 local time on.
      for (int i = 0; i < 100; ++i) jobs.push_back(MakeJob(8 * 3600 + 60.0 * i, 7200));
      return testing::RunSummary(scenario, jobs, replicate).jct_s.mean;
    };
    longer.push_back(jct(Energy::Level::kFull) / jct(Energy::Level::kOff) - 1);
  }
  EXPECT_GT(testing::ExpectAboveZero(longer, "slowdown").mean, 0.002);
}

}  // namespace
}  // namespace orrery
