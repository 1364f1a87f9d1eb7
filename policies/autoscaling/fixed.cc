// Fixed: so many replicas, whatever the load.
#include "policies/api/registry.h"
#include "policies/api/service.h"

namespace orrery::policies {
namespace {

class Fixed final : public AutoscalePolicy {
 public:
  explicit Fixed(Params& params)
      : replicas_(static_cast<uint32_t>(
            params.Integer("replicas", {.value = 1,
                                        .unit = "",
                                        .min = 0,
                                        .max = 100'000,
                                        .doc = "replicas",
                                        .source = "Assumption: fixed_replicas"}))) {}

  uint32_t Replicas(const ServiceLoad&) override { return replicas_; }

 private:
  uint32_t replicas_;
};

ORRERY_REGISTER_POLICY(AutoscalePolicy, Fixed, "fixed",
                       "The same number of replicas all the time; one that is lost is replaced.",
                       "the replicas of a Kubernetes Deployment");

}  // namespace
}  // namespace orrery::policies
