// Mistakes in what a scenario says of failures and churn.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/scenario_testing.h"

namespace orrery::scenario {
namespace {

using testing::Findings;
using testing::FindingsWith;
using testing::Folder;
using ::testing::HasSubstr;
using testing::Small;

TEST(BadFailuresTest, ABlacklistNeedsSomethingThatFails) {
  EXPECT_THAT(Findings(Small(), {"failures.blacklist={failures: 3}"}),
              HasSubstr("failures.blacklist: got a list of nodes that fail, where nothing does"));
  for (const char* what : {"failures.level=simple", "churn=simple", "trust=simple"}) {
    EXPECT_EQ(Findings(Small(), {"failures.blacklist={failures: 3}", what, "horizon=1d"}), "")
        << what;
  }
  EXPECT_THAT(Findings(Small(), {"failures={level: simple, blacklist: {within: 5}}"}),
              HasSubstr("failures.blacklist.within"));
}

TEST(BadFailuresTest, ReplaysNeedTheirFilesAndOneTraceARegion) {
  EXPECT_EQ(FindingsWith("failures: {level: replay}\n"),
            "s.yaml:1:11: failures.traces: got nothing, expected a list");
  EXPECT_EQ(FindingsWith("churn: {level: replay, traces: [{file: nix.tab}]}\n"),
            "s.yaml:1:40: churn.traces[0].file: got 'nix.tab', expected a file that exists "
            "(docs/traces.md says where to get traces)");
  EXPECT_THAT(FindingsWith("churn: {level: replay, traces: [{file: a}, {file: a}]}\n"),
              HasSubstr("churn.traces[1].region: got 'none', which churn.traces[0].region has "
                        "already, expected each region once"));
  EXPECT_THAT(FindingsWith("checkpoints: {interval: young_daly, cost: 1min}\n"
                           "failures: {level: replay, traces: [{file: a}]}\n"),
              HasSubstr("checkpoints.interval: got 'young_daly' without a law of failures, "
                        "expected failures: simple or full"));
}

TEST(BadFailuresTest, ASizeOfCheckpointsNeedsABandwidth) {
  EXPECT_EQ(FindingsWith("checkpoints: {cost: {per_gpu: 6GB}}\n"),
            "s.yaml:1:31: checkpoints.cost.per_gpu: got a size without what it is written at, "
            "expected bandwidth beside it (or none, said so)");
  EXPECT_EQ(FindingsWith("checkpoints: {cost: {per_gpu: 6GB, bandwidth: none}}\n"), "");
  EXPECT_EQ(
      FindingsWith("checkpoints: {cost: {bandwidth: 2GB}}\n"),
      "s.yaml:1:33: checkpoints.cost.bandwidth: got '2GB', expected a bandwidth with its unit "
      "such as 900GB/s, from 0.001GB/s to 1e+05GB/s, or none");
  EXPECT_EQ(FindingsWith("checkpoints: {cost: {size: 2GB}}\n"),
            "s.yaml:1:22: checkpoints.cost.size: got an unknown key, expected one of bandwidth, "
            "fixed, per_gpu");
  EXPECT_EQ(
      FindingsWith(
          "failures: simple\ncheckpoints: {interval: young_daly, cost: {bandwidth: none}}\n"),
      "s.yaml:2:43: checkpoints.cost: got 0s beside interval: young_daly, expected what saving "
      "takes");
  EXPECT_EQ(
      FindingsWith(
          "failures: simple\ncheckpoints: {interval: young_daly, cost: {bandwidth: 2GB/s}}\n"),
      "");
}

TEST(BadFailuresTest, RunsThatMightNeverEndNeedAHorizon) {
  const auto with = [](const std::vector<std::string>& more) {
    std::vector<std::string> settings = {"horizon=none", "workload.generator.max_arrivals=9"};
    settings.insert(settings.end(), more.begin(), more.end());
    return Findings(Small(), settings);
  };
  EXPECT_EQ(with({"churn=simple"}),
            "--set horizon=none: horizon: got none beside churn, expected a duration: a job that "
            "needs longer than owners stay may never be done");
  EXPECT_THAT(with({"failures=full", "scheduler.retries=none"}),
              HasSubstr("horizon: got none beside failures and retries: none, expected a duration, "
                        "or scheduler.retries"));
  EXPECT_EQ(with({"failures=full"}), "");
  EXPECT_EQ(with({"scheduler.retries=none"}), "");
  const Folder folder;
  const std::string traces = "{level: replay, traces: [{file: " + folder.Write("x.tab", "") + "}]}";
  for (const char* section : {"failures=", "churn="}) {
    EXPECT_EQ(with({section + traces}),
              "--set horizon=none: horizon: got none beside traces of machines, which end; "
              "expected a duration within them");
  }
}

}  // namespace
}  // namespace orrery::scenario
