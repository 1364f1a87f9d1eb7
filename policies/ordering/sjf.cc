// Shortest job first: by the estimate of the whole run time.
#include "policies/api/order.h"
#include "policies/api/registry.h"

namespace orrery::policies {
namespace {

class Sjf final : public OrderPolicy {
 public:
  explicit Sjf(Params&) {}

  OrderKey Key(const JobInfo& job, SimTime) const override {
    return {.major = job.estimate.nanos()};
  }
};

ORRERY_REGISTER_POLICY(OrderPolicy, Sjf, "sjf",
                       "The job with the shortest estimated run time on its reference GPU first. "
                       "Progress made so far does not count.",
                       "Conway, Maxwell, Miller: Theory of Scheduling, 1967 (SPT)");

}  // namespace
}  // namespace orrery::policies
