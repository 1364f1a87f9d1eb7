// Deadlines by a slack factor, and budgets by a price.
#include <algorithm>
#include <utility>

#include "models/workload/transforms/sources.h"

namespace orrery::workload {
namespace {

struct DeadlineOptions {
  explicit DeadlineOptions(Params& o)
      : share(o.Real("share", {.value = 1,
                               .min = 0,
                               .max = 1,
                               .doc = "share of the jobs that get a deadline; the others lose it",
                               .source = ""})),
        slack_min(o.Real("slack_min", {.value = 1.2,
                                       .min = 0,
                                       .max = 1e4,
                                       .doc = "deadline = submit + work × U(slack_min, slack_max)",
                                       .source = "Narayanan et al., OSDI 2020, its code: SLOs of "
                                                 "1.2, 2 and 10 times the duration"})),
        slack_max(o.Real("slack_max", {.value = 10,
                                       .min = 0,
                                       .max = 1e4,
                                       .doc = "the largest slack",
                                       .source = "Narayanan et al., OSDI 2020, its code"})) {
    if (slack_max < slack_min) o.Complain("slack_max", "at least slack_min");
  }
  double share, slack_min, slack_max;
};

struct BudgetOptions {
  explicit BudgetOptions(Params& o)
      : share(o.Real("share", {.value = 1,
                               .min = 0,
                               .max = 1,
                               .doc = "share of the jobs that get a budget; the others lose it",
                               .source = ""})),
        price(o.Price("price", {.value = UsdPerHour::Micros(2'000'000),
                                .doc = "what users reckon with for a whole GPU",
                                .source = "Assumption: budget-price"})),
        factor_min(o.Real("factor_min",
                          {.value = 1,
                           .min = 0,
                           .max = 1e4,
                           .doc = "budget = price × GPUs × estimate × U(factor_min, factor_max)",
                           .source = "Assumption: budget-factor"})),
        factor_max(o.Real("factor_max", {.value = 2,
                                         .min = 0,
                                         .max = 1e4,
                                         .doc = "the largest factor",
                                         .source = "Assumption: budget-factor"})) {
    if (factor_max < factor_min) o.Complain("factor_max", "at least factor_min");
  }
  double share;
  UsdPerHour price;
  double factor_min, factor_max;
};

Result<OpenSource> MakeDeadlines(OpenSource before, Params* options,
                                 const TransformContext& context) {
  const DeadlineOptions o(*options);
  const StreamName stream = StreamName::FromText(context.stream);
  return Mapped(std::move(before), [o, random = context.random, stream] {
    return JobChange([o, random, stream](Job* job) {
      Draw draw = random.Stream(stream, job->source_id).At(0);
      const bool has = draw.Bernoulli(o.share);
      const double slack = draw.Uniform(o.slack_min, o.slack_max);
      // A deadline beyond what SimTime can tell is none.
      const double due_s = job->submit.seconds() + job->work.seconds() * slack;
      job->deadline = SimTime::Never();
      if (has && due_s < 9e9) job->deadline = job->submit + Scaled(job->work, slack);
    });
  });
}

Result<OpenSource> MakeBudgets(OpenSource before, Params* options,
                               const TransformContext& context) {
  const BudgetOptions o(*options);
  const StreamName stream = StreamName::FromText(context.stream);
  return Mapped(std::move(before), [o, random = context.random, stream] {
    return JobChange([o, random, stream](Job* job) {
      Draw draw = random.Stream(stream, job->source_id).At(0);
      const bool has = draw.Bernoulli(o.share);
      const double factor = draw.Uniform(o.factor_min, o.factor_max);
      const double gpus = static_cast<double>(GpuMilli(*job)) / 1000;
      const double dollars = o.price.dollars() * gpus * job->estimate.hours() * factor;
      job->budget = has ? Usd::FromDollars(std::min(dollars, kMostBudgetUsd)) : Usd::Micros(-1);
    });
  });
}

const TransformRegistration kDeadlines({
    .name = "deadlines",
    .what = "Gives jobs a deadline: submit + work × a slack drawn for each job.",
    .source = "",
    .holds_all_jobs = false,
    .declare = [](Params* options) { DeadlineOptions declared(*options); },
    .make = MakeDeadlines,
});

const TransformRegistration kBudgets({
    .name = "budgets",
    .what = "Gives jobs a budget: a price × GPUs × estimate × a factor drawn for each job.",
    .source = "",
    .holds_all_jobs = false,
    .declare = [](Params* options) { BudgetOptions declared(*options); },
    .make = MakeBudgets,
});

}  // namespace
}  // namespace orrery::workload
