// Shortest remaining time first: by the estimated run time that is left.
#include "policies/api/order.h"
#include "policies/api/registry.h"

namespace orrery::policies {
namespace {

class Srtf final : public OrderPolicy {
 public:
  explicit Srtf(Params&) {}

  OrderKey Key(const JobInfo& job, SimTime now) const override {
    return {.major = job.Remaining(now).nanos()};
  }
};

ORRERY_REGISTER_POLICY(
    OrderPolicy, Srtf, "srtf",
    "The job with the least estimated run time left on its reference GPU first; a running job's "
    "progress counts. Exact SRPT where estimates are, together with preempt: by_order and quantum, "
    "hysteresis 0.",
    "Schrage, A proof of the optimality of the shortest remaining processing time discipline, "
    "Operations Research 16(3), 1968");

}  // namespace
}  // namespace orrery::policies
