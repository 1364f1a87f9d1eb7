// First in, first out: jobs in order of arrival.
#include "policies/api/order.h"
#include "policies/api/registry.h"

namespace orrery::policies {
namespace {

class Fifo final : public OrderPolicy {
 public:
  explicit Fifo(Params&) {}

  OrderKey Key(const JobInfo& job, SimTime) const override { return {.major = job.submit.nanos()}; }
};

ORRERY_REGISTER_POLICY(OrderPolicy, Fifo, "fifo",
                       "Jobs in order of arrival. A stopped job keeps its place.",
                       "textbook first come, first served");

}  // namespace
}  // namespace orrery::policies
