// Postings between random accounts, and the close of an epoch.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/random.h"
#include "sim/ledger/ledger.h"
#include "sim/ledger/meter.h"

namespace orrery::ledger {
namespace {

class Market {
 public:
  explicit Market(int64_t accounts) {
    for (int64_t i = 0; i < accounts; ++i) {
      ledger.Open(i % 2 == 0 ? AccountKind::kUser : AccountKind::kOwner, std::to_string(i));
    }
    rental = ledger.Reason("rental");
    Draw draw = RandomStreams(1, 0).Stream("bench/ledger").At(0);
    const auto any = [&] {
      const uint64_t pick = 2 + draw.UniformInt(static_cast<uint64_t>(accounts));
      return AccountId(static_cast<uint32_t>(pick));
    };
    for (int i = 0; i < 1 << 20; ++i) pairs.emplace_back(any(), any());
  }

  Ledger ledger;
  ReasonId rental;
  std::vector<std::pair<AccountId, AccountId>> pairs;
};

void BM_Post(benchmark::State& state) {
  Market market(state.range(0));
  size_t next = 0;
  for (auto _ : state) {
    const auto [from, to] = market.pairs[next++ % market.pairs.size()];
    market.ledger.Post(from, to, Usd::Micros(7), market.rental);
  }
  state.SetItemsProcessed(state.iterations());
}

void BM_CloseEpoch(benchmark::State& state) {
  Market market(state.range(0));
  int64_t rows = 0;
  for (auto _ : state) {
    state.PauseTiming();
    for (const auto& [from, to] : market.pairs) {
      market.ledger.Post(from, to, Usd::Micros(7), market.rental);
    }
    state.ResumeTiming();
    market.ledger.CloseEpoch([&](const Flow&) { ++rows; });
  }
  state.counters["rows"] = static_cast<double>(rows) / static_cast<double>(state.iterations());
}

void BM_MeterCharge(benchmark::State& state) {
  Meter meter(UsdPerHour::FromDollars(2.19), 8000, SimTime());
  SimTime now;
  for (auto _ : state) {
    now += Duration::Millis(1);
    benchmark::DoNotOptimize(meter.Charge(now));
  }
}

BENCHMARK(BM_Post)->Arg(1'000)->Arg(1'000'000);
BENCHMARK(BM_CloseEpoch)->Arg(1'000)->Arg(1'000'000)->Iterations(10)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_MeterCharge);

}  // namespace
}  // namespace orrery::ledger
