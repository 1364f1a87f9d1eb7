// The cost of building a fleet of a million GPUs from its groups: the nodes alone, without the
// state of the cluster that they go into.
#include <benchmark/benchmark.h>

#include "models/fleet/groups.h"
#include "sim/base/check.h"

namespace orrery::fleet {
namespace {

void Build(benchmark::State& state, uint16_t gpus_per_node, double sigma) {
  Group group{.name = "market",
              .nodes = 1'000'000u / gpus_per_node,
              .gpu_model = GpuModelId(0),
              .gpus_per_node = gpus_per_node,
              .regions = {},
              .ask = {.median = UsdPerHour::FromDollars(0.4), .sigma = sigma},
              .nodes_per_owner = 4};
  for (uint16_t r = 0; r < 12; ++r) group.regions.push_back({RegionId(r), 1.0 + r});
  for (auto _ : state) {
    auto nodes = NodeStream::Make({group}, /*seed=*/1, /*replicate=*/0);
    ORRERY_CHECK(nodes.has_value());
    NodeSpec node;
    while (nodes->Next(&node)) benchmark::DoNotOptimize(node);
  }
  state.SetItemsProcessed(state.iterations() * group.nodes);
}

void BM_MillionGpusEightANode(benchmark::State& state) { Build(state, 8, 0.3); }
BENCHMARK(BM_MillionGpusEightANode)->Unit(benchmark::kMillisecond);
void BM_MillionGpusOneANode(benchmark::State& state) { Build(state, 1, 0.3); }
BENCHMARK(BM_MillionGpusOneANode)->Unit(benchmark::kMillisecond);
void BM_MillionGpusOneANodeFixedPrice(benchmark::State& state) { Build(state, 1, 0); }
BENCHMARK(BM_MillionGpusOneANodeFixedPrice)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace orrery::fleet
