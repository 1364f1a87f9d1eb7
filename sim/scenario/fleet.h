// The fleet of a scenario: regions, and groups of equal nodes or node lists of traces. Plain data; the
// visits in visit.h give keys, units, bounds, defaults and sources.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/demand.h"
#include "sim/base/ids.h"
#include "sim/base/money.h"
#include "sim/base/time.h"

namespace orrery::scenario {

// A place where nodes stand and users live. RegionId is the row in Scenario::regions.
struct Region {
  std::string id;       // "tokyo"; unique
  std::string country;  // ISO 3166-1 alpha-2; "ZZ": nowhere in particular
  double lat_deg = 0;   // north positive
  double lon_deg = 0;   // east positive
  // Local standard time minus UTC; summer time is not modelled.
  Duration utc_offset;
  bool operator==(const Region&) const = default;
};

// Share `weight` (relative to the others of its list) of something is in `region`.
struct RegionWeight {
  RegionId region;
  double weight = 1;
  bool operator==(const RegionWeight&) const = default;
};

// What a node asks for a whole GPU. A node's ask is median × exp(sigma × z), z standard normal.
struct AskPrice {
  // Absent: the catalogue's market price of the GPU model.
  std::optional<UsdPerHour> median;
  double sigma = 0;
  bool operator==(const AskPrice&) const = default;
};

// The terms on which nodes are offered, apart from their hardware.
struct Offer {
  // Never empty after loading: absent in the file means every region with equal weight.
  std::vector<RegionWeight> regions;
  AskPrice ask;
  OwnerKind owner_kind = OwnerKind::kDatacentre;
  uint8_t tier = 1;           // higher is better
  double verified_share = 1;  // share of the nodes whose hardware is verified
  double reputation = 1;      // 0 … 1
  bool operator==(const Offer&) const = default;
};

// The node list of a trace.
struct NodeTrace {
  enum class Format : uint8_t { kOpenb };
  Format format = Format::kOpenb;
  // The file to open: the folder `dir` and `file` of the scenario, joined.
  std::string dir;
  std::string file;
  bool operator==(const NodeTrace&) const = default;
};

// `nodes` equal nodes, or (where `trace` is set) the nodes of a list, which then gives the hardware.
struct FleetGroup {
  std::string name;
  std::optional<NodeTrace> trace;
  // None where gpus_per_node == 0 (CPU-only nodes) or `trace` is set.
  GpuModelId gpu;
  uint16_t gpus_per_node = 0;
  uint32_t nodes = 0;
  uint32_t cpu_milli = 0;   // of one node [thousandths of a core]
  uint32_t memory_mib = 0;  // of one node
  Offer offer;
  bool operator==(const FleetGroup&) const = default;
};

}  // namespace orrery::scenario
