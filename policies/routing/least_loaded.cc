// Least outstanding requests: the replica with the fewest requests that have not come back.
#include "policies/api/registry.h"
#include "policies/api/service.h"

namespace orrery::policies {
namespace {

class LeastLoaded final : public RoutePolicy {
 public:
  explicit LeastLoaded(Params&) {}

  size_t Route(const RequestInfo&, std::span<const ReplicaInfo> replicas) override {
    size_t best = replicas.size();
    for (size_t i = 0; i < replicas.size(); ++i) {
      if (!replicas[i].healthy) continue;
      if (best == replicas.size() || Before(replicas[i], replicas[best])) best = i;
    }
    return best;
  }

 private:
  // Among those as loaded, the nearest.
  static bool Before(const ReplicaInfo& a, const ReplicaInfo& b) {
    return a.outstanding() != b.outstanding() ? a.outstanding() < b.outstanding() : a.rtt < b.rtt;
  }
};

ORRERY_REGISTER_POLICY(RoutePolicy, LeastLoaded, "least_loaded",
                       "The healthy replica with the fewest requests under way; among equally "
                       "loaded ones, the nearest.",
                       "join the shortest queue; least_conn of nginx and HAProxy");

}  // namespace
}  // namespace orrery::policies
