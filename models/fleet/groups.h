// Fleet groups: "2,000 consumer RTX 4090s, one a node, 60% in Europe, around $0.35/h" → nodes.
//
// Every property of a node is drawn from (stream "fleet/" + group name, index in the group), so a
// node is the same whatever the other groups hold and however many nodes its own group has. Nothing
// is materialised: a NodeStream computes a node when asked. O(regions) memory a group, about 100 ns
// a node.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/fleet/node.h"
#include "sim/base/result.h"

namespace orrery::fleet {

struct RegionWeight {
  RegionId region = {};
  double weight = 1;
};

// The ask of a node, per whole GPU: log-normal around `median`, or exactly it.
struct AskParams {
  UsdPerHour median = {};
  // Standard deviation of ln(ask); 0: every node asks `median`.
  double sigma = 0;
  // Asks are rounded to a multiple of this, and are at least one of it. Micro-dollars at least.
  // Assumption: ask_tick: markets list prices to a tenth of a cent.
  UsdPerHour tick = UsdPerHour::Micros(1000);
};

struct Group {
  std::string name = {};
  // Nodes; GPUs in all = nodes × gpus_per_node.
  uint32_t nodes = 0;
  GpuModelId gpu_model = {};               // none where gpus_per_node == 0
  uint16_t gpus_per_node = 0;              // at most kMaxGpusPerNode
  uint32_t cpu_milli = 0;                  // of a node
  uint32_t memory_mib = 0;                 // of a node
  std::vector<RegionWeight> regions = {};  // at least one
  OwnerKind owner_kind = OwnerKind::kDatacentre;
  uint8_t tier = 0;
  double verified_share = 1;  // 0 … 1
  AskParams ask = {};
  // Reputation is uniform on [low, high].
  double reputation_low = 1;
  double reputation_high = 1;
  double hazard_per_h = 0;  // believed failure rate of a node
  // Nodes of one owner, consecutive in the group; 0: the whole group has one owner.
  uint32_t nodes_per_owner = 0;
};

// Every mistake in `groups`, with places such as "[1].gpus_per_node"; empty: none. Group names must
// differ, because they name the random streams.
std::vector<Finding> CheckGroups(const std::vector<Group>& groups);

// The nodes of all groups in order: those of group 0, of group 1, … Owners are numbered 0, 1, 2, …
// in the same order. Copies what it needs from `groups`.
class NodeStream {
 public:
  // Errors: the findings of CheckGroups.
  static Result<NodeStream> Make(const std::vector<Group>& groups, uint64_t seed,
                                 uint64_t replicate);
  NodeStream(NodeStream&&) noexcept;
  NodeStream& operator=(NodeStream&&) noexcept;
  ~NodeStream();

  uint32_t nodes() const;
  uint64_t gpus() const;
  uint32_t owners() const;
  // Node `id`, 0 ≤ id < nodes(). O(log groups).
  NodeSpec At(NodeId id) const;
  // The next node in order; false after the last.
  bool Next(NodeSpec* node);
  // The group that node `id` comes from.
  uint32_t GroupOf(NodeId id) const;

 private:
  struct Impl;
  explicit NodeStream(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace orrery::fleet
