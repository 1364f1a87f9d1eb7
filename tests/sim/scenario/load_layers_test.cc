// What a later layer, or --set, makes of the layers below it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/scenario_testing.h"

namespace orrery::scenario {
namespace {

using testing::Findings;
using testing::Folder;
using testing::Parse;
using testing::ParseOrDie;
using testing::ShippedTables;
using testing::Small;

TEST(LoadLayersTest, ALaterLayerMayChooseAnotherAlternative) {
  const Folder folder;
  folder.Write("base.yaml", Small());
  folder.Write("log.swf", "; empty\n");
  const std::string path = folder.Write(
      "top.yaml", "extends: base.yaml\nworkload: {trace: {format: swf, dir: ., file: log.swf}}\n");
  const Result<Loaded> loaded =
      LoadScenario(path, {"scheduler.place.policy=cheapest"}, ShippedTables());
  ASSERT_TRUE(loaded) << Findings(loaded);
  EXPECT_TRUE(std::holds_alternative<JobTrace>(loaded->scenario.workload[0].source));
  EXPECT_EQ(loaded->scenario.scheduler.place.policy, "cheapest");
}

TEST(LoadLayersTest, AnOverrideBesideAShorthandKeepsIt) {
  const Scenario scenario =
      ParseOrDie(Small("scheduler: {place: power_of_d}\n"),
                 {"scheduler.place.d=3", "fleet.ask=$5/h", "fleet.ask.sigma=0.5"});
  EXPECT_THAT(scenario.scheduler.place.parameters,
              ::testing::Contains(std::pair<std::string, std::string>("d", "3")));
  EXPECT_EQ(scenario.fleet[0].nodes.ask.median, UsdPerHour::FromDollars(5));
  EXPECT_EQ(scenario.fleet[0].nodes.ask.sigma, 0.5);
}

TEST(LoadLayersTest, ALayerBesideAShorthandKeepsIt) {
  const Folder folder;
  folder.Write("base.yaml", Small("scheduler: {place: power_of_d}\nnetwork: full\n"
                                  "services: {model: llama-3-70b, requests: {prompt: 100, "
                                  "arrivals: {rate: 1/s}}}\n"));
  const auto load = [&](const std::string& more) {
    const std::string path = folder.Write("top.yaml", "extends: base.yaml\n" + more);
    Result<Loaded> loaded = LoadScenario(path, {}, ShippedTables());
    EXPECT_TRUE(loaded) << Findings(loaded);
    return loaded ? loaded->scenario : Scenario();
  };
  const Scenario adds = load(
      "scheduler: {place: {d: 3}}\nnetwork: {topology: star}\n"
      "services: {model: {weight_bits: 8}, requests: {prompt: {law: uniform, low: 1, high: 9}}}\n");
  EXPECT_EQ(adds.scheduler.place.policy, "power_of_d");
  EXPECT_THAT(adds.scheduler.place.parameters,
              ::testing::Contains(std::pair<std::string, std::string>("d", "3")));
  EXPECT_EQ(adds.network.level, NetworkLevel::kFull);
  EXPECT_GT(adds.services[0].model.figures.parameters_b, 60);
  EXPECT_EQ(adds.services[0].model.figures.weight_bits, 8);

  const Scenario replaces =
      load("scheduler: {place: {policy: cheapest}}\nnetwork: {level: simple}\n");
  EXPECT_EQ(replaces.scheduler.place.policy, "cheapest");
  EXPECT_EQ(replaces.network.level, NetworkLevel::kSimple);
}

TEST(LoadLayersTest, AnOverrideOfWhatAShorthandSaysHolds) {
  const Scenario scenario =
      ParseOrDie(Small("scheduler: {place: power_of_d}\nnetwork: simple\nfailures: simple\n"),
                 {"scheduler.place.policy=cheapest", "network.level=full", "failures.level=full"});
  EXPECT_EQ(scenario.scheduler.place.policy, "cheapest");
  EXPECT_EQ(scenario.network.level, NetworkLevel::kFull);
  EXPECT_TRUE(std::holds_alternative<failure::FullFailures>(scenario.failures.level));
}

TEST(LoadLayersTest, NoneTakesBackWhatAnEarlierLayerSays) {
  const Scenario scenario =
      ParseOrDie(Small("scheduler: {backfill: easy, preempt: none}\n"),
                 {"scheduler.allocate=equal_share", "scheduler.backfill=none"});
  EXPECT_EQ(scenario.scheduler.allocate.policy, "equal_share");
  EXPECT_EQ(scenario.scheduler.backfill.policy, "none");
}

TEST(LoadLayersTest, OriginsTellWhereValuesWereWritten) {
  const Result<Loaded> loaded = Parse(Small("seed: 4\n"), {"fleet.count=3"});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->origins.at("seed").ToString(), "s.yaml:1:7");
  EXPECT_EQ(loaded->origins.at("fleet[0].gpu").ToString(), "s.yaml:4:14");
  EXPECT_EQ(loaded->origins.at("fleet[0].count").ToString(), "--set fleet.count=3");
  EXPECT_FALSE(loaded->origins.contains("warm_up"));
}

}  // namespace
}  // namespace orrery::scenario
