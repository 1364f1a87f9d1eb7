// The whole path of a job through the model: generated arrival, decision, checker, back end,
// recorder, digests and, where named so, the results file. Each benchmark reports jobs a second of
// CPU time.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/testing/worlds.h"

namespace orrery {
namespace {

using scenario::Scenario;
using workload::GeneratorParams;
using workload::Population;

// What a generator takes at most.
constexpr double kMostArrivalsPerHour = 1e9;

struct Load {
  uint32_t nodes = 1000;
  uint32_t shapes = 1;       // of nodes
  double utilisation = 0.9;  // of the GPUs
  uint64_t jobs = 1'000'000;
  bool gangs = false;
  UsdPerHour max_price = {};  // zero: none
  bool urgency = false;       // jobs have deadlines and priorities
  uint64_t queue_limit = UINT64_MAX;
};

// Nodes of 8 GPUs; with more shapes, CPU and memory differ between groups.
Scenario Fleet(const Load& load) {
  std::vector<testing::Nodes> fleet;
  for (uint32_t s = 0; s < load.shapes; ++s) {
    fleet.push_back({.nodes = load.nodes / load.shapes,
                     .gpus = static_cast<uint16_t>(load.shapes == 1 ? 8 : 1 << (s % 4)),
                     .cores = 96.0 + 2 * (s / 4),
                     .memory_gib = 768.0 + 16 * (s / 4)});
  }
  return testing::MakeScenario(fleet);
}

// Jobs of sixteen sizes with CPU and memory; exponential durations, estimates up to five times too
// long.
GeneratorParams Jobs(const Scenario& scenario, const Load& load) {
  double gpus = 0;
  for (const auto& group : scenario.fleet) gpus += group.nodes.nodes * group.nodes.gpus_per_node;
  GeneratorParams params;
  Population population;
  population.sizes.clear();
  double mean_gpus = 0, weights = 0;
  for (uint16_t g : {1, 2, 4, 8}) {
    for (uint32_t v = 0; v < 4; ++v) {
      workload::SizeRow size;
      size.replicas = load.gangs ? 1u << v : 1u;
      size.gpus = g * size.replicas;
      size.cpu_milli = g * (4000 + 2000 * (load.gangs ? 1 : v));
      size.memory_mib = g * (16384 + 8192 * (load.gangs ? 1 : v));
      size.weight = 1.0 / size.gpus;
      mean_gpus += size.weight * size.gpus;
      weights += size.weight;
      population.sizes.push_back(size);
    }
  }
  mean_gpus /= weights;
  population.duration.law = workload::Exponential{3600};
  population.estimate.factor.law = workload::Uniform{1, 5};
  population.estimate.limit_factor = 1;
  if (load.urgency) {
    population.deadline.probability = 1;
    population.deadline.slack.law = workload::Uniform{1, 100};
    population.priorities = {{0, 1}, {1, 1}, {2, 1}, {3, 1}};
  }
  if (load.max_price > UsdPerHour()) {
    workload::RequirementTemplate priced{.requirements = {}, .probability = 1};
    priced.requirements.max_price = load.max_price;
    population.requirements = {priced};
  }
  params.populations = {population};
  params.arrivals.rate_per_h = std::min(load.utilisation * gpus / mean_gpus, kMostArrivalsPerHour);
  params.max_arrivals = load.jobs;
  return params;
}

// Memory that is allocated now.
double HeapMib() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd) / (1 << 20);
}

void RunWorld(benchmark::State& state, Scenario scenario, const Load& load, bool results) {
  scenario::WorkloadSource source;
  source.name = "jobs";
  source.source = Jobs(scenario, load);
  scenario.workload.push_back(source);
  const std::string path =
      (std::filesystem::temp_directory_path() / "orrery_scheduling_bench.h5").string();
  uint64_t jobs = 0;
  for (auto _ : state) {
    driver::WorldOptions options;
    if (results) options.results_path = path;
    auto world = driver::World::Build(scenario, options);
    if (!world) return state.SkipWithError(world.error().ToString().c_str());
    auto outcome = (*world)->Run({});
    if (!outcome) return state.SkipWithError(outcome.error().ToString().c_str());
    jobs += outcome->summary.jobs.submitted;
    state.counters["wait_mean_s"] = outcome->summary.wait_s.mean;
    state.counters["gpu"] = outcome->summary.utilisation.gpu;
  }
  std::filesystem::remove(path);
  state.SetItemsProcessed(static_cast<int64_t>(jobs));
}

void FifoBestFit(benchmark::State& state, const Load& load, bool results) {
  Scenario scenario = Fleet(load);
  testing::SetRole(&scenario, "place", "best_fit");
  RunWorld(state, std::move(scenario), load, results);
}

void Backfill(benchmark::State& state, const std::string& policy, const Load& load) {
  Scenario scenario = Fleet(load);
  scenario.scheduler.queue_limit = load.queue_limit;
  testing::SetRole(&scenario, "place", "best_fit");
  testing::SetRole(&scenario, "backfill", policy);
  RunWorld(state, std::move(scenario), load, /*results=*/true);
}

// All jobs arrive within four seconds, and then pass through a queue that begins a million long.
void Backlog(benchmark::State& state, const std::string& order, bool backlog) {
  const Load load{.utilisation = backlog ? 1e9 : 0.9, .urgency = true};
  Scenario scenario = Fleet(load);
  testing::SetRole(&scenario, "place", "best_fit");
  testing::SetRole(&scenario, "order", order);
  RunWorld(state, std::move(scenario), load, /*results=*/true);
}

// Every node asks its own price, jobs name a maximum one: each node is a class of its own.
void DistinctPrices(benchmark::State& state) {
  Load load{.nodes = 100'000, .shapes = 1, .jobs = 200'000};
  Scenario scenario = Fleet(load);
  auto& ask = scenario.fleet[0].nodes.ask;
  ask.median = UsdPerHour::FromDollars(1);
  ask.sigma = 0.5;
  ask.tick = UsdPerHour::Micros(1);
  testing::SetRole(&scenario, "place", "cheapest");
  load.max_price = UsdPerHour::FromDollars(2);
  RunWorld(state, std::move(scenario), load, /*results=*/true);
}

// Fleet, class index and all, without jobs.
void BuildFleet(benchmark::State& state, uint32_t nodes, uint16_t gpus) {
  Scenario scenario = testing::MakeScenario({{.nodes = nodes, .gpus = gpus, .cores = 96}});
  for (auto _ : state) {
    const double before = HeapMib();
    driver::WorldOptions options;
    options.open_workload = [](RequirementsTable*, workload::JobTables*) {
      return Result<std::vector<driver::ArrivalStream>>();
    };
    auto world = driver::World::Build(scenario, options);
    if (!world) return state.SkipWithError(world.error().ToString().c_str());
    state.counters["MiB"] = HeapMib() - before;
  }
}

// The most memory that was resident since the last call [MiB]; what earlier benchmarks left behind
// in the heap is given back first.
double PeakMibSinceLastCall() {
  double kib = 0;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) kib = std::stod(line.substr(6));
  }
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";  // proc(5): resets the peak
  return kib / 1024;
}

// Ten million jobs pass.
void TenMillionJobs(benchmark::State& state) {
  const Load load{.jobs = 10'000'000};
  Scenario scenario = Fleet(load);
  testing::SetRole(&scenario, "place", "best_fit");
  PeakMibSinceLastCall();
  RunWorld(state, std::move(scenario), load, /*results=*/true);
  state.counters["peak_MiB"] = PeakMibSinceLastCall();
}

BENCHMARK_CAPTURE(FifoBestFit, nodes_1000_results, Load{}, true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(FifoBestFit, nodes_1000_no_results, Load{}, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(FifoBestFit, nodes_100000_shapes_50, Load{.nodes = 100'000, .shapes = 50}, true)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Backfill, easy_nodes_1000_load_95, "easy", Load{.utilisation = 0.95})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Backfill, easy_nodes_1000_load_95_gangs, "easy",
                  Load{.utilisation = 0.95, .gangs = true})
    ->Unit(benchmark::kMillisecond);
// All jobs come at once: half of them wait on average.
BENCHMARK_CAPTURE(Backfill, easy_queue_of_40000, "easy",
                  Load{.nodes = 128, .utilisation = 1e6, .jobs = 40'000})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Backfill, conservative_nodes_1000_load_95, "conservative",
                  Load{.utilisation = 0.95, .jobs = 200'000})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Backfill, conservative_nodes_1000_load_95_gangs, "conservative",
                  Load{.utilisation = 0.95, .jobs = 50'000, .gangs = true})
    ->Unit(benchmark::kMillisecond);
// Some 2,000 GPUs, more work than they can do, and never more than 300 jobs in the queue.
BENCHMARK_CAPTURE(
    Backfill, conservative_shapes_50_queue_of_300, "conservative",
    Load{.nodes = 550, .shapes = 50, .utilisation = 1.3, .jobs = 20'000, .queue_limit = 300})
    ->Unit(benchmark::kMillisecond);

BENCHMARK_CAPTURE(Backlog, none, "fifo", false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Backlog, fifo, "fifo", true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Backlog, sjf, "sjf", true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Backlog, srtf, "srtf", true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Backlog, priority, "priority", true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Backlog, edf, "edf", true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Backlog, las2d, "las2d", true)->Unit(benchmark::kMillisecond);
BENCHMARK(DistinctPrices)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BuildFleet, nodes_125000_gpus_8, 125'000, 8)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BuildFleet, nodes_1000000_gpus_1, 1'000'000, 1)->Unit(benchmark::kMillisecond);
BENCHMARK(TenMillionJobs)->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
}  // namespace orrery
