// Users whose work can wait for cheap, or clean, electricity.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "models/workload/transforms/sources.h"
#include "sim/base/text.h"

namespace orrery::workload {
namespace {

struct CheapHours {
  explicit CheapHours(Params& o)
      : patience(o.Time("patience", {.value = Duration::Hours(12),
                                     .min = Duration::Hours(1),
                                     .max = Duration::Hours(24 * 7),
                                     .doc = "the longest time that a job is held back",
                                     .source = "Assumption: patience"})),
        by_carbon(o.Choice("by", {.value = "price",
                                  .choices = {"price", "carbon"},
                                  .doc = "what the hours are chosen by",
                                  .source = ""}) == 1),
        region(o.Text("region", {.value = "",
                                 .doc = "where the job will draw its power; empty: where its user "
                                        "is",
                                 .source = ""})) {}

  Duration patience;
  bool by_carbon;
  std::string region;
};

// When to submit a job: at once, or at one of the full hours until patience ends, wherever its
// estimated run costs least; the earliest of equals. A deadline is not put at risk.
SimTime Cheapest(const Job& job, Duration patience, const energy::Profile& rate, Duration begin) {
  const Duration run = std::max(job.estimate, Duration::Seconds(1));
  const Duration hour = Duration::Hours(1);
  const auto cost = [&](SimTime start) {
    return rate.Integral(start + begin, start + begin + run);
  };
  SimTime best = job.submit;
  __int128 least = cost(best);
  const int64_t first = job.submit.nanos() / hour.nanos() + 1;
  for (SimTime start = SimTime::Zero() + hour * first; start <= job.submit + patience;
       start += hour) {
    if (job.deadline != SimTime::Never() && start + run > job.deadline) break;
    const __int128 candidate = cost(start);
    if (candidate >= least) continue;
    best = start;
    least = candidate;
  }
  return best;
}

Result<OpenSource> Make(OpenSource before, Params* options, const TransformContext& context) {
  const CheapHours o(*options);
  const Electricity& electricity = context.electricity;
  if (electricity.price.empty()) {
    return MakeError("", "cheap_hours: got hours that all cost the same, expected energy: full");
  }
  RegionId everywhere;
  if (!o.region.empty()) {
    const auto found = std::find(context.regions.begin(), context.regions.end(), o.region);
    if (found == context.regions.end()) {
      return MakeError(
          "", "cheap_hours: " + UnknownName("a region of the scenario", o.region, context.regions));
    }
    everywhere = RegionId(static_cast<uint16_t>(found - context.regions.begin()));
  }
  return Chosen(
      std::move(before),
      [patience = o.patience, rates = o.by_carbon ? electricity.carbon : electricity.price,
       begin = electricity.begin, everywhere](std::vector<Job> jobs) -> Result<std::vector<Job>> {
        for (Job& job : jobs) {
          const RegionId at = everywhere.valid() ? everywhere : job.region;
          if (!at.valid()) {
            return MakeError("", "cheap_hours: job " + std::to_string(job.source_id) +
                                     " comes from no place, expected the option `region`");
          }
          job.submit = Cheapest(job, patience, rates[at.index()], begin);
        }
        std::stable_sort(jobs.begin(), jobs.end(),
                         [](const Job& a, const Job& b) { return a.submit < b.submit; });
        return jobs;
      });
}

const TransformRegistration kCheapHours({
    .name = "cheap_hours",
    .what = "Users hold each job back, as long as their patience lasts, for the hours in which its "
            "electricity is cheapest (or cleanest). Needs energy: full.",
    .source = "Wiesner, Behnke, Scheinert, Gontarska, Thamsen: \"Let's Wait Awhile: How Temporal "
              "Workload Shifting Can Reduce Carbon Emissions in the Cloud\", Middleware 2021",
    .holds_all_jobs = true,
    .declare = [](Params* options) { CheapHours declared(*options); },
    .make = Make,
});

}  // namespace
}  // namespace orrery::workload
