// The hold model on the engine and, in the same run, on the references that its speed is judged by.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

#include "sim/engine/ladder_queue.h"
#include "sim/engine/simulator.h"
#include "tests/bench/engine/hold_model.h"

namespace orrery::bench {
namespace {

using engine::Component;
using engine::Event;

// References: 16-byte entries, ordered by time alone; nothing can be cancelled, no virtual call, no
// digest.
struct BareEntry {
  int64_t time;
  uint64_t entity;
};

class BareHeap {
 public:
  explicit BareHeap(std::vector<EntityState>& state) : state_(state) {}
  void Schedule(int64_t time, uint64_t entity) {
    heap_.push_back({time, entity});
    std::push_heap(heap_.begin(), heap_.end(), Later);
  }
  void Run(int64_t events, Increments& increments) {
    while (events-- > 0) {
      std::pop_heap(heap_.begin(), heap_.end(), Later);
      const BareEntry entry = heap_.back();
      heap_.pop_back();
      state_[entry.entity].Touch(entry.time);
      Schedule(entry.time + increments.Next(), entry.entity);
    }
  }

 private:
  static bool Later(const BareEntry& a, const BareEntry& b) { return a.time > b.time; }
  std::vector<EntityState>& state_;
  std::vector<BareEntry> heap_;
};

struct BareOrder {
  using Entry = BareEntry;
  static constexpr int kTieClasses = 1;
  static uint64_t Time(const BareEntry& entry) { return static_cast<uint64_t>(entry.time); }
  static uint64_t SortKey(const BareEntry& entry) { return Time(entry); }
  static int TieClass(const BareEntry&) { return 0; }
};

class BareLadder {
 public:
  explicit BareLadder(std::vector<EntityState>& state) : state_(state) {}
  void Schedule(int64_t time, uint64_t entity) { queue_.Push({time, entity}); }
  void Run(int64_t events, Increments& increments) {
    const auto on_near = [this](const BareEntry& entry) {
      engine::Prefetch(&state_[entry.entity]);
    };
    while (events-- > 0) {
      const BareEntry entry = *queue_.Front(on_near);
      queue_.PopFront();
      state_[entry.entity].Touch(entry.time);
      Schedule(entry.time + increments.Next(), entry.entity);
    }
  }

 private:
  std::vector<EntityState>& state_;
  engine::LadderQueue<BareOrder> queue_;
};

class Entities final : public Component {
 public:
  Entities(engine::Simulator& simulator, std::vector<EntityState>& state)
      : simulator_(simulator), state_(state) {
    id_ = simulator_.Register(this, {state_.data(), sizeof(EntityState)});
  }
  void OnEvent(const Event& event) override {
    switch (event.kind) {
      case 0:
        state_[event.payload].Touch(event.time.nanos());
        Schedule(event.time.nanos() + increments_->Next(), event.payload);
        if (--left_ == 0) simulator_.Stop();
        break;
    }
  }
  void Schedule(int64_t time, uint64_t entity) {
    simulator_.Schedule(SimTime::FromNanos(time), engine::Priority::kCompletion, id_, 0, entity);
  }
  void Prepare(int64_t events, Increments& increments) {
    left_ = events;
    increments_ = &increments;
  }

 private:
  engine::Simulator& simulator_;
  std::vector<EntityState>& state_;
  Increments* increments_ = nullptr;
  int64_t left_ = 0;
  engine::ComponentId id_;
};

class Engine {
 public:
  explicit Engine(std::vector<EntityState>& state) : entities_(simulator_, state) {}
  void Schedule(int64_t time, uint64_t entity) { entities_.Schedule(time, entity); }
  void Run(int64_t events, Increments& increments) {
    entities_.Prepare(events, increments);
    simulator_.Run(SimTime::Never());
  }

 private:
  engine::Simulator simulator_;
  Entities entities_;
};

template <typename Contender>
void Hold(benchmark::State& bench, Increments increments) {
  const uint64_t pending = static_cast<uint64_t>(bench.range(0));
  std::vector<EntityState> state(pending);
  Contender contender(state);
  for (uint64_t i = 0; i < pending; ++i) contender.Schedule(increments.Next(), i);
  contender.Run(static_cast<int64_t>(pending) * 3, increments);
  const int64_t batch = std::max<int64_t>(100'000, static_cast<int64_t>(pending) * 4);
  for (auto _ : bench) contender.Run(batch, increments);
  bench.SetItemsProcessed(bench.iterations() * batch);
  bench.counters["ns"] =
      benchmark::Counter(static_cast<double>(bench.iterations() * batch) * 1e-9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

#define HOLD(contender)               \
  BENCHMARK_TEMPLATE(Hold, contender) \
      ->Name("Hold/" #contender)      \
      ->RangeMultiplier(10)           \
      ->Arg(1000)                     \
      ->Arg(100000)                   \
      ->Arg(1000000)                  \
      ->Arg(10000000)                 \
      ->Unit(benchmark::kMillisecond)


template <typename C>
void HoldExp(benchmark::State& b) {
  Hold<C>(b, Increments::Exponential(1e9));
}
template <typename C>
void HoldPareto(benchmark::State& b) {
  Hold<C>(b, Increments::HeavyTailed(1e6));
}
template <typename C>
void HoldBimodal(benchmark::State& b) {
  Hold<C>(b, Increments::Bimodal(1e6));
}
#define ARGS ->Arg(1000)->Arg(100000)->Arg(1000000)->Arg(10000000)->Unit(benchmark::kMillisecond)
BENCHMARK_TEMPLATE(HoldExp, BareHeap) ARGS;
BENCHMARK_TEMPLATE(HoldExp, BareLadder) ARGS;
BENCHMARK_TEMPLATE(HoldExp, Engine) ARGS;
BENCHMARK_TEMPLATE(HoldPareto, BareLadder) ARGS;
BENCHMARK_TEMPLATE(HoldPareto, Engine) ARGS;
BENCHMARK_TEMPLATE(HoldBimodal, BareLadder) ARGS;
BENCHMARK_TEMPLATE(HoldBimodal, Engine) ARGS;

}  // namespace
}  // namespace orrery::bench
