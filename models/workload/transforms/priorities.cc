// Priorities, drawn by given shares.
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "models/workload/transforms/sources.h"
#include "sim/base/text.h"

namespace orrery::workload {
namespace {

struct PriorityOptions {
  explicit PriorityOptions(Params& o)
      : shares(o.Text("shares", {.value = "0=0.8, 1=0.2",
                                 .doc = "list of priority=weight; higher is more urgent",
                                 .source = "Assumption: priority-shares"})) {
    std::vector<WeightedName> list;
    bool right = ParseWeights(shares, &list);
    for (const WeightedName& item : list) {
      const Parsed<int64_t> priority = ParseInt(item.name);
      right = right && priority && *priority >= std::numeric_limits<int32_t>::min() &&
              *priority <= std::numeric_limits<int32_t>::max();
      if (!right) break;
      priorities.push_back(static_cast<int32_t>(*priority));
      weights.push_back(item.weight);
    }
    if (!right) o.Complain("shares", "a list such as '0=0.8, 1=0.2'");
  }
  std::string shares;
  std::vector<int32_t> priorities;
  std::vector<double> weights;
};

Result<OpenSource> Make(OpenSource before, Params* options, const TransformContext& context) {
  const auto o = std::make_shared<const PriorityOptions>(*options);
  const auto choice = std::make_shared<const WeightedChoice>(o->weights);
  const StreamName stream = StreamName::FromText(context.stream);
  return Mapped(std::move(before), [o, choice, random = context.random, stream] {
    return JobChange([o, choice, random, stream](Job* job) {
      Draw draw = random.Stream(stream, job->source_id).At(0);
      job->priority = o->priorities[choice->At(draw.Uniform01())];
    });
  });
}

const TransformRegistration kPriorities({
    .name = "priorities",
    .what = "Gives every job a priority, drawn by shares.",
    .source = "",
    .holds_all_jobs = false,
    .declare = [](Params* options) { PriorityOptions declared(*options); },
    .make = Make,
});

}  // namespace
}  // namespace orrery::workload
