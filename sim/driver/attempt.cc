#include "sim/driver/attempt.h"

#include <algorithm>

#include "models/workload/classes/job_class.h"

namespace orrery::driver {

using cluster::AttemptReport;
using cluster::EndReason;

int64_t Attempt::SavesUntil(Duration until) const {
  if (!saves() || until <= done) return 0;
  const Duration interval = job.checkpoint_interval;
  return (until - Duration::Nanos(1)) / interval - done / interval;
}

Duration Attempt::WorkDone(Duration run) const {
  if (!saves()) return WorkIn(run, speed);
  const Duration interval = job.checkpoint_interval;
  const Duration before = Duration::Nanos(done.nanos() % interval.nanos());
  const Duration first = TimeFor(interval - before, speed);
  if (run < first) return WorkIn(run, speed);
  if (run - first < save_cost) return interval - before - Duration::Nanos(1);
  const Duration left = run - first - save_cost;
  const Duration period = Sum(TimeFor(interval, speed), save_cost);
  const Duration reached = interval - before + interval * (left / period);
  const Duration rest = left - period * (left / period);
  return reached + std::min(WorkIn(rest, speed), interval - Duration::Nanos(1));
}

SimTime Attempt::LimitFrom(SimTime begin) const {
  const SimTime limit = After(After(begin, job.setup), run_limit);
  if (!saves() || run_limit == Duration::Max()) return limit;
  const Duration until = done + WorkIn(run_limit, speed);
  return After(limit, Times(SavesUntil(std::min(until, job.work)), save_cost));
}

AttemptReport Attempt::Close(EndReason reason, SimTime end, Duration lag, bool died) {
  const workload::JobClassModel& job_class = workload::JobClassOf(job.job_class);
  AttemptReport report{.reason = reason,
                       .kept = {},
                       .useful = {},
                       .lost = {},
                       .next_save = job_class.NextSave(job, done),
                       .died = SimTime::Never()};
  if (run_start == SimTime::Never()) return report;
  const Duration run = std::max(end - run_start - job.setup, Duration());
  const Duration worked = Worked(end, lag);
  lag = std::min(lag, run);
  Duration left = job.work;  // of its progress
  Duration reached = left;
  if (reason != EndReason::kFinished) {
    left = std::min(done + WorkDone(worked), job.work);
    reached = left;
    if (reason != EndReason::kHorizon || died) {
      const bool notice = reason == EndReason::kPreempted;
      // What earlier attempts saved, at a preemption perhaps, stays saved.
      left = std::max(done, job_class.Kept(job, left, notice));
    }
  }
  report.kept = left - done;
  const bool all = reason == EndReason::kFinished || (reason == EndReason::kHorizon && !died);
  if (!saves()) {
    report.useful = all ? run : std::min(TimeFor(report.kept, speed), run);
    report.lost = run - report.useful;
  } else {
    // The rest went into saving.
    const Duration slow = all ? lag : Duration();
    report.useful = std::clamp(TimeFor(report.kept, speed) + slow, Duration(), run);
    report.lost =
        std::clamp(TimeFor(reached - left, speed) + lag - slow, Duration(), run - report.useful);
  }
  report.next_save = job_class.NextSave(job, left);
  done = left;
  return report;
}

}  // namespace orrery::driver
