// The cost of asking how fast a job goes on a GPU.
#include <benchmark/benchmark.h>

#include <vector>

#include "models/workload/speed.h"
#include "sim/base/check.h"

namespace orrery::workload {
namespace {

void BM_SpeedQuery(benchmark::State& state) {
  const auto catalogue = fleet::GpuCatalogue::Load("scenarios/data/gpus.csv");
  ORRERY_CHECK(catalogue.has_value(), catalogue.error().ToString());
  const SpeedModel speeds(*catalogue, nullptr);
  std::vector<Job> jobs(64);
  for (size_t i = 0; i < jobs.size(); ++i) {
    jobs[i].job_class = static_cast<JobClass>(i % kJobClasses);
    jobs[i].demand.gpus = 1;
    jobs[i].reference_gpu = GpuModelId(static_cast<uint16_t>(i % catalogue->size()));
  }
  size_t i = 0;
  for (auto _ : state) {
    const GpuModelId gpu(static_cast<uint16_t>(i % 32));
    benchmark::DoNotOptimize(speeds.Speed(jobs[i % jobs.size()], gpu));
    ++i;
  }
}
BENCHMARK(BM_SpeedQuery);

}  // namespace
}  // namespace orrery::workload
