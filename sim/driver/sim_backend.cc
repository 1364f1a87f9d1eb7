#include "sim/driver/sim_backend.h"

#include <algorithm>
#include <cmath>

#include "models/workload/classes/job_class.h"
#include "sim/base/check.h"
#include "sim/base/prefetch.h"

namespace orrery::driver {

using cluster::AttemptReport;
using cluster::EndReason;
using engine::Priority;
using policies::JobInfo;

namespace {

// Time that `work` takes at `speed`; the last nanosecond counts in full.
Duration TimeFor(Duration work, double speed) {
  if (speed == 1) return work;
  const double ns = std::ceil(static_cast<double>(work.nanos()) / speed);
  return ns < 9e18 ? Duration::Nanos(static_cast<int64_t>(ns)) : Duration::Max();
}

// Work done in `time` at `speed`; the last nanosecond counts when it is full.
Duration WorkIn(Duration time, double speed) {
  if (speed == 1) return time;
  return Duration::Nanos(static_cast<int64_t>(static_cast<double>(time.nanos()) * speed));
}

SimTime After(SimTime now, Duration span) {
  return span.nanos() < INT64_MAX - now.nanos() ? now + span : SimTime::FromNanos(INT64_MAX - 1);
}

}  // namespace

SimBackend::SimBackend(const BackendDelays& delays, engine::Simulator* simulator)
    : delays_(delays), simulator_(simulator), id_(simulator->Register(this)) {}

void SimBackend::Connect(cluster::Acknowledgements* acknowledgements, DecisionTrigger* trigger) {
  acknowledgements_ = acknowledgements;
  trigger_ = trigger;
}

void SimBackend::Admit(JobSlot slot, const workload::Job& job) {
  attempts_.Reach(slot.index());
  Attempt& attempt = attempts_[slot.index()];
  simulator_->Cancel(attempt.next);  // of a job that was turned away
  attempt = Attempt();
  attempt.job = job;
  const SimTime abandons = workload::JobClassOf(job.job_class).AbandonsAt(job);
  if (abandons == SimTime::Never()) return;
  attempt.next = simulator_->Schedule(std::max(abandons, simulator_->now()), Priority::kFailure,
                                      id_, kAbandoned, slot.value);
}

void SimBackend::ApplyStart(const JobInfo& job, std::span<const policies::NodeGrant> grants,
                            Duration run_limit, Duration hold_limit) {
  Attempt& attempt = attempts_[job.slot.index()];
  simulator_->Cancel(attempt.next);  // it does not abandon the queue any more
  attempt.speed = job.speed;
  if (energy_ != nullptr) attempt.speed *= energy_->SpeedOn(job, grants);
  attempt.run_limit = run_limit;
  attempt.hold_end = After(simulator_->now(), hold_limit);
  attempt.run_start = SimTime::Never();
  attempt.run_end = SimTime::Never();
  const SimTime started = simulator_->now() + delays_.start;
  const bool killed = attempt.hold_end < started;
  attempt.next = simulator_->Schedule(killed ? attempt.hold_end : started, Priority::kCompletion,
                                      id_, killed ? kKilled : kStarted, job.slot.value);
}

void SimBackend::ApplyStop(const JobInfo& job) {
  Attempt& attempt = attempts_[job.slot.index()];
  simulator_->Cancel(attempt.next);
  attempt.run_end = simulator_->now();
  const SimTime stopped = simulator_->now() + delays_.stop;
  const bool killed = attempt.hold_end < stopped;
  attempt.next = simulator_->Schedule(killed ? attempt.hold_end : stopped, Priority::kCompletion,
                                      id_, killed ? kKilled : kStopped, job.slot.value);
}

void SimBackend::OnEvent(const engine::Event& event) {
  const JobSlot slot(static_cast<uint32_t>(event.payload));
  Attempt& attempt = attempts_[slot.index()];
  switch (event.kind) {
    case kStarted:
      Begin(slot, attempt);
      break;
    case kFinished:
      Report(slot, EndReason::kFinished, event.time);
      break;
    case kKilled:
      Report(slot, EndReason::kKilled, std::min(attempt.run_end, event.time));
      break;
    case kStopped:
      Report(slot, EndReason::kPreempted, attempt.run_end);
      break;
    case kAbandoned:
      acknowledgements_->OnAbandoned(slot, event.time);
      break;
  }
  trigger_->Notice();
}

void SimBackend::Expect(JobSlot slot) const { Prefetch(&attempts_[slot.index()], sizeof(Attempt)); }

void SimBackend::Fetch(uint64_t payload) const {
  const JobSlot slot(static_cast<uint32_t>(payload));
  Expect(slot);
  acknowledgements_->Expect(slot);
}

void SimBackend::Begin(JobSlot slot, Attempt& attempt) {
  const SimTime now = simulator_->now();
  attempt.run_start = now;
  const SimTime finish =
      After(now, attempt.job.setup + TimeFor(attempt.job.work - attempt.done, attempt.speed));
  const SimTime limit = After(After(now, attempt.job.setup), attempt.run_limit);
  const SimTime kill = std::min(limit, attempt.hold_end);
  const bool killed = kill < finish;
  attempt.next = simulator_->Schedule(killed ? kill : finish, Priority::kCompletion, id_,
                                      killed ? kKilled : kFinished, slot.value);
  acknowledgements_->OnStarted(slot, now);
}

// Time after the set-up is useful as far as its progress is kept: all of it for a job that
// finished, and for one that runs on at the horizon; else what the job's class saves when it is
// stopped.
AttemptReport SimBackend::Account(Attempt& attempt, EndReason reason, SimTime end) {
  const workload::Job& job = attempt.job;
  const workload::JobClassModel& job_class = workload::JobClassOf(job.job_class);
  AttemptReport report{.reason = reason,
                       .kept = {},
                       .useful = {},
                       .lost = {},
                       .next_save = job_class.NextSave(job, attempt.done)};
  if (attempt.run_start == SimTime::Never()) return report;
  const Duration run = std::max(end - attempt.run_start - job.setup, Duration());
  Duration done = job.work;
  if (reason != EndReason::kFinished) {
    done = std::min(attempt.done + WorkIn(run, attempt.speed), job.work);
    if (reason != EndReason::kHorizon) {
      const bool notice = reason == EndReason::kPreempted;
      done = job_class.Kept(job, done, notice);
    }
  }
  // An attempt cannot keep less than nothing of itself: a class that drops what earlier attempts
  // kept loses that, too, but their time is on the books already.
  report.kept = done - attempt.done;
  const bool all = reason == EndReason::kFinished || reason == EndReason::kHorizon;
  report.useful =
      all ? run
          : std::clamp(TimeFor(std::max(report.kept, Duration()), attempt.speed), Duration(), run);
  report.lost = run - report.useful;
  report.next_save = job_class.NextSave(job, done);
  attempt.done = done;
  return report;
}

void SimBackend::Report(JobSlot slot, EndReason reason, SimTime run_end) {
  const AttemptReport report = Account(attempts_[slot.index()], reason, run_end);
  acknowledgements_->OnEnded(slot, report, simulator_->now());
}

AttemptReport SimBackend::ReportFor(const JobInfo& job, SimTime now) {
  Attempt& attempt = attempts_[job.slot.index()];
  simulator_->Cancel(attempt.next);
  const bool stopping = job.phase == policies::JobPhase::kStopping;
  return Account(attempt, EndReason::kHorizon, stopping ? attempt.run_end : now);
}

}  // namespace orrery::driver
