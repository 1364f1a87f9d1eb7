// The cost of a generated job.
#include <benchmark/benchmark.h>

#include <memory>

#include "models/workload/generator.h"
#include "sim/base/check.h"

namespace orrery::workload {
namespace {

void Run(benchmark::State& state, const GeneratorParams& params) {
  RequirementsTable requirements;
  auto source = MakeGenerator(params, /*seed=*/1, /*replicate=*/0, &requirements);
  ORRERY_CHECK(source.has_value(), source.error().ToString());
  Job job;
  for (auto _ : state) {
    benchmark::DoNotOptimize((*source)->Next(&job).value());
    benchmark::DoNotOptimize(job);
  }
  state.SetItemsProcessed(state.iterations());
}

std::vector<SizeRow> SixteenSizes() {
  std::vector<SizeRow> sizes;
  for (uint32_t i = 0; i < 16; ++i) sizes.push_back({.weight = 16.0 - i, .gpus = 1 + i % 8});
  return sizes;
}

// Target: at most 150 ns a job.
void BM_PoissonExponentialSixteenSizes(benchmark::State& state) {
  GeneratorParams params{.arrivals = {.rate_per_h = 3600}};
  params.populations = {Population{.sizes = SixteenSizes()}};
  Run(state, params);
}
BENCHMARK(BM_PoissonExponentialSixteenSizes);

// A day's shape in twelve regions, log-normal run times, 1,000 users, estimates and deadlines.
void BM_DailyShapeLogNormalUsersDeadlines(benchmark::State& state) {
  GeneratorParams params{.arrivals = {.rate_per_h = 3600}};
  for (int hour = 0; hour < 24; ++hour) {
    params.arrivals.shape.daily.push_back(hour < 8 ? 1 : 3);
  }
  for (uint16_t r = 0; r < 12; ++r) {
    params.regions.push_back({.region = RegionId(r), .utc_offset = Duration::Hours(r)});
  }
  params.users = {.count = 1000, .zipf_exponent = 1};
  params.populations = {Population{
      .sizes = SixteenSizes(),
      .duration = {.law = LogNormal{.median = 600, .sigma = 2}},
      .estimate = {.factor = {.law = Uniform{1, 5}}, .limit_factor = 2},
      .deadline = {.probability = 0.5},
  }};
  Run(state, params);
}
BENCHMARK(BM_DailyShapeLogNormalUsersDeadlines);

void BM_GammaBurstsDailyShape(benchmark::State& state) {
  GeneratorParams params{.arrivals = {.rate_per_h = 3600, .law = GammaArrivals{.cv = 3}}};
  for (int hour = 0; hour < 24; ++hour) {
    params.arrivals.shape.daily.push_back(hour < 8 ? 1 : 3);
  }
  params.populations = {Population{.sizes = SixteenSizes()}};
  Run(state, params);
}
BENCHMARK(BM_GammaBurstsDailyShape);

// Tasks of bags: a sweep has 16 trials at the median.
void BM_SweepTasks(benchmark::State& state) {
  GeneratorParams params{.arrivals = {.rate_per_h = 3600}};
  params.populations = {Population{.job_class = SweepParams()}};
  Run(state, params);
}
BENCHMARK(BM_SweepTasks);

}  // namespace
}  // namespace orrery::workload
