// Small worlds for tests and benchmarks, built in code: a fleet, jobs by hand or generated, a
// scheduler; and what became of each job.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/energy/electricity_table.h"
#include "models/workload/data.h"
#include "models/workload/generator.h"
#include "models/workload/job.h"
#include "sim/driver/world.h"
#include "sim/results/reader.h"
#include "sim/scenario/scenario.h"

namespace orrery::testing {

// `nodes` equal nodes without price.
struct Nodes {
  uint32_t nodes = 1;
  uint16_t gpus = 1;
  double cores = 64;
  double memory_gib = 512;
  std::string gpu = "test-gpu";
};

// A scenario with one region, seed 1, fifo, first_fit, strict, no time series and no file. Rows of
// `gpus` are the catalogue; nodes name them by id.
scenario::Scenario MakeScenario(const std::vector<Nodes>& fleet,
                                const std::vector<fleet::GpuModel>& gpus = {});

// Sets a role: "place", "power_of_d", {{"d", "3"}}.
void SetRole(scenario::Scenario* scenario, const std::string& role, const std::string& policy,
             std::vector<std::pair<std::string, std::string>> parameters = {});

// Electricity for $0.20 and with 500 g of CO2 a kilowatt-hour everywhere; but in XX it costs $0.10
// in the first hour of the day and $0.30 in the second. `error`: of that, as the table states it.
std::shared_ptr<const energy::ElectricityTable> TwoTariffs(double error = 0);

// A job of `replicas` × `gpus` GPUs that arrives at `submit_s` and runs for `work_s`.
workload::Job MakeJob(double submit_s, double work_s, uint16_t gpus = 1, uint32_t replicas = 1);

// Jobs given in code, in order of submit.
class ListedJobs final : public workload::JobSource {
 public:
  explicit ListedJobs(std::vector<workload::Job> jobs) : jobs_(std::move(jobs)) {}
  Result<bool> Next(workload::Job* job) override {
    if (next_ == jobs_.size()) return false;
    *job = jobs_[next_++];
    return true;
  }

 private:
  std::vector<workload::Job> jobs_;
  size_t next_ = 0;
};

// What became of a job, from the results file.
struct Outcome {
  double start_s = -1;
  double end_s = -1;
  uint32_t node = 0;
  uint32_t attempts = 0;
  uint32_t preemptions = 0;
  results::JobRow row;
};

struct Ran {
  results::Summary summary;
  std::vector<Outcome> jobs;  // in the order of their ids: replicas of services come last
  std::vector<results::AttemptRow> attempts;  // `job` is an index of jobs
  std::vector<results::NodeEventRow> node_events;
};

// Runs `jobs` (or the scenario's own workload where there are none). Aborts the test on an error.
// RequirementsId(i + 1) of a job names requirements[i], data i + 1 names data[i].
Ran Run(const scenario::Scenario& scenario, std::optional<std::vector<workload::Job>> jobs,
        uint32_t replicate = 0, std::vector<Requirements> requirements = {},
        std::vector<workload::DataParams> data = {});
// Runs `jobs` and reads the results file; aborts the test on an error.
void RunAndRead(const scenario::Scenario& scenario, const std::vector<workload::Job>& jobs,
                const std::function<Result<void>(const results::ResultsReader&)>& read);
// The rows of one table after a run of `jobs`: NodeTrustRow, LedgerRow, ….
template <typename Row>
std::vector<Row> RowsOf(const scenario::Scenario& scenario,
                        const std::vector<workload::Job>& jobs) {
  std::vector<Row> rows;
  RunAndRead(scenario, jobs, [&](const results::ResultsReader& reader) {
    return reader.ForEachBlock<Row>({}, [&](std::span<const Row> block) {
      rows.insert(rows.end(), block.begin(), block.end());
    });
  });
  return rows;
}
// The summary alone, without a results file.
results::Summary RunSummary(const scenario::Scenario& scenario,
                            std::optional<std::vector<workload::Job>> jobs = {},
                            uint32_t replicate = 0, std::vector<Requirements> requirements = {},
                            std::vector<workload::DataParams> data = {});

}  // namespace orrery::testing
