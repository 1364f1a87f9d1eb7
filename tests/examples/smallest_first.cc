// Smallest gang first: the job that wants the fewest GPUs goes next.
#include "policies/api/order.h"
#include "policies/api/registry.h"

namespace orrery::policies {
namespace {

class SmallestFirst final : public OrderPolicy {
 public:
  explicit SmallestFirst(Params& params)
      : patience_(params.Time("patience",
                              {.value = Duration::Hours(6),
                               .min = Duration::Seconds(1),
                               .max = Duration::Hours(24 * 30),
                               .doc = "each GPU of a job counts like an arrival this much later",
                               .source = "Assumption: smallest_first_patience"})) {}

  // Keys of waiting jobs must not depend on how long they have waited; one that grows with the time
  // of arrival lets every job come to the front in the end.
  OrderKey Key(const JobInfo& job, SimTime) const override {
    const double handicap = job.size() * static_cast<double>(patience_.nanos());
    return {.major = (job.submit - SimTime::Zero()).nanos() + static_cast<int64_t>(handicap)};
  }

 private:
  Duration patience_;
};

ORRERY_REGISTER_POLICY(OrderPolicy, SmallestFirst, "smallest_first",
                       "The job with the fewest GPUs first. Each GPU counts like an arrival that "
                       "much later, so that big jobs wait long but not for ever.",
                       "the example of docs/adding-a-policy.md");

}  // namespace
}  // namespace orrery::policies
