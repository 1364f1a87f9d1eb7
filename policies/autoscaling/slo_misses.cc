// By SLO misses: more replicas while too many requests miss their objective, one fewer after a calm
// span, if the rest can carry the load.
#include <algorithm>
#include <cmath>

#include "policies/api/registry.h"
#include "policies/api/service.h"

namespace orrery::policies {
namespace {

class SloMisses final : public AutoscalePolicy {
 public:
  explicit SloMisses(Params& params)
      : misses_(params.Real("misses", {.value = 0.01,
                                       .unit = "",
                                       .min = 0,
                                       .max = 1,
                                       .doc = "share of requests that may miss the SLO",
                                       .source = "Assumption: slo_misses"})),
        step_(params.Real("step", {.value = 0.25,
                                   .unit = "",
                                   .min = 0.001,
                                   .max = 10,
                                   .doc = "share of the replicas that is added, at least one",
                                   .source = "Assumption: slo_step"})),
        ceiling_(params.Real("ceiling",
                             {.value = 0.6,
                              .unit = "",
                              .min = 0,
                              .max = 1,
                              .doc = "a replica goes where the others stay below this utilisation",
                              .source = "Assumption: slo_ceiling"})),
        calm_(params.Time("calm", {.value = Duration::Minutes(5),
                                   .min = Duration(),
                                   .max = Duration::Hours(24),
                                   .doc = "time without too many misses before one goes",
                                   .source = "Assumption: slo_calm"})) {}

  uint32_t Replicas(const ServiceLoad& load) override {
    const bool waits = load.waiting > 0 && load.ready == 0;
    // Where requests wait for room, those that ended tell of better times.
    const double most = misses_ * static_cast<double>(load.ended);
    const bool trouble = static_cast<double>(load.slo_misses) > most || load.utilisation > 1;
    if (load.replicas == 0) return waits || load.requests > 0 ? 1 : 0;
    if (trouble) {
      last_trouble_ = load.now;
      // Those that are starting may be enough.
      if (load.ready < load.replicas) return load.replicas;
      return load.replicas + static_cast<uint32_t>(std::ceil(step_ * load.replicas));
    }
    const bool calm = load.now - last_trouble_ >= calm_;
    const bool spare = load.utilisation * load.ready < ceiling_ * (load.replicas - 1);
    if (!calm || !spare || load.replicas == 1) return load.replicas;
    last_trouble_ = load.now;
    return load.replicas - 1;
  }

 private:
  double misses_, step_, ceiling_;
  Duration calm_;
  SimTime last_trouble_;
};

ORRERY_REGISTER_POLICY(
    AutoscalePolicy, SloMisses, "slo_misses",
    "A quarter more replicas while more than 1% of the requests miss the SLO; one fewer after each "
    "five minutes without, where the others can carry the load. Never none once there was one.",
    "Gujarati et al., Swayam, Middleware 2017: replicas by SLO compliance");

}  // namespace
}  // namespace orrery::policies
