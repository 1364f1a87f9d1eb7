// The fleet of a scenario: regions, and groups of equal nodes or node lists of traces. Plain data;
// visit_fleet.cc gives keys, units, bounds, defaults and sources.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/failure/churn.h"
#include "models/fleet/groups.h"
#include "sim/base/time.h"
#include "sim/scenario/network.h"

namespace orrery::scenario {

// A place where nodes stand and users live. RegionId is the row in Scenario::regions.
struct Region {
  std::string id;       // "tokyo"; unique
  std::string country;  // ISO 3166-1 alpha-2; "ZZ": nowhere in particular
  double lat_deg = 0;   // north positive
  double lon_deg = 0;   // east positive
  // Local standard time minus UTC; summer time is not modelled.
  Duration utc_offset;
};

// The node list of a trace gives the hardware: number of nodes, GPU model, GPUs, CPU, memory.
struct NodeTrace {
  std::string format = "openb";
  // The file to open is dir/file.
  std::string dir;
  std::string file;
};

// Those of spot nodes where a group says no more than that it has habits of its own.
struct GroupHabits : failure::OwnerHabits {
  GroupHabits() : OwnerHabits(failure::SpotHabits()) {}
};

inline constexpr uint32_t kMostNodes = 10'000'000;  // of a group

// `nodes` equal nodes; or, where `trace` is set, the nodes of a list, which have everything but the
// hardware from `nodes`.
struct FleetGroup {
  FleetGroup() { nodes.ask.median = kCataloguePrice; }
  // Stands for the catalogue's market price until loading has put that in its place.
  static constexpr UsdPerHour kCataloguePrice = UsdPerHour::Micros(-1);

  fleet::Group nodes;
  std::optional<NodeTrace> trace;
  // Where there is churn, instead of the habits of its kind of owner.
  std::optional<GroupHabits> churn;
  Access access;
  Lan lan;  // not given: what nodes of one site exchange takes no time of its own
};

}  // namespace orrery::scenario
