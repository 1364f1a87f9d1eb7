// Cheapest: the node that does a unit of the job's work for the least money.
#include "policies/api/place.h"
#include "policies/api/registry.h"
#include "policies/placement/task_speed.h"

namespace orrery::policies {
namespace {

class Cheapest final : public PlacePolicy {
 public:
  explicit Cheapest(Params&) {}

  PlaceTraits traits() const override {
    return {.in_class = InClassOrder::kAsk, .uses_speed = true, .uses_first = true};
  }

  // Rises from 0 to 1 with the price of an hour of the reference GPU's work; $1 is a half.
  double Score(const TaskShape& task, const NodeClass& node_class,
               const FleetInfo& fleet) const override {
    const double speed = TaskSpeed(task, *node_class.shape, fleet);
    const double price = node_class.first_ask.dollars();
    return price / (price + speed);
  }
};

ORRERY_REGISTER_POLICY(
    PlacePolicy, Cheapest, "cheapest",
    "The node with the lowest ask per unit of the job's work: the price of a GPU hour divided by "
    "the job's believed speed there.",
    "cost per unit of work, as the cost policies of Gavel (Narayanan et al., OSDI 2020) weigh it");

}  // namespace
}  // namespace orrery::policies
