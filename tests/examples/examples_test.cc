// What docs/adding-*.md build, at work together in one scenario.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <span>
#include <stdexcept>
#include <string>

#include "sim/driver/world.h"
#include "sim/results/reader.h"
#include "sim/scenario/load.h"

namespace orrery {
namespace {

// One node of four GPUs. Jobs 0 and 1 come in office hours and fill it, job 2 at night.
constexpr char kJobs[] =
    "submit_s,run_s,gpus,user\n"
    "36000,3600,4,ada\n"
    "36060,3600,4,ada\n"
    "36120,3600,1,grace\n"
    "75600,3600,1,grace\n";

scenario::Loaded Load(const std::string& trace, const std::string& more) {
  const auto tables = scenario::Tables::Load("scenarios/data");
  const auto loaded = scenario::ParseScenario(
      "name: examples\n"
      "fleet: {name: lab, gpus_per_node: 4, gpu: a100-80, count: 1, cpu: 32, memory: 128GiB}\n"
      "workload:\n"
      "  name: jobs\n"
      "  trace: {format: joblist, dir: " +
          testing::TempDir() + ", file: " + trace + ", reference_gpu: a100-80}\n" + more,
      "examples.yaml", {}, *tables);
  if (!loaded) throw std::runtime_error(loaded.error().ToString());
  return *loaded;
}

class ExamplesTest : public testing::Test {
 protected:
  void SetUp() override { std::ofstream(testing::TempDir() + "jobs.csv") << kJobs; }

  // Start times by job, in seconds.
  std::map<uint32_t, double> Starts(const std::string& more) {
    const scenario::Loaded loaded = Load("jobs.csv", more);
    const std::string file = testing::TempDir() + "examples.h5";
    driver::WorldOptions options;
    options.results_path = file;
    auto world = driver::World::Build(loaded.scenario, options);
    if (!world) throw std::runtime_error(world.error().ToString());
    if (auto run = (*world)->Run({}); !run) throw std::runtime_error(run.error().ToString());
    const auto reader = results::ResultsReader::Open(file);
    std::map<uint32_t, double> starts;
    (void)reader->ForEachBlock<results::JobRow>({}, [&](std::span<const results::JobRow> rows) {
      for (const results::JobRow& row : rows) {
        starts[row.job] = static_cast<double>(row.start_ns) * 1e-9;
      }
    });
    return starts;
  }
};

TEST_F(ExamplesTest, TheTraceFormatReadsItsFile) {
  const auto starts = Starts("scheduler: {order: fifo}\n");
  EXPECT_EQ(starts, (std::map<uint32_t, double>{{0, 36000}, {1, 39600}, {2, 43200}, {3, 75600}}));
}

TEST_F(ExamplesTest, TheTransformationHoldsJobsBackUntilTheMorning) {
  // 21:00 becomes 09:00 of the next day.
  const auto starts = Starts("  transforms: [office_hours]\nscheduler: {order: fifo}\n");
  EXPECT_DOUBLE_EQ(starts.at(3), (24 + 9) * 3600);
  EXPECT_DOUBLE_EQ(starts.at(0), 36000);
}

TEST_F(ExamplesTest, ThePolicyLetsSmallJobsGoFirst) {
  // Job 2 wants three GPUs less than job 1 and came a minute later.
  const auto starts = Starts("scheduler: {order: smallest_first}\n");
  EXPECT_DOUBLE_EQ(starts.at(2), 39600);
  EXPECT_DOUBLE_EQ(starts.at(1), 43200);
}

TEST_F(ExamplesTest, ThePolicysParameterMatters) {
  // At ten seconds a GPU, job 2 makes up for 30 of the 60 seconds that it came later.
  const auto starts = Starts("scheduler: {order: {policy: smallest_first, patience: 10s}}\n");
  EXPECT_DOUBLE_EQ(starts.at(1), 39600);
  EXPECT_DOUBLE_EQ(starts.at(2), 43200);
}

}  // namespace
}  // namespace orrery
