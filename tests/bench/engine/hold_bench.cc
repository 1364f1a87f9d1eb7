// The hold model: `n` events are pending, each step takes the first one, touches one random cache
// line and schedules the entity's next event.
//
// The engine and the bare ladder queue run in turns within one benchmark, so that whatever else the
// machine does meets both. Counters: `engine_ns` and `ladder_ns`, CPU time an event, and `ratio`.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sim/base/cpu_clock.h"
#include "tests/bench/engine/contenders.h"
#include "tests/bench/engine/hold_model.h"

namespace orrery::bench {
namespace {

template <typename Contender>
double Measure(Contender& contender, int64_t events) {
  const double start = CpuSeconds();
  contender.Run(events);
  return CpuSeconds() - start;
}

// Starts `pending` events, and as many that never come as given, and lets the queue come to its
// steady state.
template <typename Contender>
void WarmUp(Contender& contender, Increments increments, int64_t pending, int64_t in_centuries) {
  for (int64_t i = 0; i < pending; ++i) {
    contender.Schedule(increments.Next(), static_cast<uint64_t>(i));
  }
  constexpr int64_t kAlmostNever = 9'100'000'000'000'000'000;
  for (int64_t i = 0; i < in_centuries; ++i) contender.Schedule(kAlmostNever + i * 1'000, 0);
  contender.Run(3 * pending);
}

void Hold(benchmark::State& bench, Increments increments, int64_t one_in_centuries) {
  const int64_t pending = bench.range(0);
  std::vector<EntityState> state(static_cast<size_t>(pending));
  BareLadder ladder(state, increments);
  Engine engine(state, increments);
  const int64_t in_centuries = one_in_centuries > 0 ? pending / one_in_centuries : 0;
  WarmUp(ladder, increments, pending, in_centuries);
  WarmUp(engine, increments, pending, in_centuries);
  const int64_t turn = std::max<int64_t>(100'000, pending / 4);
  double ladder_seconds = 0;
  double engine_seconds = 0;
  for (auto _ : bench) {
    ladder_seconds += Measure(ladder, turn);
    const double seconds = Measure(engine, turn);
    engine_seconds += seconds;
    bench.SetIterationTime(seconds);
  }
  const double events = static_cast<double>(bench.iterations() * turn);
  bench.SetItemsProcessed(bench.iterations() * turn);
  bench.counters["engine_ns"] = engine_seconds / events * 1e9;
  bench.counters["ladder_ns"] = ladder_seconds / events * 1e9;
  bench.counters["ratio"] = engine_seconds / ladder_seconds;
}

void HoldHeap(benchmark::State& bench, Increments increments) {
  const int64_t pending = bench.range(0);
  std::vector<EntityState> state(static_cast<size_t>(pending));
  BareHeap heap(state, increments);
  for (int64_t i = 0; i < pending; ++i) {
    heap.Schedule(increments.Next(), static_cast<uint64_t>(i));
  }
  constexpr int64_t kTurn = 100'000;
  heap.Run(kTurn);
  double seconds = 0;
  for (auto _ : bench) seconds += Measure(heap, kTurn);
  const double events = static_cast<double>(bench.iterations() * kTurn);
  bench.SetItemsProcessed(bench.iterations() * kTurn);
  bench.counters["heap_ns"] = seconds / events * 1e9;
}

// Forty turns are ten events for each pending one at least.
void Sizes(benchmark::internal::Benchmark* benchmark) {
  for (const int64_t pending : {1'000, 10'000, 100'000, 1'000'000, 10'000'000}) {
    benchmark->Arg(pending);
  }
  benchmark->ArgName("pending")->Iterations(40)->UseManualTime()->Unit(benchmark::kMillisecond);
}
void HeapSizes(benchmark::internal::Benchmark* benchmark) {
  for (const int64_t pending : {1'000, 100'000, 1'000'000, 10'000'000}) benchmark->Arg(pending);
  benchmark->ArgName("pending")->Iterations(10)->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(Hold, exponential, Increments::Exponential(1e9), 0)->Apply(Sizes);
BENCHMARK_CAPTURE(HoldHeap, exponential, Increments::Exponential(1e9))->Apply(HeapSizes);
BENCHMARK_CAPTURE(Hold, uniform, Increments::Uniform(0, 2e9), 0)->Apply(Sizes);
BENCHMARK_CAPTURE(Hold, heavy_tailed, Increments::HeavyTailed(1e8), 0)->Apply(Sizes);
BENCHMARK_CAPTURE(Hold, bimodal, Increments::Bimodal(1e6), 0)->Apply(Sizes);
BENCHMARK_CAPTURE(Hold, ties, Increments::Ticks(10), 0)->Apply(Sizes);
BENCHMARK_CAPTURE(Hold, one_percent_in_290_years, Increments::Exponential(1e6), 100)->Apply(Sizes);

}  // namespace
}  // namespace orrery::bench
