// What could make an event queue stumble: many events of one instant, bursts, insertion in order
// and against it, decisions asked for at once, timers that are set again with every event.
//
// Counter `ns`: CPU time for one event, from scheduling it to processing it. None should be far
// above the hold model at the same number of pending events (hold_bench).
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sim/base/cpu_clock.h"
#include "sim/base/prefetch.h"
#include "sim/engine/simulator.h"
#include "tests/bench/engine/hold_model.h"

namespace orrery::bench {
namespace {

using engine::Event;
using engine::EventHandle;
using engine::Priority;
using engine::Simulator;

constexpr int64_t kSecond = 1'000'000'000;

// Runs the benchmark's iterations and reports the CPU time of each of their events.
template <typename Iteration>
void MeasurePerEvent(benchmark::State& bench, int64_t events_an_iteration, Iteration&& iteration) {
  const double start = CpuSeconds();
  for (auto _ : bench) iteration();
  const double events = static_cast<double>(bench.iterations() * events_an_iteration);
  bench.counters["ns"] = (CpuSeconds() - start) / events * 1e9;
}

// Counts what happens to it.
class Sink final : public engine::Component {
 public:
  explicit Sink(Simulator& simulator) : simulator_(simulator), id_(simulator.Register(this)) {}
  void OnEvent(const Event& event) override { sum_ += event.payload; }
  void Schedule(int64_t time, int64_t i, Priority priority) {
    simulator_.Schedule(SimTime::FromNanos(time), priority, id_, 0, static_cast<uint64_t>(i));
  }

 private:
  Simulator& simulator_;
  engine::ComponentId id_;
  uint64_t sum_ = 0;
};

// Schedules n events with `time(i)` nanoseconds from now, one after the other, and processes them.
template <typename Time>
void FillAndDrain(benchmark::State& bench, int priorities, Time&& time) {
  const int64_t n = bench.range(0);
  Simulator simulator;
  Sink sink(simulator);
  MeasurePerEvent(bench, n, [&] {
    const int64_t start = simulator.now().nanos();
    // The queue makes ready for an event beyond all others before those come in: each of them lies
    // before what it has prepared.
    sink.Schedule(start + 100 * kSecond, 0, Priority::kSample);
    benchmark::DoNotOptimize(simulator.NextTime());
    for (int64_t i = 0; i < n; ++i) {
      sink.Schedule(start + time(i), i, static_cast<Priority>(i % priorities));
    }
    simulator.Run(SimTime::Never());
  });
}

void OneInstant(benchmark::State& bench) {
  FillAndDrain(bench, 1, [](int64_t) { return kSecond; });
}
void OneInstantAllPriorities(benchmark::State& bench) {
  FillAndDrain(bench, engine::kPriorities, [](int64_t) { return kSecond; });
}
void BurstWithinAMicrosecond(benchmark::State& bench) {
  FillAndDrain(bench, 1, [](int64_t i) { return kSecond + i * 7'919 % 1'000; });
}
void InOrder(benchmark::State& bench) {
  FillAndDrain(bench, 1, [](int64_t i) { return kSecond + i * 1'000; });
}
void AgainstTheOrder(benchmark::State& bench) {
  const int64_t n = bench.range(0);
  FillAndDrain(bench, 1, [n](int64_t i) { return kSecond + (n - i) * 1'000; });
}
void OnAllScalesOfTime(benchmark::State& bench) {
  FillAndDrain(bench, 1, [](int64_t i) { return int64_t{1} << (i % 36) | (i * 7'919 & 1'023); });
}

// The hold model with more to do in each event.
class Busy final : public engine::Component {
 public:
  enum Kind : uint16_t { kHold, kDecide, kTimeout };

  Busy(int64_t entities, bool decisions, bool timers)
      : decisions_(decisions), timers_(timers), state_(static_cast<size_t>(entities)) {
    id_ = simulator_.Register(this);
    for (int64_t i = 0; i < entities; ++i) Hold(increments_.Next(), static_cast<uint64_t>(i));
  }
  void Fetch(uint64_t payload) const override { Prefetch(&state_[payload]); }
  void OnEvent(const Event& event) override {
    if (event.kind != kHold) return;
    State& state = state_[event.payload];
    ++state.events;
    if (decisions_) simulator_.Schedule(event.time, Priority::kDecision, id_, kDecide, 0);
    if (timers_) {
      simulator_.Reschedule(state.timeout, event.time + Duration::Seconds(100), Priority::kFailure,
                            id_, kTimeout, event.payload);
    }
    Hold(event.time.nanos() + increments_.Next(), event.payload);
    if (--left_ == 0) simulator_.Stop();
  }
  void Run(int64_t holds) {
    left_ = holds;
    simulator_.Run(SimTime::Never());
  }
  Simulator& simulator() { return simulator_; }

 private:
  struct alignas(64) State {
    uint64_t events = 0;
    EventHandle timeout;
  };
  void Hold(int64_t time, uint64_t entity) {
    simulator_.Schedule(SimTime::FromNanos(time), Priority::kCompletion, id_, kHold, entity);
  }

  bool decisions_;
  bool timers_;
  Simulator simulator_;
  Increments increments_ = Increments::Exponential(1e9);
  std::vector<State> state_;
  engine::ComponentId id_;
  int64_t left_ = 0;
};

void RunBusy(benchmark::State& bench, bool decisions, bool timers) {
  Busy busy(bench.range(0), decisions, timers);
  busy.Run(3 * bench.range(0));
  const int64_t turn = std::max<int64_t>(100'000, bench.range(0));
  MeasurePerEvent(bench, turn, [&] { busy.Run(turn); });
  bench.counters["MiB"] = static_cast<double>(busy.simulator().memory_bytes()) / (1 << 20);
}
// Each event asks for a decision at its own instant: two events a step.
void WithDecisions(benchmark::State& bench) { RunBusy(bench, true, false); }
// Each event sets its entity's timeout again, which never goes off: two insertions and a
// cancellation.
void WithTimeouts(benchmark::State& bench) { RunBusy(bench, false, true); }

void OneTimerSetAgain(benchmark::State& bench) {
  Simulator simulator;
  Sink sink(simulator);
  sink.Schedule(1, 0, Priority::kSample);
  EventHandle timer;
  int64_t delay = 0;
  constexpr int64_t kTimes = 1'000'000;
  MeasurePerEvent(bench, kTimes, [&] {
    for (int64_t i = 0; i < kTimes; ++i) {
      simulator.Reschedule(timer, SimTime::FromNanos(kSecond + delay++), Priority::kFailure,
                           engine::ComponentId(0), 0, 0);
    }
  });
  bench.counters["MiB"] = static_cast<double>(simulator.memory_bytes()) / (1 << 20);
}

BENCHMARK(OneInstant)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(OneInstantAllPriorities)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(BurstWithinAMicrosecond)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(InOrder)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(AgainstTheOrder)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(OnAllScalesOfTime)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(WithDecisions)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(WithTimeouts)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(OneTimerSetAgain)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace orrery::bench
