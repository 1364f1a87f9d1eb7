// Least outstanding requests: the replica with the fewest requests that have not come back.
#include "policies/api/registry.h"
#include "policies/api/service.h"
#include "policies/routing/choice.h"

namespace orrery::policies {
namespace {

class LeastLoaded final : public RoutePolicy {
 public:
  explicit LeastLoaded(Params&) {}

  size_t Route(const RequestInfo&, std::span<const ReplicaInfo> replicas) override {
    return LeastLoadedOf(replicas);
  }
};

ORRERY_REGISTER_POLICY(RoutePolicy, LeastLoaded, "least_loaded",
                       "The healthy replica with the fewest requests under way; among equally "
                       "loaded ones, the nearest.",
                       "join the shortest queue; least_conn of nginx and HAProxy");

}  // namespace
}  // namespace orrery::policies
