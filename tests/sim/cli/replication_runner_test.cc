#include "sim/cli/replication_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
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
  const Ended ended = RunReplications(plan, interrupt);
  if (ended.error) throw std::runtime_error(ended.error->ToString());
  return ended.summaries;
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
  const Ended ended = RunReplications(plan, interrupt);
  EXPECT_FALSE(ended.error);
  EXPECT_TRUE(ended.summaries.empty());
}

TEST(ReplicationRunnerTest, TellsTheErrorOfAReplication) {
  const scenario::Loaded loaded = Small({"outputs.file=/no/such/folder/out.h5"});
  const std::atomic<bool> interrupt{false};
  const RunPlan plan{.loaded = &loaded, .expected_jobs = 0, .threads = 2, .quiet = true};
  const Ended ended = RunReplications(plan, interrupt);
  ASSERT_TRUE(ended.error);
  EXPECT_THAT(ended.error->ToString(), HasSubstr("/no/such/folder/out-0.h5"));
}

// A disk that is full, or gone, after two of four.
TEST(ReplicationRunnerTest, WhatEndedBeforeAnErrorIsThere) {
  const std::filesystem::path folder(::testing::TempDir());
  std::filesystem::create_directory(folder / "out-2.h5");
  const scenario::Loaded loaded = Small({"outputs.file=" + (folder / "out.h5").string()});
  const std::atomic<bool> interrupt{false};
  const RunPlan plan{.loaded = &loaded, .expected_jobs = 0, .threads = 1, .quiet = true};
  const Ended ended = RunReplications(plan, interrupt);
  ASSERT_TRUE(ended.error);
  EXPECT_THAT(ended.error->ToString(), HasSubstr("out-2.h5"));
  ASSERT_EQ(ended.summaries.size(), 2u);
  EXPECT_EQ(ended.summaries[1].replicate, 1u);
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
