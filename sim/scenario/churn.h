// Owners who come and go, in a scenario.
#pragma once

#include <variant>

#include "models/failure/churn.h"
#include "models/failure/replay/spell_trace.h"

namespace orrery::scenario {

// By kind of owner. Datacentres and partners stay, as do nodes of groups that say nothing else.
struct OwnersByKind {
  failure::OwnerHabits miner = failure::MinerHabits();
  failure::OwnerHabits consumer = failure::ConsumerHabits();
};

struct NoChurn {};
// Every node by itself.
struct SimpleChurn {
  OwnersByKind owners;
};
// With a market that all nodes of a region have in common.
struct FullChurn {
  OwnersByKind owners;
  failure::RegionMarket market;
};

// Nodes come and go as machines of a trace did, whoever owns them.
struct ReplayedChurn {
  failure::ReplayParams replay;
};

struct Churn {
  std::variant<NoChurn, SimpleChurn, FullChurn, ReplayedChurn> level;
};

}  // namespace orrery::scenario
