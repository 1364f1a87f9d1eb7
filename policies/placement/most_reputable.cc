// Most reputable: the node that users think best of.
#include "policies/api/place.h"
#include "policies/api/registry.h"

namespace orrery::policies {
namespace {

class MostReputable final : public PlacePolicy {
 public:
  explicit MostReputable(Params&) {}

  PlaceTraits traits() const override {
    return {.in_class = InClassOrder::kReputation, .uses_first = true};
  }
  double Score(const TaskShape&, const NodeClass& node_class, const FleetInfo&) const override {
    return 1 - double{node_class.first_reputation};
  }
};

ORRERY_REGISTER_POLICY(
    PlacePolicy, MostReputable, "most_reputable",
    "The node with the highest reputation: that of its fleet group, or what users' ratings make of "
    "it (trust).",
    "Render Network Knowledge Base, Reputation Score: nodes with higher scores are assigned work "
    "first");

}  // namespace
}  // namespace orrery::policies
