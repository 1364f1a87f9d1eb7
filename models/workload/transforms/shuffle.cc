// The same arrival instants, the same jobs, in random order.
#include <algorithm>
#include <utility>

#include "models/workload/transforms/sources.h"

namespace orrery::workload {
namespace {

// Each job draws a key of its own and the keys decide, so that jobs more or less in the stream
// leave the others in the same order.
std::vector<Job> Shuffled(const std::vector<Job>& jobs, const RandomStreams& random,
                          StreamName stream) {
  std::vector<std::pair<uint64_t, uint32_t>> order(jobs.size());
  for (uint32_t i = 0; i < jobs.size(); ++i) {
    order[i] = {random.Stream(stream, jobs[i].source_id).At(0).Bits(), i};
  }
  std::sort(order.begin(), order.end());
  std::vector<Job> shuffled;
  shuffled.reserve(jobs.size());
  for (uint32_t i = 0; i < jobs.size(); ++i) {
    shuffled.push_back(jobs[order[i].second]);
    MoveTo(jobs[i].submit, &shuffled.back());
  }
  return shuffled;
}

Result<OpenSource> Make(OpenSource before, Params*, const TransformContext& context) {
  const StreamName stream = StreamName::FromText(context.stream);
  return Chosen(
      std::move(before),
      [random = context.random, stream](std::vector<Job> jobs) -> Result<std::vector<Job>> {
        return Shuffled(jobs, random, stream);
      });
}

const TransformRegistration kShuffle({
    .name = "shuffle",
    .what = "Puts the jobs in random order, all orders equally likely; the arrival instants stay.",
    .source = "",
    .holds_all_jobs = true,
    .declare = [](Params*) {},
    .make = Make,
});

}  // namespace
}  // namespace orrery::workload
