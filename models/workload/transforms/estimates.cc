// Users' estimates of run times, from the true ones with a given error.
#include <utility>

#include "models/workload/transforms/sources.h"
#include "sim/base/math.h"

namespace orrery::workload {
namespace {

struct EstimateOptions {
  enum Model : size_t { kExact, kUniform, kLogNormal };
  enum Limit : size_t { kKeep, kEstimate, kNone };

  explicit EstimateOptions(Params& o)
      : model(o.Choice("model", {.value = "uniform",
                                 .choices = {"exact", "uniform", "lognormal"},
                                 .doc = "exact: the true work; uniform: work × U(1, 1 + f), the "
                                        "f-model; lognormal: work × median × e^(sigma z)",
                                 .source = "Mu'alem and Feitelson, IEEE TPDS 12(6), 2001"})),
        f(o.Real("f", {.value = 4,
                       .min = 0,
                       .max = 1e6,
                       .doc = "uniform: how much too high estimates are at most; 0: exact",
                       .source = "Assumption: estimate-badness"})),
        median(o.Real("median", {.value = 1,
                                 .min = 1e-3,
                                 .max = 1e3,
                                 .doc = "lognormal: half of the estimates are below work × median",
                                 .source = "Assumption: estimate-unbiased"})),
        sigma(o.Real("sigma", {.value = 1,
                               .min = 0,
                               .max = 10,
                               .doc = "lognormal: standard deviation of the logarithm",
                               .source = "Assumption: estimate-spread"})),
        limit(o.Choice("limit", {.value = "keep",
                                 .choices = {"keep", "estimate", "none"},
                                 .doc = "the time after which a job may be killed: as it was, the "
                                        "estimate, or none",
                                 .source = ""})) {}

  size_t model;
  double f, median, sigma;
  size_t limit;
};

Result<OpenSource> Make(OpenSource before, Params* options, const TransformContext& context) {
  const EstimateOptions o(*options);
  const StreamName stream = StreamName::FromText(context.stream);
  return Mapped(std::move(before), [o, random = context.random, stream] {
    return JobChange([o, random, stream](Job* job) {
      // One number for every model, so that two of them disagree in size alone.
      Draw draw = random.Stream(stream, job->source_id).At(0);
      const double u = draw.UniformOpen();
      double factor = 1;
      if (o.model == EstimateOptions::kUniform) factor = 1 + o.f * u;
      if (o.model == EstimateOptions::kLogNormal)
        factor = o.median * Exp(o.sigma * NormalQuantile(u));
      job->estimate = factor == 1 ? job->work : Scaled(job->work, factor);
      if (o.limit == EstimateOptions::kEstimate) job->limit = job->estimate;
      if (o.limit == EstimateOptions::kNone) job->limit = Duration::Max();
    });
  });
}

const TransformRegistration kEstimates({
    .name = "estimates",
    .what = "Gives every job an estimate of its run time with an error drawn from a model.",
    .source =
        "A. Mu'alem, D. Feitelson, \"Utilization, Predictability, Workloads, and User Runtime "
        "Estimates in Scheduling the IBM SP2 with Backfilling\", IEEE TPDS 12(6), 2001",
    .holds_all_jobs = false,
    .declare = [](Params* options) { EstimateOptions declared(*options); },
    .make = Make,
});

}  // namespace
}  // namespace orrery::workload
