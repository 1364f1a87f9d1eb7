// What it costs that one flow ends and another begins, by how many flows there are in all and how
// many of them are joined.
#include <benchmark/benchmark.h>

#include <vector>

#include "models/network/flows.h"
#include "sim/base/random.h"

namespace orrery::network {
namespace {

// `flows` flows from stores to nodes of their own; each store's link holds back `joined` of them.
class Fleet {
 public:
  Fleet(int64_t flows, int64_t joined) : random_(1, 0) {
    const auto stores = static_cast<uint32_t>(flows / joined);
    for (uint32_t s = 0; s < stores; ++s) stores_.push_back(net_.AddLink(joined * 500'000'000));
    for (int64_t f = 0; f < flows; ++f) {
      nodes_.push_back(net_.AddLink(1'250'000'000));
      Add(static_cast<uint32_t>(f));
    }
    net_.Settle(&changed_);
  }
  // The flow of a random node ends, and the node reads from another store.
  void Change() {
    Draw draw = random_.Stream("change").At(count_++);
    const auto node = static_cast<uint32_t>(draw.UniformInt(nodes_.size()));
    net_.Remove(ids_[node]);
    net_.Settle(&changed_);
    Add(node);
    net_.Settle(&changed_);
  }
  uint64_t looked_at() const { return net_.looked_at(); }

 private:
  void Add(uint32_t node) {
    Draw draw = random_.Stream("add").At(count_++);
    const FlowNet::LinkId store = stores_[draw.UniformInt(stores_.size())];
    if (node >= ids_.size()) ids_.resize(node + 1);
    const std::vector<FlowNet::LinkId> way = {store, nodes_[node]};
    ids_[node] = net_.Add(way, static_cast<int64_t>(300'000'000 + draw.UniformInt(900'000'000)));
  }

  RandomStreams random_;
  uint64_t count_ = 0;
  FlowNet net_;
  std::vector<FlowNet::LinkId> stores_, nodes_;
  std::vector<FlowNet::FlowId> ids_;
  std::vector<FlowNet::FlowId> changed_;
};

void BM_Change(benchmark::State& state) {
  Fleet fleet(state.range(0), state.range(1));
  const uint64_t before = fleet.looked_at();
  for (auto _ : state) fleet.Change();
  const auto changes = static_cast<double>(2 * state.iterations());
  state.counters["flows_looked_at"] = static_cast<double>(fleet.looked_at() - before) / changes;
  state.SetItemsProcessed(2 * state.iterations());
}
// The number of flows grows and what is joined stays; then the other way round.
BENCHMARK(BM_Change)
    ->Args({100, 10})
    ->Args({1'000, 10})
    ->Args({10'000, 10})
    ->Args({100'000, 10})
    ->Args({100'000, 100})
    ->Args({100'000, 1'000})
    ->Args({100'000, 10'000});

}  // namespace
}  // namespace orrery::network
