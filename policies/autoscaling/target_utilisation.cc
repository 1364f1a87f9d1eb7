// Target utilisation: as many replicas as keep the room in use near a target. More at once, fewer
// only when fewer would have done for some time.
#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

#include "policies/api/registry.h"
#include "policies/api/service.h"

namespace orrery::policies {
namespace {

class TargetUtilisation final : public AutoscalePolicy {
 public:
  explicit TargetUtilisation(Params& params)
      : target_(params.Real("target", {.value = 0.7,
                                       .unit = "",
                                       .min = 0.01,
                                       .max = 1,
                                       .doc = "utilisation aimed at",
                                       .source = "Knative, container-concurrency-target-"
                                                 "percentage: 70"})),
        tolerance_(params.Real("tolerance",
                               {.value = 0.1,
                                .unit = "",
                                .min = 0,
                                .max = 1,
                                .doc = "share by which utilisation may be off without a change",
                                .source = "Kubernetes, horizontal-pod-autoscaler-tolerance"})),
        cooldown_(params.Time(
            "cooldown",
            {.value = Duration::Minutes(5),
             .min = Duration(),
             .max = Duration::Hours(24),
             .doc = "no fewer replicas than would have been right at any time in this span",
             .source = "Kubernetes, horizontal-pod-autoscaler-downscale-stabilization"})) {}

  uint32_t Replicas(const ServiceLoad& load) override {
    const uint32_t wanted = Wanted(load);
    // The greatest recommendation of the span: a queue whose values fall from its front.
    while (!recent_.empty() && recent_.front().first < load.now - cooldown_) recent_.pop_front();
    while (!recent_.empty() && recent_.back().second <= wanted) recent_.pop_back();
    recent_.emplace_back(load.now, wanted);
    return recent_.front().second;
  }

 private:
  uint32_t Wanted(const ServiceLoad& load) const {
    // Nobody is there to tell how much room is needed.
    if (load.ready == 0) return std::max(load.replicas, 1u);
    const double needed = load.utilisation * load.ready / target_;
    // Those that are starting will do their share.
    if (std::fabs(needed - load.replicas) <= tolerance_ * load.replicas) return load.replicas;
    return std::max(static_cast<uint32_t>(std::ceil(std::min(needed, 1e6))), 1u);
  }

  double target_;
  double tolerance_;
  Duration cooldown_;
  std::deque<std::pair<SimTime, uint32_t>> recent_;
};

ORRERY_REGISTER_POLICY(
    AutoscalePolicy, TargetUtilisation, "target_utilisation",
    "Replicas so that their room is used to a target share, replicas x utilisation / target; fewer "
    "only when fewer would have done throughout the cooldown. Never none.",
    "Kubernetes, Horizontal Pod Autoscaler");

}  // namespace
}  // namespace orrery::policies
