// The scenarios that ship say what they are told to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/scenario/echo.h"
#include "tests/sim/scenario/scenario_testing.h"

namespace orrery::scenario {
namespace {

using testing::Findings;
using testing::ShippedTables;

// Paths of the files beside quickstart.yaml, by name.
std::vector<std::string> Shipped() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator("scenarios")) {
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

Result<Loaded> LoadShipped(const std::string& name) {
  return LoadScenario("scenarios/" + name + ".yaml", {}, ShippedTables());
}

uint64_t Gpus(const Scenario& scenario) {
  uint64_t gpus = 0;
  for (const FleetGroup& group : scenario.fleet) {
    gpus += uint64_t{group.nodes.nodes} * group.nodes.gpus_per_node;
  }
  return gpus;
}

TEST(ShippedScenariosTest, EachLoads) {
  const std::vector<std::string> paths = Shipped();
  EXPECT_GE(paths.size(), 12u);
  for (const std::string& path : paths) {
    const Result<Loaded> loaded = LoadScenario(path, {}, ShippedTables());
    EXPECT_TRUE(loaded) << path << ": " << Findings(loaded);
    if (loaded) {
      EXPECT_EQ(loaded->scenario.name, std::filesystem::path(path).stem().string());
    }
  }
}

TEST(ShippedScenariosTest, QuickstartHasTwoThousandGpusInTwelvePlaces) {
  const Result<Loaded> quickstart = LoadShipped("quickstart");
  ASSERT_TRUE(quickstart) << Findings(quickstart);
  EXPECT_EQ(quickstart->scenario.regions.size(), 12u);
  EXPECT_NEAR(static_cast<double>(Gpus(quickstart->scenario)), 2000, 100);
}

TEST(ShippedScenariosTest, IonetGlobalIsOfItsSize) {
  const Result<Loaded> loaded = LoadShipped("ionet_global");
  ASSERT_TRUE(loaded) << Findings(loaded);
  const Scenario& scenario = loaded->scenario;
  EXPECT_EQ(Gpus(scenario), 95'000u);
  uint64_t cpu_nodes = 0;
  for (const FleetGroup& group : scenario.fleet) {
    if (group.nodes.gpus_per_node == 0) cpu_nodes += group.nodes.nodes;
  }
  EXPECT_EQ(cpu_nodes, 1'000u);
  EXPECT_GE(scenario.regions.size(), 40u);
  EXPECT_EQ(scenario.horizon, Duration::Hours(24 * 30));
  EXPECT_EQ(scenario.scale, 1);
}

// Each model is on, and the file itself says at what level.
TEST(ShippedScenariosTest, IonetGlobalNamesTheLevelOfEveryModel) {
  const Result<Loaded> loaded = LoadShipped("ionet_global");
  ASSERT_TRUE(loaded) << Findings(loaded);
  const Scenario& scenario = loaded->scenario;
  EXPECT_EQ(scenario.network.level, NetworkLevel::kFull);
  EXPECT_TRUE(std::holds_alternative<failure::FullFailures>(scenario.failures.level));
  EXPECT_TRUE(std::holds_alternative<FullChurn>(scenario.churn.level));
  EXPECT_EQ(scenario.energy.level, Energy::Level::kFull);
  EXPECT_TRUE(std::holds_alternative<economics::FullMining>(scenario.mining.level));
  EXPECT_TRUE(std::holds_alternative<trust::FullTrust>(scenario.trust.level));
  ASSERT_EQ(scenario.services.size(), 1u);
  EXPECT_EQ(scenario.services[0].level, Service::Level::kFull);
  // Nor what has no level of its own.
  EXPECT_LT(scenario.network.relay_mtbf, Duration::Max());
  EXPECT_TRUE(std::any_of(scenario.fleet.begin(), scenario.fleet.end(),
                          [](const FleetGroup& group) { return group.lan.given(); }));
  const auto& jobs = std::get<workload::GeneratorParams>(scenario.workload[0].source);
  EXPECT_TRUE(std::any_of(
      jobs.populations.begin(), jobs.populations.end(),
      [](const workload::Population& population) { return population.data.has_value(); }));
  for (const char* model :
       {"network", "failures", "churn", "energy", "mining", "trust", "services[0]"}) {
    const auto said = loaded->origins.find(model + std::string(".level"));
    ASSERT_NE(said, loaded->origins.end()) << model;
    EXPECT_THAT(said->second.ToString(), ::testing::HasSubstr("ionet_global.yaml:")) << model;
  }
}

TEST(ShippedScenariosTest, IonetTenthIsTheSameAtATenth) {
  const Result<Loaded> whole = LoadShipped("ionet_global");
  const Result<Loaded> tenth = LoadShipped("ionet_tenth");
  ASSERT_TRUE(whole && tenth) << Findings(whole) << Findings(tenth);
  EXPECT_EQ(tenth->scenario.scale, 0.1);
  Loaded grown = *tenth;
  grown.scenario.scale = 1;
  grown.scenario.name = whole->scenario.name;
  grown.scenario.description = whole->scenario.description;
  EXPECT_EQ(ResolvedEcho(grown), ResolvedEcho(*whole));
}

TEST(ShippedScenariosTest, TraceScenariosLackNothingButTheFolder) {
  for (const char* name : {"openb", "philly", "swf"}) {
    const Result<Loaded> loaded = LoadScenario("scenarios/traces/" + std::string(name) + ".yaml",
                                               {"workload.trace.dir=nowhere"}, ShippedTables());
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().findings().size(), 1u) << Findings(loaded);
    EXPECT_THAT(Findings(loaded), ::testing::HasSubstr("workload[0].trace.dir: got 'nowhere'"));
  }
}

TEST(ShippedScenariosTest, TraceScenariosLoadWithTheirFolder) {
  const char* const traces = std::getenv("ORRERY_TRACES");
  if (traces == nullptr) GTEST_SKIP() << "ORRERY_TRACES does not name a folder of traces";
  for (const std::string name : {"openb", "philly", "swf"}) {
    const Result<Loaded> loaded =
        LoadScenario("scenarios/traces/" + name + ".yaml",
                     {"workload.trace.dir=" + std::string(traces) + "/" + name}, ShippedTables());
    EXPECT_TRUE(loaded) << Findings(loaded);
  }
}

}  // namespace
}  // namespace orrery::scenario
