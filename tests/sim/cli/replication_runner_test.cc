#include "sim/cli/replication_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "sim/results/summary.h"

namespace orrery::cli {
namespace {

using testing::HasSubstr;

scenario::Loaded Small(const std::vector<std::string>& settings) {
  const auto tables = scenario::Tables::Load("scenarios/data");
  const auto loaded = scenario::ParseScenario(
      "name: small\n"
      "horizon: 12h\n"
      "replications: 4\n"
      "fleet: {name: lab, gpu: a100-80, gpus_per_node: 8, count: 1, cpu: 96, memory: 1TiB}\n"
      "workload:\n"
      "  name: jobs\n"
      "  generator:\n"
      "    arrivals: {rate: 20/h}\n"
      "    populations:\n"
      "      - {name: all, class: batch_training, reference_gpu: a100-80, duration: 30min,\n"
      "         sizes: [{gpus: 2}]}\n",
      "small.yaml", settings, *tables);
  if (!loaded) throw std::runtime_error(loaded.error().ToString());
  return *loaded;
}

std::vector<results::Summary> SummariesOf(const scenario::Loaded& loaded, uint32_t threads) {
  const std::atomic<bool> interrupt{false};
  const RunPlan plan{.loaded = &loaded, .expected_jobs = 0, .threads = threads, .quiet = true};
  const auto summaries = RunReplications(plan, interrupt);
  if (!summaries) throw std::runtime_error(summaries.error().ToString());
  return *summaries;
}

TEST(ReplicationRunnerTest, AnyNumberOfThreadsGivesTheSameSummariesInTheSameOrder) {
  const scenario::Loaded loaded = Small({});
  const auto one = SummariesOf(loaded, 1);
  const auto many = SummariesOf(loaded, 3);
  ASSERT_EQ(one.size(), 4u);
  ASSERT_EQ(many.size(), 4u);
  for (size_t r = 0; r < one.size(); ++r) {
    EXPECT_EQ(one[r].replicate, r);
    EXPECT_TRUE(SameOutcome(one[r], many[r]));
  }
  EXPECT_NE(one[0].outcome_digest, one[1].outcome_digest);
}

TEST(ReplicationRunnerTest, StartsNothingAfterAnInterrupt) {
  const scenario::Loaded loaded = Small({});
  const std::atomic<bool> interrupt{true};
  const RunPlan plan{.loaded = &loaded, .expected_jobs = 0, .threads = 2, .quiet = true};
  const auto summaries = RunReplications(plan, interrupt);
  ASSERT_TRUE(summaries);
  EXPECT_TRUE(summaries->empty());
}

TEST(ReplicationRunnerTest, TellsTheErrorOfAReplication) {
  const scenario::Loaded loaded = Small({"outputs.file=/no/such/folder/out.h5"});
  const std::atomic<bool> interrupt{false};
  const RunPlan plan{.loaded = &loaded, .expected_jobs = 0, .threads = 2, .quiet = true};
  const auto summaries = RunReplications(plan, interrupt);
  ASSERT_FALSE(summaries);
  EXPECT_THAT(summaries.error().ToString(), HasSubstr("/no/such/folder/out-0.h5"));
}

TEST(ResultsPathTest, NumbersTheFilesOfReplications) {
  scenario::Scenario scenario;
  scenario.outputs.file = "a/out.h5";
  EXPECT_EQ(ResultsPath(scenario, 0), "a/out.h5");
  scenario.replications = 12;
  EXPECT_EQ(ResultsPath(scenario, 11), "a/out-11.h5");
}

}  // namespace
}  // namespace orrery::cli
