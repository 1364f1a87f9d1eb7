// Users who submit in office hours only: what comes at night waits for the morning.
#include <memory>
#include <utility>

#include "models/workload/transforms/sources.h"

namespace orrery::workload {
namespace {

struct OfficeHours {
  explicit OfficeHours(Params& o)
      : opens(o.Time("opens", {.value = Duration::Hours(9),
                               .min = Duration(),
                               .max = Duration::Hours(23),
                               .doc = "time of day from which jobs are submitted",
                               .source = "Assumption: office_hours"})),
        closes(o.Time("closes", {.value = Duration::Hours(17),
                                 .min = Duration::Hours(1),
                                 .max = Duration::Hours(24),
                                 .doc = "time of day until which jobs are submitted",
                                 .source = "Assumption: office_hours"})) {
    if (closes <= opens) o.Complain("closes", "a time after 'opens'");
  }

  // Whoever comes before the door opens waits for it; whoever comes late, for the next day's.
  SimTime SubmitTime(SimTime arrival) const {
    const int64_t day_ns = Duration::Hours(24).nanos();
    const int64_t day = (arrival - SimTime::Zero()).nanos() / day_ns;
    const SimTime midnight = SimTime::Zero() + Duration::Nanos(day * day_ns);
    if (arrival < midnight + opens) return midnight + opens;
    if (arrival < midnight + closes) return arrival;
    return midnight + Duration::Hours(24) + opens;
  }

  Duration opens, closes;
};

Result<OpenSource> Make(OpenSource before, Params* options, const TransformContext&) {
  const OfficeHours hours(*options);
  return Mapped(std::move(before), [hours]() -> JobChange {
    return [hours](Job* job) { MoveTo(hours.SubmitTime(job->submit), job); };
  });
}

const TransformRegistration kOfficeHours({
    .name = "office_hours",
    .what = "Holds back jobs that arrive outside office hours until the door opens.",
    .source = "the example of docs/adding-a-model.md",
    .holds_all_jobs = false,
    .declare = [](Params* options) { OfficeHours declared(*options); },
    .make = Make,
});

}  // namespace
}  // namespace orrery::workload
