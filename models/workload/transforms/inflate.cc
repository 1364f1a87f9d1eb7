// Jobs until they would fill a given share of the fleet, one after the other, without departures:
// how packing studies load a cluster. Their arrival times do not matter.
//
// As the authors' code has it (kubernetes-scheduler-simulator, TunePodsByNodeTotalResource): the
// whole list in random order first, then jobs drawn from it with replacement, until the next one
// would pass the share.
#include <algorithm>
#include <unordered_map>
#include <utility>

#include "models/workload/traces/format.h"
#include "models/workload/transforms/sources.h"

namespace orrery::workload {
namespace {

struct InflateOptions {
  enum Repeat : size_t { kDraw, kPermute };

  explicit InflateOptions(Params& o)
      : share(o.Real("share", {.value = 1.3,
                               .min = 0.01,
                               .max = 100,
                               .doc = "GPU demand to arrive, over the fleet's GPUs",
                               .source = "Weng et al., USENIX ATC 2023: 130%"})),
        repeat(o.Choice("repeat", {.value = "draw",
                                   .choices = {"draw", "permute"},
                                   .doc = "after the first random order of all jobs: single jobs "
                                          "with replacement, or further random orders of all",
                                   .source = "Weng et al., ATC 2023, its code: draw"})),
        every(o.Time("every", {.value = Duration::Seconds(1),
                               .min = Duration::Micros(1),
                               .max = Duration::Hours(1),
                               .doc = "time between two arrivals",
                               .source = "Assumption: inflate-spacing"})),
        departures(o.Flag("departures", {.value = false,
                                         .doc = "jobs keep their work, and so leave again",
                                         .source = "Weng et al., ATC 2023: none leave"})) {}

  double share;
  size_t repeat;
  Duration every;
  bool departures;
};

class Inflater {
 public:
  Inflater(std::vector<Job> jobs, const InflateOptions& options, const TransformContext& context)
      : jobs_(std::move(jobs)),
        options_(options),
        random_(context.random),
        order_stream_(StreamName::FromText(context.stream + "/order")),
        draw_stream_(StreamName::FromText(context.stream + "/draw")),
        target_milli_(options.share * static_cast<double>(context.capacity.gpu_milli)) {}

  Result<std::vector<Job>> Run() {
    for (const Job& job : jobs_) list_milli_ += GpuMilli(job);
    if (list_milli_ == 0) {
      return MakeError("", "inflate: no job asks for a GPU, so no share of them can arrive");
    }
    for (uint64_t pass = 0;; ++pass) {
      if (pass == 0 || options_.repeat == InflateOptions::kPermute) {
        for (const uint32_t i : RandomOrder(pass)) {
          if (!Add(jobs_[i])) return Arrived();
        }
      } else {
        Draw draw = random_.Stream(draw_stream_, pass).At(0);
        if (!Add(jobs_[draw.UniformInt(jobs_.size())])) return Arrived();
      }
    }
  }

 private:
  // Each job draws its place by its own id.
  std::vector<uint32_t> RandomOrder(uint64_t pass) const {
    std::vector<std::pair<uint64_t, uint32_t>> keys(jobs_.size());
    for (uint32_t i = 0; i < jobs_.size(); ++i) {
      keys[i] = {random_.Stream(order_stream_, jobs_[i].source_id).At(pass).Bits(), i};
    }
    std::sort(keys.begin(), keys.end());
    std::vector<uint32_t> order;
    for (const auto& [key, i] : keys) order.push_back(i);
    return order;
  }

  Result<std::vector<Job>> Arrived() {
    if (arrived_.size() < kMostHeldJobs) return std::move(arrived_);
    return MakeError("", "inflate: more than " + std::to_string(kMostHeldJobs) +
                             " jobs fit in that share of the fleet's GPUs");
  }

  // False when the job would pass the share, or there are too many.
  bool Add(const Job& job) {
    const int64_t milli = GpuMilli(job);
    if (static_cast<double>(arrived_milli_ + milli) > target_milli_) return false;
    if (arrived_.size() == kMostHeldJobs) return false;
    arrived_milli_ += milli;
    Job copy = job;
    MoveTo(SimTime::Zero() + options_.every * static_cast<int64_t>(arrived_.size()), &copy);
    if (!options_.departures) {
      copy.work = copy.estimate = kNeverEnds;
      copy.limit = Duration::Max();
      copy.deadline = SimTime::Never();
    }
    copy.source_id += uint64_t{copies_[job.source_id]++} << kCopyShift;
    arrived_.push_back(copy);
    return true;
  }

  std::vector<Job> jobs_;
  InflateOptions options_;
  RandomStreams random_;
  StreamName order_stream_, draw_stream_;
  double target_milli_;
  int64_t list_milli_ = 0;
  int64_t arrived_milli_ = 0;
  std::vector<Job> arrived_;
  std::unordered_map<uint64_t, uint32_t> copies_;  // looked up, never iterated
};

Result<OpenSource> Make(OpenSource before, Params* options, const TransformContext& context) {
  const InflateOptions declared(*options);
  if (context.capacity.gpu_milli <= 0) {
    return MakeError("", "inflate: got it where the fleet has no GPU, expected GPUs to fill");
  }
  return Chosen(std::move(before), [declared, context](std::vector<Job> jobs) {
    return Inflater(std::move(jobs), declared, context).Run();
  });
}

const TransformRegistration kInflate({
    .name = "inflate",
    .what = "Repeats the jobs in random order until a share of the fleet's GPUs has arrived; none "
            "leaves. The first job that would pass the share ends the stream.",
    .source = "Weng et al., \"Beware of Fragmentation\", USENIX ATC 2023",
    .holds_all_jobs = true,
    .declare = [](Params* options) { InflateOptions declared(*options); },
    .make = Make,
});

}  // namespace
}  // namespace orrery::workload
