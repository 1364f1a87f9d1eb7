// Power of d choices: the least loaded of d random nodes.
#include <algorithm>

#include "policies/api/place.h"
#include "policies/api/registry.h"

namespace orrery::policies {
namespace {

class PowerOfD final : public PlacePolicy {
 public:
  explicit PowerOfD(Params& params)
      : d_(static_cast<uint32_t>(params.Integer(
            "d", {.value = 2,
                  .unit = "",
                  .min = 1,
                  .max = 1000,
                  .doc = "nodes drawn at random among those that fit; 1 is random placement",
                  .source = "Mitzenmacher 2001: two choices already give most of the gain"}))) {}

  PlaceTraits traits() const override { return {.selection = Selection::kPowerOfD, .d = d_}; }

  // The load of a node: the share in use of the resource it has least left of.
  double Score(const TaskShape&, const NodeClass& node_class, const FleetInfo&) const override {
    const NodeShape& shape = *node_class.shape;
    const Residual& left = node_class.residual;
    const double idle =
        std::min({Idle(left.gpu_milli(), shape.gpus * 1000u), Idle(left.cpu_milli, shape.cpu_milli),
                  Idle(left.memory_mib, shape.memory_mib)});
    return 1 - idle;
  }

 private:
  static double Idle(uint32_t free, uint32_t capacity) {
    return capacity == 0 ? 1 : static_cast<double>(free) / capacity;
  }

  uint32_t d_;
};

ORRERY_REGISTER_POLICY(
    PlacePolicy, PowerOfD, "power_of_d",
    "Draws d nodes among those that the replica fits into and takes the least loaded one; load is "
    "the largest share in use of the node's GPUs, CPU and memory.",
    "Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, IEEE TPDS 12(10), 2001");

}  // namespace
}  // namespace orrery::policies
