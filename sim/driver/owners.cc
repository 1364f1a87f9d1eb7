#include "sim/driver/owners.h"

#include <utility>

#include "sim/driver/replayed_nodes.h"

namespace orrery::driver {

using failure::OwnerHabits;
using scenario::FullChurn;
using scenario::OwnersByKind;
using scenario::ReplayedChurn;
using scenario::SimpleChurn;

namespace {

const OwnerHabits* HabitsOf(const scenario::FleetGroup& group, const OwnersByKind& owners) {
  if (group.churn) return &*group.churn;
  switch (group.nodes.owner_kind) {
    case OwnerKind::kMiner:
      return &owners.miner;
    case OwnerKind::kConsumer:
      return &owners.consumer;
    case OwnerKind::kDatacentre:
    case OwnerKind::kPartner:
      return nullptr;
  }
  return nullptr;
}

}  // namespace

Result<std::unique_ptr<failure::OwnerPresence>> MakeChurn(const scenario::Scenario& scenario,
                                                          uint32_t replicate,
                                                          const std::vector<uint32_t>& group_sizes,
                                                          const cluster::ClusterState& state) {
  if (const auto* replayed = std::get_if<ReplayedChurn>(&scenario.churn.level)) {
    auto nodes = ReplayedNodes::Open(replayed->replay, scenario, "churn/replay", replicate, state);
    if (!nodes) return tl::unexpected<Error>(nodes.error());
    return ReplayedOwners(std::move(*nodes), state.node_count());
  }
  const auto* simple = std::get_if<SimpleChurn>(&scenario.churn.level);
  const auto* full = std::get_if<FullChurn>(&scenario.churn.level);
  if (simple == nullptr && full == nullptr) return nullptr;
  const OwnersByKind& owners = full != nullptr ? full->owners : simple->owners;
  std::vector<failure::Churn::Node> nodes;
  for (size_t g = 0; g < group_sizes.size(); ++g) {
    const OwnerHabits* habits = HabitsOf(scenario.fleet[g], owners);
    for (uint32_t i = 0; i < group_sizes[g]; ++i) {
      const NodeId id(static_cast<uint32_t>(nodes.size()));
      nodes.push_back({habits, state.node_shape(id).region});
    }
  }
  std::vector<Duration> utc_offsets;
  for (const scenario::Region& region : scenario.regions) utc_offsets.push_back(region.utc_offset);
  return std::make_unique<failure::Churn>(nodes, utc_offsets,
                                          full != nullptr ? &full->market : nullptr,
                                          RandomStreams(scenario.seed, replicate));
}

}  // namespace orrery::driver
