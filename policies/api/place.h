// The place role: where a job goes. A policy declares a score; the shared placement index keeps the
// scores of all classes, filters by requirements and residuals, and finds the node.
#pragma once

#include <cstdint>

#include "policies/api/view.h"

namespace orrery::policies {

// How the mechanism picks among the classes a replica fits into.
enum class Selection : uint8_t {
  kBest,      // the lowest score
  kRandom,    // any fitting node, each with equal probability
  kPowerOfD,  // d fitting nodes at random, the lowest score among them
};

// The order of the nodes inside a class; equal ones follow the tie rule.
enum class InClassOrder : uint8_t { kTieRule, kNodeId, kAsk, kReputation, kHazard };

struct PlaceTraits {
  Selection selection = Selection::kBest;
  uint32_t d = 2;  // for kPowerOfD
  InClassOrder in_class = InClassOrder::kTieRule;
  bool uses_speed = false;   // Score depends on how fast the job runs on a GPU model
  bool uses_client = false;  // PairScore is not constant
  bool uses_first = false;   // Score depends on a member of NodeClass that begins with first
  // Gangs: true fills a node with replicas before the next one, false spreads one replica a node
  // (then a second round, …).
  bool pack_replicas = true;
};

class PlacePolicy {
 public:
  static constexpr const char* kRole = "place";
  virtual ~PlacePolicy() = default;

  virtual PlaceTraits traits() const = 0;
  // From 0 (best) to 1 (worst), for one replica on a node of this class; asked only where it fits.
  // A pure function of its arguments: the index caches it.
  virtual double Score(const TaskShape& task, const NodeClass& node_class,
                       const FleetInfo& fleet) const = 0;
  // Added to the score: the client's place against the node's. Cached once for each pair of a
  // client's place and a shape of nodes.
  virtual double PairScore(RegionId client, const NodeShape& node, const FleetInfo& fleet) const {
    (void)client, (void)node, (void)fleet;
    return 0;
  }
};

}  // namespace orrery::policies
