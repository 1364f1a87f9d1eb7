// Worst fit: the node that has the most left afterwards, which spreads load.
#include "policies/api/registry.h"
#include "policies/placement/left_over.h"

namespace orrery::policies {
namespace {

class WorstFit final : public PlacePolicy {
 public:
  explicit WorstFit(Params& params) : left_over_(params) {}

  PlaceTraits traits() const override { return {.pack_replicas = false}; }
  double Score(const TaskShape& task, const NodeClass& node_class,
               const FleetInfo& fleet) const override {
    return 1 - left_over_.After(task, node_class, fleet);
  }

 private:
  LeftOver left_over_;
};

ORRERY_REGISTER_POLICY(
    PlacePolicy, WorstFit, "worst_fit",
    "The node whose weighted sum of GPUs, CPU and memory left after placing the replica, each "
    "relative to the largest node's, is greatest. Replicas of a gang go to different nodes first.",
    "Johnson, Near-Optimal Bin Packing Algorithms, MIT, 1973; the score is best_fit's, turned "
    "round");

}  // namespace
}  // namespace orrery::policies
