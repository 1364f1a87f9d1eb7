// Nearest: the healthy replica with the shortest round trip.
#include "policies/api/registry.h"
#include "policies/api/service.h"

namespace orrery::policies {
namespace {

class NearestReplica final : public RoutePolicy {
 public:
  explicit NearestReplica(Params&) {}

  size_t Route(const RequestInfo&, std::span<const ReplicaInfo> replicas) override {
    size_t best = replicas.size();
    for (size_t i = 0; i < replicas.size(); ++i) {
      if (!replicas[i].healthy) continue;
      if (best == replicas.size() || Before(replicas[i], replicas[best])) best = i;
    }
    return best;
  }

 private:
  // Among those that are as near, the least loaded.
  static bool Before(const ReplicaInfo& a, const ReplicaInfo& b) {
    return a.rtt != b.rtt ? a.rtt < b.rtt : a.outstanding() < b.outstanding();
  }
};

ORRERY_REGISTER_POLICY(RoutePolicy, NearestReplica, "nearest",
                       "The healthy replica with the shortest round trip from the client; among "
                       "equally near ones, the one with the fewest requests.",
                       "Chen, Sitaraman, Torres, End-User Mapping, SIGCOMM 2015 (Akamai): "
                       "proximity first");

}  // namespace
}  // namespace orrery::policies
