// Users: how many there are, and how much of the work is whose.
#include <memory>
#include <utility>
#include <vector>

#include "models/workload/transforms/sources.h"
#include "sim/base/math.h"

namespace orrery::workload {
namespace {

struct UserOptions {
  explicit UserOptions(Params& o)
      : count(o.Integer("count", {.value = 100,
                                  .min = 1,
                                  .max = 1'000'000,
                                  .doc = "number of users",
                                  .source = "Assumption: user-count"})),
        zipf_exponent(o.Real("zipf_exponent",
                             {.value = 1,
                              .min = 0,
                              .max = 10,
                              .doc = "user k submits in proportion to k^-exponent; 0: all alike",
                              .source = "Assumption: zipf-users"})) {}
  int64_t count;
  double zipf_exponent;
};

Result<OpenSource> Make(OpenSource before, Params* options, const TransformContext& context) {
  const UserOptions o(*options);
  std::vector<double> weights;
  for (int64_t k = 1; k <= o.count; ++k) {
    weights.push_back(Pow(static_cast<double>(k), -o.zipf_exponent));
  }
  const auto users = std::make_shared<const WeightedChoice>(weights);
  const StreamName stream = StreamName::FromText(context.stream);
  return Mapped(std::move(before), [users, random = context.random, stream] {
    return JobChange([users, random, stream](Job* job) {
      Draw draw = random.Stream(stream, job->source_id).At(0);
      job->user = UserId(static_cast<uint32_t>(users->At(draw.Uniform01())));
    });
  });
}

const TransformRegistration kUsers({
    .name = "users",
    .what = "Gives every job one of `count` users, drawn with Zipf shares; 0 is the busiest.",
    .source = "",
    .holds_all_jobs = false,
    .declare = [](Params* options) { UserOptions declared(*options); },
    .make = Make,
});

}  // namespace
}  // namespace orrery::workload
