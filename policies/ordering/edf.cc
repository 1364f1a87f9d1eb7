// Earliest deadline first.
#include "policies/api/order.h"
#include "policies/api/registry.h"

namespace orrery::policies {
namespace {

class Edf final : public OrderPolicy {
 public:
  explicit Edf(Params&) {}

  // Jobs without a deadline follow all others, in order of arrival.
  OrderKey Key(const JobInfo& job, SimTime) const override {
    return {.major = job.deadline.nanos(),
            .minor = job.deadline == SimTime::Never() ? job.submit.nanos() : 0};
  }
};

ORRERY_REGISTER_POLICY(OrderPolicy, Edf, "edf",
                       "The job with the earliest deadline first. Jobs without one come last, in "
                       "order of arrival.",
                       "Liu, Layland, Scheduling algorithms for multiprogramming in a hard-real-"
                       "time environment, JACM 20(1), 1973");

}  // namespace
}  // namespace orrery::policies
