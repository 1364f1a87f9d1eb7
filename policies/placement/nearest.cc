// Nearest: the node with the shortest round trip to the job's user.
#include "policies/api/place.h"
#include "policies/api/registry.h"

namespace orrery::policies {
namespace {

// A round trip of this length scores a half.
constexpr double kMiddleMs = 100;

class Nearest final : public PlacePolicy {
 public:
  explicit Nearest(Params&) {}

  PlaceTraits traits() const override { return {.uses_client = true}; }
  double Score(const TaskShape&, const NodeClass&, const FleetInfo&) const override { return 0; }
  // Rises from 0 to 1 with the round trip.
  double PairScore(RegionId client, const NodeShape& node, const FleetInfo& fleet) const override {
    const double rtt_ms = fleet.rtt == nullptr ? 0 : fleet.rtt->RttMs(client, node);
    return rtt_ms / (rtt_ms + kMiddleMs);
  }
};

ORRERY_REGISTER_POLICY(PlacePolicy, Nearest, "nearest",
                       "The node that is believed to have the shortest round trip to the job's "
                       "user; with network: off all are equally near.",
                       "textbook nearest-server routing, as in Ratnasamy et al., "
                       "Topologically-Aware Overlay Construction and Server Selection, INFOCOM "
                       "2002");

}  // namespace
}  // namespace orrery::policies
