// Random: any node that fits.
#include "policies/api/place.h"
#include "policies/api/registry.h"

namespace orrery::policies {
namespace {

class Random final : public PlacePolicy {
 public:
  explicit Random(Params&) {}

  PlaceTraits traits() const override { return {.selection = Selection::kRandom}; }
  double Score(const TaskShape&, const NodeClass&, const FleetInfo&) const override { return 0; }
};

ORRERY_REGISTER_POLICY(PlacePolicy, Random, "random",
                       "Any node that the replica fits into, each with equal probability.",
                       "textbook baseline; as Random-fit in Weng et al., ATC 2023");

}  // namespace
}  // namespace orrery::policies
