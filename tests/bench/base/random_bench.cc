// Time of random numbers: one alone from a sample of its own, and the mix of one generated job.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "sim/base/distributions.h"
#include "sim/base/random.h"

namespace orrery {
namespace {

template <typename Sampler>
void BM_Fresh(benchmark::State& state, Sampler sampler) {
  const RandomStream stream = RandomStreams(1, 0).Stream("bench");
  uint64_t sample = 0;
  for (auto _ : state) {
    Draw draw = stream.At(sample++);
    benchmark::DoNotOptimize(sampler(draw));
  }
}

template <typename Sampler>
void BM_Running(benchmark::State& state, Sampler sampler) {
  Draw draw = RandomStreams(1, 0).Stream("bench").At(0);
  for (auto _ : state) benchmark::DoNotOptimize(sampler(draw));
}

// What a generator draws for a job: inter-arrival time, work, GPUs, user, class, estimate, …
void BM_Job(benchmark::State& state) {
  const RandomStream stream = RandomStreams(1, 0).Stream("bench/job");
  const std::vector<double> weights = {50, 20, 10, 10, 5, 3, 2};
  const auto sizes = *DiscreteDistribution::Create(weights);
  const std::vector<EmpiricalDistribution::Row> rows = {
      {0, 1}, {0.1, 60}, {0.25, 300}, {0.5, 1800}, {0.75, 7200}, {0.9, 40'000}, {1, 1e6}};
  const auto memory =
      *EmpiricalDistribution::Create(rows, EmpiricalDistribution::Interpolation::kLog);
  uint64_t job = 0;
  for (auto _ : state) {
    Draw draw = stream.At(job++);
    double sum = draw.Exponential(10);
    sum += draw.LogNormal(7, 1.8);
    sum += draw.Weibull(0.7, 3600);
    sum += memory(draw);
    sum += draw.Normal(1, 0.3);
    uint64_t bits = sizes(draw);
    bits += draw.UniformInt(10'000);
    bits += draw.Bernoulli(0.2) ? 1 : 0;
    bits += draw.UniformInt(12);
    sum += draw.Uniform01();
    benchmark::DoNotOptimize(sum);
    benchmark::DoNotOptimize(bits);
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(BM_Fresh, bits, [](Draw& d) { return d.Bits(); });
BENCHMARK_CAPTURE(BM_Fresh, exponential, [](Draw& d) { return d.Exponential(1); });
BENCHMARK_CAPTURE(BM_Running, bits, [](Draw& d) { return d.Bits(); });
BENCHMARK_CAPTURE(BM_Running, uniform_int, [](Draw& d) { return d.UniformInt(1000); });
BENCHMARK_CAPTURE(BM_Running, exponential, [](Draw& d) { return d.Exponential(1); });
BENCHMARK_CAPTURE(BM_Running, normal, [](Draw& d) { return d.Normal(); });
BENCHMARK_CAPTURE(BM_Running, log_normal, [](Draw& d) { return d.LogNormal(7, 2); });
BENCHMARK_CAPTURE(BM_Running, weibull, [](Draw& d) { return d.Weibull(0.7, 3600); });
BENCHMARK_CAPTURE(BM_Running, gamma, [](Draw& d) { return d.Gamma(2, 1); });
BENCHMARK_CAPTURE(BM_Running, poisson_4, [](Draw& d) { return d.Poisson(4); });
BENCHMARK_CAPTURE(BM_Running, poisson_400, [](Draw& d) { return d.Poisson(400); });
BENCHMARK(BM_Job)->Name("job_of_11_numbers");

}  // namespace
}  // namespace orrery
