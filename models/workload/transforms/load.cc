// More or less load from the same jobs: every gap between two arrivals is multiplied by one factor.
// Sizes and run times stay, and so does the order.
#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "models/workload/traces/format.h"
#include "models/workload/transforms/sources.h"
#include "sim/base/text.h"

namespace orrery::workload {
namespace {

constexpr double kLeastFactor = 1e-4, kMostFactor = 1e4;

// What would come later than 95 years comes then, so that a deadline is still a SimTime.
constexpr SimTime kLatestSubmit = SimTime::FromNanos(3'000'000'000'000'000'000);

// Multiplies gaps in integers (48 bits behind the binary point), so that the bits are the same
// everywhere and no rounding puts one job in front of another.
class Stretch {
 public:
  explicit Stretch(double factor)
      : factor_(static_cast<int64_t>(std::llround(std::ldexp(factor, 48)))) {}

  void operator()(Job* job) {
    if (first_) origin_ = job->submit;
    first_ = false;
    const __int128 gap = static_cast<__int128>((job->submit - origin_).nanos()) * factor_;
    const auto latest = static_cast<__int128>(kLatestSubmit.nanos());
    const __int128 submit = std::min(origin_.nanos() + (gap >> 48), latest);
    MoveTo(SimTime::FromNanos(static_cast<int64_t>(submit)), job);
  }

 private:
  int64_t factor_;
  SimTime origin_;
  bool first_ = true;
};

struct StretchOptions {
  explicit StretchOptions(Params& o)
      : factor(
            o.Real("factor", {.value = 1,
                              .min = kLeastFactor,
                              .max = kMostFactor,
                              .doc = "what the time between two arrivals is multiplied by; below "
                                     "1 for more load",
                              .source = ""})) {}
  double factor;
};

struct LoadOptions {
  enum Resource : size_t { kGpu, kCpu };

  explicit LoadOptions(Params& o)
      : utilisation(o.Real("utilisation",
                           {.value = 0.8,
                            .min = 0.001,
                            .max = 100,
                            .doc = "the load to reach: work that arrives in a second, on the "
                                   "trace's own GPUs, over the capacity of the fleet",
                            .source = "Assumption: default-load"})),
        resource(o.Choice(
            "resource",
            {.value = "gpu", .choices = {"gpu", "cpu"}, .doc = "what is counted", .source = ""})) {}
  double utilisation;
  size_t resource;
};

// The factor that takes the load of `source` to the target.
Result<double> FactorFor(JobSource* source, const LoadOptions& options, int64_t capacity_milli) {
  Job job;
  __int128 work = 0;  // ns × thousandths
  SimTime first, last;
  uint64_t jobs = 0;
  while (true) {
    Result<bool> more = source->Next(&job);
    if (!more) return tl::unexpected(more.error());
    if (!*more) break;
    if (job.work >= kNeverEnds) {
      return MakeError("", "scale_load: job " + std::to_string(job.source_id) +
                               " never ends, so there is no load to scale");
    }
    if (jobs++ == 0) first = job.submit;
    last = job.submit;
    work += static_cast<__int128>(job.work.nanos()) *
            (options.resource == LoadOptions::kGpu ? GpuMilli(job) : CpuMilli(job));
  }
  const char* resource = options.resource == LoadOptions::kGpu ? "GPU" : "CPU";
  if (work == 0 || last == first) {
    return MakeError("", std::string("scale_load: the jobs ask for no ") + resource +
                             " time, or all arrive at once: no load to scale");
  }
  const double offered = static_cast<double>(work) / (static_cast<double>((last - first).nanos()) *
                                                      static_cast<double>(capacity_milli));
  const double factor = offered / options.utilisation;
  if (factor < kLeastFactor || factor > kMostFactor) {
    return MakeError("", "scale_load: the load is " + FormatDouble(offered) +
                             ", more than 10000 "
                             "times away from the " +
                             FormatDouble(options.utilisation) + " asked for");
  }
  return factor;
}

Result<OpenSource> MakeLoad(OpenSource before, Params* options, const TransformContext& context) {
  const LoadOptions declared(*options);
  const int64_t capacity = declared.resource == LoadOptions::kGpu ? context.capacity.gpu_milli
                                                                  : context.capacity.cpu_milli;
  if (capacity <= 0) {
    return MakeError("",
                     std::string("scale_load: got it where the fleet has none of the resource ") +
                         "that it counts, expected resource: " +
                         (declared.resource == LoadOptions::kGpu ? "cpu" : "gpu"));
  }
  return [before = std::move(before), declared, capacity]() -> Result<std::unique_ptr<JobSource>> {
    Result<std::unique_ptr<JobSource>> first_pass = before();
    if (!first_pass) return first_pass;
    Result<double> factor = FactorFor(first_pass->get(), declared, capacity);
    if (!factor) return tl::unexpected(factor.error());
    return Mapped(before, [factor = *factor] { return JobChange(Stretch(factor)); })();
  };
}

Result<OpenSource> MakeStretch(OpenSource before, Params* options, const TransformContext&) {
  const StretchOptions declared(*options);
  return Mapped(std::move(before), [declared] { return JobChange(Stretch(declared.factor)); });
}

const TransformRegistration kScaleLoad({
    .name = "scale_load",
    .what = "Multiplies the time between arrivals so that the load, from the first arrival to the "
            "last, becomes the share of the fleet's capacity asked for. Reads the stream twice.",
    .source =
        "D. Feitelson, Workload Modeling for Computer Systems Performance Evaluation, 2015, on "
        "changing the load of a trace: this way also stretches its daily cycle",
    .holds_all_jobs = false,
    .declare = [](Params* options) { LoadOptions declared(*options); },
    .make = MakeLoad,
});

const TransformRegistration kStretch({
    .name = "stretch",
    .what = "Multiplies the time between arrivals by a factor.",
    .source = "",
    .holds_all_jobs = false,
    .declare = [](Params* options) { StretchOptions declared(*options); },
    .make = MakeStretch,
});

}  // namespace
}  // namespace orrery::workload
