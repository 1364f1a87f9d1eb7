// Fastest: the GPU model that runs the job fastest.
#include "policies/api/place.h"
#include "policies/api/registry.h"
#include "policies/placement/task_speed.h"

namespace orrery::policies {
namespace {

class Fastest final : public PlacePolicy {
 public:
  explicit Fastest(Params&) {}

  PlaceTraits traits() const override { return {.uses_speed = true}; }

  // Falls from 1 to 0 as the speed, relative to the reference GPU, grows.
  double Score(const TaskShape& task, const NodeClass& node_class,
               const FleetInfo& fleet) const override {
    const double speed = TaskSpeed(task, *node_class.shape, fleet);
    return 1 / (1 + speed);
  }
};

ORRERY_REGISTER_POLICY(PlacePolicy, Fastest, "fastest",
                       "The node whose GPU model is believed to run the job fastest.",
                       "textbook minimum execution time (Braun et al., JPDC 61(6), 2001: MET)");

}  // namespace
}  // namespace orrery::policies
