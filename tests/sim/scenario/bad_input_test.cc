// Mistakes that any key of a scenario can have: every one has a message of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/api/registry.h"
#include "sim/scenario/words.h"
#include "tests/sim/scenario/scenario_testing.h"

namespace orrery::scenario {
namespace {

using testing::Findings;
using testing::FindingsWith;
using ::testing::HasSubstr;
using testing::Small;

TEST(BadInputTest, TheSmallScenarioIsFine) { EXPECT_EQ(Findings(Small()), ""); }

TEST(BadInputTest, UnknownKeysComeWithTheNearest) {
  EXPECT_EQ(FindingsWith("warmup: 5min\n"),
            "s.yaml:1:1: warmup: got an unknown key, expected a known one (did you mean "
            "'warm_up'?)");
  EXPECT_EQ(FindingsWith("scheduler: {plaice: cheapest}\n"),
            "s.yaml:1:13: scheduler.plaice: got an unknown key, expected a known one (did you mean "
            "'place'?)");
  EXPECT_EQ(FindingsWith("scheduler: {delays: {xyz: 1s}}\n"),
            "s.yaml:1:22: scheduler.delays.xyz: got an unknown key, expected one of decide, start, "
            "stop");
  EXPECT_EQ(
      Findings(Small(), {"workload={generate: {preset: philly}}"}),
      "--set workload={generate: {preset: philly}}: workload[0].generate: got an unknown key, "
      "expected a known one (did you mean 'generator'?)");
}

TEST(BadInputTest, RepeatedKeysAreReported) {
  EXPECT_EQ(FindingsWith("seed: 1\nseed: 2\n"),
            "s.yaml:2:1: seed: got the key a second time, expected it once (first at s.yaml:1)");
}

TEST(BadInputTest, MissingUnitsAreSuggested) {
  EXPECT_EQ(FindingsWith("warm_up: 300\n"),
            "s.yaml:1:10: warm_up: got '300', expected a duration with its unit such as 90s or 6h, "
            "from 0s to 36500d (did you mean '300s'?)");
  EXPECT_EQ(Findings(Small(), {"fleet.memory=128"}),
            "--set fleet.memory=128: fleet[0].memory: got '128', expected an amount of memory with "
            "its unit (a whole number of MiB) such as 80GiB, from 1MiB to 256TiB (did you mean "
            "'128GiB'?)");
  EXPECT_EQ(Findings(Small(), {"fleet.memory=80GB"}),
            "--set fleet.memory=80GB: fleet[0].memory: got '80GB', expected an amount of memory "
            "with its unit (a whole number of MiB) such as 80GiB, from 1MiB to 256TiB (did you "
            "mean '80GiB'?)");
  EXPECT_EQ(Findings(Small(), {"fleet.ask=2.19"}),
            "--set fleet.ask=2.19: fleet[0].ask.median: got '2.19', expected a price per hour such "
            "as $2.19/h, from $0/h to $10000/h, or none (did you mean '$2.19/h'?)");
  EXPECT_EQ(Findings(Small(), {"workload.generator.arrivals.rate=10"}),
            "--set workload.generator.arrivals.rate=10: workload[0].generator.arrivals.rate: got "
            "'10', expected a rate with its unit such as 30/h or 0.5/s, above 0/h and at most "
            "1e+09/h (did you mean '10/h'?)");
}

TEST(BadInputTest, NegativeZeroNanAndAbsurdValuesAreOutOfBounds) {
  const std::string seconds =
      "expected a duration with its unit such as 90s or 6h, from 1s to "
      "36500d, or none";
  for (const char* value : {"-1h", "0s", "nan", "inf", "1e9d", "1e400s", ".nan"}) {
    EXPECT_EQ(Findings(Small(), {std::string("horizon=") + value}),
              std::string("--set horizon=") + value + ": horizon: got '" + value + "', " + seconds);
  }
  const std::string count = "expected a whole number, from 1 to 10000000";
  for (const char* value : {"0", "-3", "1.5", "99999999999999999999", "1e8", "nan", "twelve"}) {
    EXPECT_EQ(Findings(Small(), {std::string("fleet.count=") + value}),
              std::string("--set fleet.count=") + value + ": fleet[0].count: got '" + value +
                  "', " + count);
  }
  EXPECT_EQ(Findings(Small(), {"fleet.gpus_per_node=17"}),
            "--set fleet.gpus_per_node=17: fleet[0].gpus_per_node: got '17', expected a whole "
            "number, from 0 to 16");
  EXPECT_EQ(Findings(Small(), {"fleet.verified=120%"}),
            "--set fleet.verified=120%: fleet[0].verified: got '120%', expected a share such as "
            "0.8 or 80%, from 0 to 1");
  EXPECT_EQ(Findings(Small(), {"seed=-1"}),
            "--set seed=-1: seed: got '-1', expected a whole number, at least 0");
}

TEST(BadInputTest, NoBoundIsWrittenNone) {
  const std::string generator = "workload.generator.";
  EXPECT_THAT(Findings(Small(), {generator + "max_arrivals=0"}),
              HasSubstr("generator.max_arrivals: got '0', expected a whole number, from 1 to "
                        "1099511627776, or none"));
  EXPECT_THAT(Findings(Small(), {generator + "populations.estimate.limit_factor=0"}),
              HasSubstr("estimate.limit_factor: got '0', expected a number, above 0 and at most "
                        "1e+06, or none"));
  EXPECT_THAT(Findings(Small(), {generator + "arrivals.superset_rate=0/h"}),
              HasSubstr("arrivals.superset_rate: got '0/h', expected a rate"));
  EXPECT_EQ(Findings(Small(), {generator + "max_arrivals=none",
                               generator + "populations.estimate.limit_factor=none",
                               generator + "arrivals.superset_rate=none"}),
            "");
}

TEST(BadInputTest, UnknownNamesComeWithTheNearest) {
  EXPECT_EQ(Findings(Small(), {"fleet.gpu=h100-sxn"}),
            "--set fleet.gpu=h100-sxn: fleet[0].gpu: got 'h100-sxn', expected a GPU model of the "
            "catalogue such as h100-sxm, or none (did you mean 'h100-sxm'?)");
  EXPECT_EQ(FindingsWith("regions: [tokyo, oslo]\n") +
                Findings(Small("regions: [tokyo, oslo]\n"), {"fleet.regions={tokio: 2, oslo: 1}"}),
            "--set fleet.regions={tokio: 2, oslo: 1}: fleet[0].regions: got 'tokio', expected a "
            "region of the scenario (did you mean 'tokyo'?)");
  EXPECT_EQ(FindingsWith("regions: [tokio]\n"),
            "s.yaml:1:11: regions[0].country: got nothing, expected a country as two capital "
            "letters (ISO 3166-1) beside 'tokio', which is no city of `orrery list regions` (did "
            "you mean 'tokyo'?)");
  EXPECT_EQ(FindingsWith("scheduler: {ties: lowest}\n"),
            "s.yaml:1:19: scheduler.ties: got 'lowest', expected one of lowest_id, random, "
            "most_reliable (did you mean 'lowest_id'?)");
  EXPECT_EQ(FindingsWith("scheduler: {order: fifoo}\n"),
            "s.yaml:1:20: scheduler.order.policy: got 'fifoo', expected an order policy: " +
                Join(policies::PolicyNames("order")) + " (did you mean 'fifo'?)");
  EXPECT_EQ(Findings(Small(), {"fleet.owner=miners"}),
            "--set fleet.owner=miners: fleet[0].owner: got 'miners', expected one of datacentre, "
            "miner, consumer, partner (did you mean 'miner'?)");
}

TEST(BadInputTest, MissingKeysAreReportedAtTheirMap) {
  EXPECT_EQ(Findings("name: x\n"), "s.yaml:1:1: fleet: got nothing, expected a list");
  EXPECT_EQ(Findings("name: x\nfleet:\n  - {count: 1, cpu: 1, memory: 1GiB, gpus_per_node: 0}\n"),
            "s.yaml:1:1: workload: got nothing, expected sources of jobs, or services");
  EXPECT_EQ(Findings("fleet:\n  - {gpu: t4, cpu: 1, memory: 1GiB}\n"
                     "name: x\nworkload: {generator: {preset: philly}}\nhorizon: 1d\n"),
            "s.yaml:2:5: fleet[0].gpus_per_node: got nothing, expected a whole number, from 0 to "
            "16\ns.yaml:2:5: fleet[0].count: got nothing, expected a whole number, from 1 to "
            "10000000");
  EXPECT_EQ(Findings(Small(), {"workload={}"}),
            "--set workload={}: workload[0]: got none of them, expected one of the keys trace, "
            "generator");
}

TEST(BadInputTest, WrongShapesAreReported) {
  EXPECT_EQ(FindingsWith("scheduler: fifo\n"),
            "s.yaml:1:12: scheduler: got 'fifo', expected a map");
  EXPECT_EQ(FindingsWith("scheduler:\n"), "s.yaml:1:1: scheduler: got nothing, expected a map");
  EXPECT_EQ(FindingsWith("seed: [1]\n"),
            "s.yaml:1:7: seed: got a list, expected a whole number, at least "
            "0");
  EXPECT_EQ(FindingsWith("seed: {a: 1}\n"),
            "s.yaml:1:7: seed: got a map, expected a whole number, at least 0");
  EXPECT_EQ(FindingsWith("seed:\n"),
            "s.yaml:1:1: seed: got nothing, expected a whole number, at least 0");
  EXPECT_EQ(Findings(Small(), {"fleet=5"}), "--set fleet=5: fleet[0]: got '5', expected a map");
  EXPECT_EQ(Findings(Small(), {"fleet=[]"}),
            "--set fleet=[]: fleet: got a list of 0, expected 1 to 10000 entries");
  EXPECT_EQ(Findings(Small(), {"workload.generator.arrivals.shape.daily=[1, 2]"}),
            "--set workload.generator.arrivals.shape.daily=[1, 2]: "
            "workload[0].generator.arrivals.shape.daily: got a list of 2, expected 24 numbers");
}

TEST(BadInputTest, ContradictionsAreReported) {
  EXPECT_EQ(FindingsWith("scheduler: {allocate: equal_share, backfill: easy}\n"),
            "s.yaml:1:46: scheduler.backfill: got 'easy', expected no such key beside 'allocate' "
            "(--set scheduler.backfill=none takes it out)");
  EXPECT_EQ(FindingsWith("scheduler: {blocking: skip, backfill: easy}\n"),
            "s.yaml:1:23: scheduler.blocking: got 'skip' beside backfill: easy, which says itself "
            "who may pass the head of the queue; expected strict, or scheduler.backfill=none");
  EXPECT_EQ(FindingsWith("scheduler: {blocking: skip, allocate: equal_share}\n"),
            "s.yaml:1:23: scheduler.blocking: got 'skip' beside allocate: equal_share, which says "
            "itself who may pass the head of the queue; expected strict, or "
            "scheduler.allocate=none");
  EXPECT_EQ(FindingsWith("scheduler: {round: 1min}\n"),
            "s.yaml:1:20: scheduler.round: got '1min', expected no such key beside 'allocate: "
            "none' (--set scheduler.round=none takes it out)");
  EXPECT_EQ(FindingsWith("outputs: {sample_fraction: 5%}\n"),
            "s.yaml:1:28: outputs.sample_fraction: got '5%', expected no such key beside 'jobs: "
            "all' (--set outputs.sample_fraction=none takes it out)");
  EXPECT_EQ(FindingsWith("scheduler: {trigger: {each_event: false}}\n"),
            "s.yaml:1:22: scheduler.trigger: got neither, expected each_event: true or every: a "
            "duration");
  EXPECT_EQ(FindingsWith("warm_up: 1h\n"),
            "s.yaml:1:10: warm_up: got '1h', expected a duration below the horizon");
  EXPECT_EQ(FindingsWith("regions: [oslo, oslo]\n"),
            "s.yaml:1:17: regions[1].id: got 'oslo', which regions[0].id has already, expected "
            "each region once");
  EXPECT_EQ(Findings(Small(), {"fleet.gpu=none"}),
            "--set fleet.gpu=none: fleet[0].gpu: got none beside gpus_per_node: 4, expected a GPU "
            "model of the catalogue");
  EXPECT_EQ(Findings(Small(), {"horizon=none"}),
            "s.yaml:6:5: workload[0].generator: got jobs without end, expected `horizon`, `until` "
            "or `max_arrivals`");
  EXPECT_EQ(Findings(Small(), {"fleet.reputation={low: 0.9, high: 0.5}"}),
            "--set fleet.reputation={low: 0.9, high: 0.5}: fleet[0].reputation.low: got '0.9', "
            "expected at most reputation.high");
  EXPECT_EQ(
      Findings(Small(), {"fleet.gpu=mi250"}),
      "s.yaml:3:8: fleet[0].ask: got nothing, expected a price such as $2.19/h: the catalogue "
      "has no market price of 'mi250'");
}

TEST(BadInputTest, EverythingIsReportedAtOnceInTheOrderOfTheFile) {
  EXPECT_EQ(Findings(Small("seed: x\nwarm_up: 7\n"), {"fleet.count=0", "horizon=0s"}),
            "s.yaml:1:7: seed: got 'x', expected a whole number, at least 0\n"
            "s.yaml:2:10: warm_up: got '7', expected a duration with its unit such as 90s or 6h, "
            "from 0s to 36500d (did you mean '7s'?)\n"
            "--set horizon=0s: horizon: got '0s', expected a duration with its unit such as 90s or "
            "6h, from 1s to 36500d, or none\n"
            "--set fleet.count=0: fleet[0].count: got '0', expected a whole number, from 1 to "
            "10000000");
}

TEST(BadInputTest, ManyFindingsAreCut) {
  std::string text = Small();
  for (int i = 0; i < 300; ++i) text += "bad" + std::to_string(i) + ": 1\n";
  EXPECT_THAT(Findings(text), ::testing::EndsWith("\nand 100 more"));
}

}  // namespace
}  // namespace orrery::scenario
