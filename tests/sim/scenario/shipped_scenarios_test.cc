#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/sim/scenario/scenario_testing.h"

namespace orrery::scenario {
namespace {

using testing::Findings;
using testing::ShippedTables;

TEST(ShippedScenariosTest, TheyLoad) {
  const Result<Loaded> quickstart = LoadScenario("scenarios/quickstart.yaml", {}, ShippedTables());
  ASSERT_TRUE(quickstart) << Findings(quickstart);
  EXPECT_EQ(quickstart->scenario.regions.size(), 12u);
  uint64_t gpus = 0;
  for (const FleetGroup& group : quickstart->scenario.fleet) {
    gpus += uint64_t{group.nodes.nodes} * group.nodes.gpus_per_node;
  }
  EXPECT_NEAR(static_cast<double>(gpus), 2000, 100);
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
