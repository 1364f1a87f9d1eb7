// First fit: the node with the lowest number.
#include "policies/api/place.h"
#include "policies/api/registry.h"

namespace orrery::policies {
namespace {

class FirstFit final : public PlacePolicy {
 public:
  explicit FirstFit(Params&) {}

  PlaceTraits traits() const override {
    return {.in_class = InClassOrder::kNodeId, .uses_first = true};
  }
  double Score(const TaskShape&, const NodeClass& node_class,
               const FleetInfo& fleet) const override {
    return static_cast<double>(node_class.first.value) / fleet.nodes;
  }
};

ORRERY_REGISTER_POLICY(PlacePolicy, FirstFit, "first_fit",
                       "The first node, in the order of the fleet, that the replica fits into.",
                       "Johnson, Near-Optimal Bin Packing Algorithms, MIT, 1973");

}  // namespace
}  // namespace orrery::policies
