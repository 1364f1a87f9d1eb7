// Priority with linear ageing: waiting makes a job more urgent at a fixed rate.
#include <algorithm>

#include "policies/api/order.h"
#include "policies/api/registry.h"

namespace orrery::policies {
namespace {

// What a level of priority weighs in the key where waiting does not count [ns].
constexpr int64_t kLevelWithoutAgeing = 1'000'000'000;
// Keys are held within ±146 years of the start of the run.
constexpr int64_t kFar = int64_t{1} << 62;

class Priority final : public OrderPolicy {
 public:
  explicit Priority(Params& params) {
    const double ageing = params.Real(
        "ageing", {.value = 1,
                   .unit = "priority/h",
                   .min = 0,
                   .max = 1e6,
                   .doc = "priority gained for each hour since the job arrived; 0: none",
                   .source = "Assumption: ageing"});
    if (ageing > 0) level_ns_ = static_cast<int64_t>(std::min(3.6e12 / ageing, 1e18));
  }

  // Two waiting jobs compare at any time as their priority + ageing × (now − submit) do. Divided by
  // the rate and without `now`, which both share, that is submit − priority × (wait worth a level).
  OrderKey Key(const JobInfo& job, SimTime) const override {
    if (level_ns_ == 0) {
      return {.major = -int64_t{job.priority} * kLevelWithoutAgeing, .minor = job.submit.nanos()};
    }
    const __int128 key = job.submit.nanos() - static_cast<__int128>(job.priority) * level_ns_;
    return {.major = static_cast<int64_t>(std::clamp<__int128>(key, -kFar, kFar))};
  }

 private:
  int64_t level_ns_ = 0;  // the wait that is worth one level of priority; 0: none is
};

ORRERY_REGISTER_POLICY(
    OrderPolicy, Priority, "priority",
    "The job with the highest priority first, where waiting raises it linearly; without ageing, "
    "jobs of equal priority go in order of arrival.",
    "textbook ageing (Silberschatz, Galvin, Gagne, Operating System Concepts, CPU scheduling)");

}  // namespace
}  // namespace orrery::policies
