// Best fit: the node that has the least left afterwards.
#include "policies/api/registry.h"
#include "policies/placement/left_over.h"

namespace orrery::policies {
namespace {

class BestFit final : public PlacePolicy {
 public:
  explicit BestFit(Params& params) : left_over_(params) {}

  PlaceTraits traits() const override { return {}; }
  double Score(const TaskShape& task, const NodeClass& node_class,
               const FleetInfo& fleet) const override {
    return left_over_.After(task, node_class, fleet);
  }

 private:
  LeftOver left_over_;
};

ORRERY_REGISTER_POLICY(
    PlacePolicy, BestFit, "best_fit",
    "The node whose weighted sum of GPUs, CPU and memory left after placing the replica, each "
    "relative to the largest node's, is least.",
    "Weng et al., Beware of Fragmentation, ATC 2023 (BestFit); Panigrahy et al., Heuristics for "
    "Vector Bin Packing, 2011");

}  // namespace
}  // namespace orrery::policies
