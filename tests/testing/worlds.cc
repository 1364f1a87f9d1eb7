#include "tests/testing/worlds.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "sim/base/check.h"
#include "sim/results/reader.h"

namespace orrery::testing {

namespace {

fleet::GpuCatalogue CatalogueOf(std::vector<fleet::GpuModel> gpus) {
  if (gpus.empty()) {
    gpus.emplace_back();
    gpus.back().id = "test-gpu";
  }
  return fleet::GpuCatalogue::FromRows(std::move(gpus));
}

template <typename T>
T OrDie(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().ToString().c_str());
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

driver::WorldOptions OptionsFor(std::optional<std::vector<workload::Job>> jobs, uint32_t replicate,
                                std::vector<Requirements> requirements,
                                std::vector<workload::DataParams> data) {
  driver::WorldOptions options;
  options.replicate = replicate;
  if (jobs) {
    options.open_workload = [jobs = std::move(*jobs), requirements = std::move(requirements),
                             data = std::move(data)](RequirementsTable* table,
                                                     workload::JobTables* tables) {
      for (size_t i = 0; i < requirements.size(); ++i) {
        ORRERY_CHECK(table->Intern(requirements[i]).index() == i + 1, i);
      }
      for (size_t i = 0; i < data.size(); ++i) {
        ORRERY_CHECK(tables->data.Add("data" + std::to_string(i), data[i]) == i + 1, i);
      }
      std::vector<driver::ArrivalStream> streams;
      streams.push_back({std::make_unique<ListedJobs>(jobs), /*kill_at_limit=*/true});
      return Result<std::vector<driver::ArrivalStream>>(std::move(streams));
    };
  }
  return options;
}

std::string TemporaryPath() {
  static int count = 0;
  const char* folder = std::getenv("TEST_TMPDIR");
  return std::string(folder != nullptr ? folder : "/tmp") + "/orrery_world_" +
         std::to_string(getpid()) + "_" + std::to_string(count++) + ".h5";
}

}  // namespace

scenario::Scenario MakeScenario(const std::vector<Nodes>& fleet,
                                const std::vector<fleet::GpuModel>& gpus) {
  scenario::Scenario scenario;
  scenario.name = "test";
  scenario.gpus = std::make_shared<fleet::GpuCatalogue>(CatalogueOf(gpus));
  scenario::Region region;
  region.id = "here";
  region.country = "ZZ";
  scenario.regions.push_back(region);
  for (const Nodes& nodes : fleet) {
    scenario::FleetGroup group;
    group.nodes.name = "group" + std::to_string(scenario.fleet.size());
    group.nodes.nodes = nodes.nodes;
    group.nodes.gpus_per_node = nodes.gpus;
    if (nodes.gpus > 0) {
      const auto model = scenario.gpus->Find(nodes.gpu);
      ORRERY_CHECK(model.has_value(), nodes.gpu);
      group.nodes.gpu_model = *model;
    }
    group.nodes.cpu_milli = static_cast<uint32_t>(nodes.cores * 1000);
    group.nodes.memory_mib = static_cast<uint32_t>(nodes.memory_gib * 1024);
    group.nodes.regions = {{RegionId(0), 1}};
    group.nodes.ask.median = UsdPerHour();
    scenario.fleet.push_back(group);
  }
  SetRole(&scenario, "order", "fifo");
  SetRole(&scenario, "place", "first_fit");
  scenario.scheduler.blocking = scenario::Blocking::kStrict;
  scenario.outputs.timeseries = Duration();
  return scenario;
}

void SetRole(scenario::Scenario* scenario, const std::string& role, const std::string& policy,
             std::vector<std::pair<std::string, std::string>> parameters) {
  scenario::PolicyChoice choice{policy, std::move(parameters)};
  scenario::Scheduler& scheduler = scenario->scheduler;
  if (role == "order") {
    scheduler.order = choice;
  } else if (role == "place") {
    scheduler.place = choice;
  } else if (role == "backfill") {
    scheduler.backfill = choice;
  } else if (role == "preempt") {
    scheduler.preempt = choice;
  } else if (role == "rebalance") {
    scheduler.rebalance = choice;
  } else if (role == "allocate") {
    scheduler.allocate = choice;
  } else if (role == "market") {
    scheduler.market = choice;
  } else {
    ORRERY_CHECK(false, role);
  }
}

std::shared_ptr<const energy::ElectricityTable> TwoTariffs(double error) {
  using energy::ElectricityTable;
  using energy::Quantity;
  std::vector<double> hours(24, 1.0);
  hours[0] = 0.5;
  hours[1] = 1.5;
  return std::make_shared<ElectricityTable>(ElectricityTable::FromRows({
      {.quantity = Quantity::kPrice, .zone = "ZZ", .country = "ZZ", .mean = 0.2},
      {.quantity = Quantity::kCarbon, .zone = "ZZ", .country = "ZZ", .mean = 500},
      {.quantity = Quantity::kPrice,
       .zone = "XX",
       .country = "XX",
       .mean = 0.2,
       .hours = hours,
       .months = std::vector<double>(12, 1.0),
       .error = error},
  }));
}

workload::Job MakeJob(double submit_s, double work_s, uint16_t gpus, uint32_t replicas) {
  workload::Job job;
  job.submit = SimTime::FromSeconds(submit_s);
  job.work = Duration::FromSeconds(work_s);
  job.estimate = job.work;
  job.demand.gpus = gpus;
  job.replicas = replicas;
  return job;
}

Ran Run(const scenario::Scenario& scenario, std::optional<std::vector<workload::Job>> jobs,
        uint32_t replicate, std::vector<Requirements> requirements,
        std::vector<workload::DataParams> data) {
  driver::WorldOptions options =
      OptionsFor(std::move(jobs), replicate, std::move(requirements), std::move(data));
  options.results_path = TemporaryPath();
  Ran ran;
  {
    auto world = OrDie(driver::World::Build(scenario, options));
    ran.summary = OrDie(world->Run({})).summary;
  }
  results::ResultsReader reader = OrDie(results::ResultsReader::Open(options.results_path));
  std::map<uint32_t, uint32_t> order;  // of the job ids
  OrDie(reader.ForEachBlock<results::JobRow>({}, [&](std::span<const results::JobRow> rows) {
    for (const results::JobRow& row : rows) order[row.job];
  }));
  for (uint32_t next = 0; auto& [id, place] : order) place = next++;
  ran.jobs.resize(order.size());
  OrDie(reader.ForEachBlock<results::JobRow>({}, [&](std::span<const results::JobRow> rows) {
    for (const results::JobRow& row : rows) {
      ran.jobs[order.at(row.job)] = {.start_s = static_cast<double>(row.start_ns) * 1e-9,
                                     .end_s = static_cast<double>(row.end_ns) * 1e-9,
                                     .node = row.node,
                                     .attempts = row.attempts,
                                     .preemptions = row.preemptions,
                                     .row = row};
    }
  }));
  OrDie(
      reader.ForEachBlock<results::AttemptRow>({}, [&](std::span<const results::AttemptRow> rows) {
        for (const results::AttemptRow& row : rows) {
          ran.attempts.push_back(row);
          ran.attempts.back().job = order.at(row.job);
        }
      }));
  OrDie(reader.ForEachBlock<results::NodeEventRow>(
      {}, [&](std::span<const results::NodeEventRow> rows) {
        ran.node_events.insert(ran.node_events.end(), rows.begin(), rows.end());
      }));
  std::filesystem::remove(options.results_path);
  return ran;
}

void RunAndRead(const scenario::Scenario& scenario, const std::vector<workload::Job>& jobs,
                const std::function<Result<void>(const results::ResultsReader&)>& read) {
  driver::WorldOptions options = OptionsFor(jobs, 0, {}, {});
  options.results_path = TemporaryPath();
  OrDie(OrDie(driver::World::Build(scenario, options))->Run({}));
  OrDie(read(OrDie(results::ResultsReader::Open(options.results_path))));
  std::filesystem::remove(options.results_path);
}

results::Summary RunSummary(const scenario::Scenario& scenario,
                            std::optional<std::vector<workload::Job>> jobs, uint32_t replicate,
                            std::vector<Requirements> requirements,
                            std::vector<workload::DataParams> data) {
  auto world = OrDie(driver::World::Build(
      scenario, OptionsFor(std::move(jobs), replicate, std::move(requirements), std::move(data))));
  return OrDie(world->Run({})).summary;
}

}  // namespace orrery::testing
