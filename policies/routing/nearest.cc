// Nearest: the healthy replica with the shortest round trip.
#include "policies/api/registry.h"
#include "policies/api/service.h"
#include "policies/routing/choice.h"

namespace orrery::policies {
namespace {

class NearestReplica final : public RoutePolicy {
 public:
  explicit NearestReplica(Params&) {}

  size_t Route(const RequestInfo&, std::span<const ReplicaInfo> replicas) override {
    // Among those that are as near, the least loaded.
    return FirstHealthy(replicas, [](const ReplicaInfo& a, const ReplicaInfo& b) {
      return a.rtt != b.rtt ? a.rtt < b.rtt : a.outstanding() < b.outstanding();
    });
  }
};

ORRERY_REGISTER_POLICY(RoutePolicy, NearestReplica, "nearest",
                       "The healthy replica with the shortest round trip from the client; among "
                       "equally near ones, the one with the fewest requests.",
                       "Chen, Sitaraman, Torres, End-User Mapping, SIGCOMM 2015 (Akamai): "
                       "proximity first");

}  // namespace
}  // namespace orrery::policies
