// Keep-alive: no replica while nobody asks. The first request starts one; replicas that are not
// needed any more are kept for a while, in case they are.
#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

#include "policies/api/registry.h"
#include "policies/api/service.h"

namespace orrery::policies {
namespace {

class KeepAlive final : public AutoscalePolicy {
 public:
  explicit KeepAlive(Params& params)
      : target_(params.Real("target", {.value = 0.7,
                                       .unit = "",
                                       .min = 0.01,
                                       .max = 1,
                                       .doc = "utilisation aimed at while there are requests",
                                       .source = "Knative, container-concurrency-target-"
                                                 "percentage: 70"})),
        keep_(params.Time("keep", {.value = Duration::Minutes(10),
                                   .min = Duration(),
                                   .max = Duration::Hours(24 * 7),
                                   .doc = "how long a replica is kept that is not needed",
                                   .source = "Shahrad et al., Serverless in the Wild, USENIX ATC "
                                             "2020: 10 min is common"})) {}

  uint32_t Replicas(const ServiceLoad& load) override {
    const uint32_t needed = Needed(load);
    while (!recent_.empty() && recent_.front().first < load.now - keep_) recent_.pop_front();
    while (!recent_.empty() && recent_.back().second <= needed) recent_.pop_back();
    recent_.emplace_back(load.now, needed);
    return recent_.front().second;
  }

 private:
  uint32_t Needed(const ServiceLoad& load) const {
    const bool wanted = load.requests > 0 || load.waiting > 0 || load.utilisation > 0;
    if (!wanted) return 0;
    if (load.ready == 0) return std::max(load.replicas, 1u);
    const double room = load.utilisation * load.ready / target_;
    return std::max(static_cast<uint32_t>(std::ceil(std::min(room, 1e6))), 1u);
  }

  double target_;
  Duration keep_;
  std::deque<std::pair<SimTime, uint32_t>> recent_;  // needs of the span, falling
};

ORRERY_REGISTER_POLICY(
    AutoscalePolicy, KeepAlive, "keep_alive",
    "Scale to zero: replicas by utilisation while there are requests, the first one at the first "
    "request; one that is not needed goes after ten minutes.",
    "fixed keep-alive of serverless platforms; Shahrad et al., USENIX ATC 2020, section 4");

}  // namespace
}  // namespace orrery::policies
