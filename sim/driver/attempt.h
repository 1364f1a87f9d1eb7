// An attempt of a job as the back end knows it, and its accounts: what time does to its work. When
// things happen to it is the back end's affair (sim_backend.h).
#pragma once

#include <cmath>
#include <cstdint>

#include "models/workload/job.h"
#include "sim/base/time.h"
#include "sim/cluster/backend.h"
#include "sim/engine/event.h"

namespace orrery::driver {

// Time that `work` takes at `speed`; the last nanosecond counts in full. Max() at speed 0.
inline Duration TimeFor(Duration work, double speed) {
  if (speed == 1 || work == Duration()) return work;
  const double ns = std::ceil(static_cast<double>(work.nanos()) / speed);
  return ns < 9e18 ? Duration::Nanos(static_cast<int64_t>(ns)) : Duration::Max();
}

// Work done in `time` at `speed`; the last nanosecond counts when it is full.
inline Duration WorkIn(Duration time, double speed) {
  if (speed == 1) return time;
  return Duration::Nanos(static_cast<int64_t>(static_cast<double>(time.nanos()) * speed));
}

// a + b, but never beyond Duration::Max().
inline Duration Sum(Duration a, Duration b) {
  return a.nanos() < INT64_MAX - b.nanos() ? a + b : Duration::Max();
}

// `n` × `span`, but never beyond Duration::Max().
inline Duration Times(int64_t n, Duration span) {
  return n == 0 || span.nanos() <= INT64_MAX / n ? span * n : Duration::Max();
}

// Work is counted on the job's reference GPU. One live event a job, at most: what happens to it
// next.
struct alignas(64) Attempt {
  workload::Job job;
  Duration done;  // of its work, kept from earlier attempts
  Duration run_limit;
  // Wall-clock time that each of its checkpoints takes; zero: nothing that counts.
  Duration save_cost;
  SimTime hold_end;                      // when it must have given its nodes back
  SimTime run_start = SimTime::Never();  // Never: not running yet
  SimTime run_end = SimTime::Never();    // of a job that was told to stop, or is done
  double speed = 1;
  bool ran = false;          // in this attempt or before; kept where nodes may fail
  bool shared = false;       // others have used its GPUs as well, or relays gone or come under it
  bool saves_state = false;  // at intervals, each time at a cost (saving.h)
  engine::EventHandle next;

  bool saves() const { return save_cost > Duration(); }
  // Checkpoints between what was done when the attempt began and `until`; none at the very end.
  int64_t SavesUntil(Duration until) const;
  // Work done in `run` since the set-up. One that is being saved does not count as reached yet.
  Duration WorkDone(Duration run) const;
  // Of the time from its beginning to `end`, what would have passed after the set-up at its own
  // speed. `lag`: as below.
  Duration Worked(SimTime end, Duration lag) const {
    return std::max(end - run_start - lag - job.setup, Duration());
  }
  // Time from the beginning of the attempt to the end of its work, set-up and saves included.
  Duration WholeRun() const {
    const Duration saving = Times(SavesUntil(job.work), save_cost);
    return Sum(TimeFor(job.work - done, speed), Sum(job.setup, saving));
  }
  // When it is killed for working longer than its limit, counted from its beginning.
  SimTime LimitFrom(SimTime begin) const;

  // The account of the attempt, which ended at `end` for this reason; `done` is then what the next
  // one starts from. `lag`: running time that it lost to others on its GPUs and to relays; below
  // zero where it gained some. `died`: its nodes went down under it. Time after the set-up is
  // useful as far as its progress is kept: all of it for a job that finished, and for one that runs
  // on at the horizon; else what the job's class saves when it is stopped.
  cluster::AttemptReport Close(cluster::EndReason reason, SimTime end, Duration lag, bool died);
};

// `now` + `span`, but before SimTime::Never().
inline SimTime After(SimTime now, Duration span) {
  return span.nanos() < INT64_MAX - now.nanos() ? now + span : SimTime::FromNanos(INT64_MAX - 1);
}

}  // namespace orrery::driver
