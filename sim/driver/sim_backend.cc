#include "sim/driver/sim_backend.h"

#include <algorithm>

#include "models/workload/classes/job_class.h"
#include "sim/base/check.h"
#include "sim/base/prefetch.h"
#include "sim/driver/availability.h"

namespace orrery::driver {

using cluster::AttemptReport;
using cluster::EndReason;
using engine::Priority;
using policies::JobInfo;

SimBackend::SimBackend(const BackendDelays& delays, engine::Simulator* simulator)
    : delays_(delays), simulator_(simulator), id_(simulator->Register(this)) {}

void SimBackend::Connect(cluster::Acknowledgements* acknowledgements, DecisionTrigger* trigger) {
  acknowledgements_ = acknowledgements;
  trigger_ = trigger;
}

void SimBackend::MoveBy(Transfers* transfers) {
  transfers_ = transfers;
  if (transfers != nullptr) transfers->Connect(this);
}

void SimBackend::PaceBy(GangPaces* paces) {
  paces_ = paces;
  if (paces != nullptr) paces->Connect(this);
}

void SimBackend::Connect(NodeTruth* truth, Availability* availability) {
  truth_ = truth;
  availability_ = availability;
}

void SimBackend::SetNodeUp(NodeId node, bool up) {
  truth_->SetUp(node, up);
  if (up) return;
  for (JobSlot slot : truth_->On(node)) {
    if (Died(slot)) continue;
    Attempt& attempt = attempts_[slot.index()];
    // Who was told to stop does not answer when it should have, which shows.
    const bool told = attempt.run_end != SimTime::Never();
    if (!told || (Moves(attempt) && transfers_->sending(slot))) simulator_->Cancel(attempt.next);
    if (Moves(attempt)) transfers_->Abort(slot);
    truth_->Kill(slot, simulator_->now());
    if (Hosted(attempt)) host_->OnDied(slot);
    if (attempt.run_start != SimTime::Never()) UseGpus(slot, false);
  }
}

bool SimBackend::Hosted(const Attempt& attempt) const {
  return host_ != nullptr && attempt.job.job_class == JobClass::kInferenceEndpoint;
}

void SimBackend::Finish(JobSlot slot) {
  Attempt& attempt = attempts_[slot.index()];
  ORRERY_CHECK(attempt.run_start != SimTime::Never() && !Died(slot), slot.value);
  simulator_->Cancel(attempt.next);
  Report(slot, EndReason::kFinished, simulator_->now());
}

uint32_t SimBackend::Evict(NodeId node) {
  const std::vector<JobSlot> attempts = truth_->On(node);
  uint32_t ended = 0;
  for (JobSlot slot : attempts) {
    if (Died(slot)) continue;
    Attempt& attempt = attempts_[slot.index()];
    simulator_->Cancel(attempt.next);
    Report(slot, EndReason::kPreempted, std::min(attempt.run_end, simulator_->now()));
    AwaitAbandoning(slot);
    ++ended;
  }
  return ended;
}

uint32_t SimBackend::FailGpu(NodeId node, uint32_t gpu) {
  const std::vector<JobSlot> attempts = truth_->On(node);
  uint32_t ended = 0;
  for (JobSlot slot : attempts) {
    Attempt& attempt = attempts_[slot.index()];
    const bool runs = attempt.run_start != SimTime::Never() && attempt.run_end == SimTime::Never();
    if (!runs || Died(slot) || !truth_->Holds(slot, node, gpu)) continue;
    simulator_->Cancel(attempt.next);
    Report(slot, EndReason::kFailed, simulator_->now());
    ++ended;
  }
  return ended;
}

void SimBackend::ReportDead(NodeId node) {
  const std::vector<JobSlot> attempts = truth_->On(node);
  for (JobSlot slot : attempts) {
    if (Died(slot)) ReportDead(slot);
  }
}

bool SimBackend::Died(JobSlot slot) const {
  return truth_ != nullptr && truth_->died(slot) != SimTime::Never();
}

void SimBackend::ReportDead(JobSlot slot) {
  Attempt& attempt = attempts_[slot.index()];
  simulator_->Cancel(attempt.next);  // of an answer that will not come
  const SimTime died = truth_->died(slot);
  const bool ran = attempt.run_start != SimTime::Never();
  truth_->End(slot);
  const AttemptReport report =
      AccountDead(slot, ran ? EndReason::kFailed : EndReason::kStartFailed, died);
  const bool waits = acknowledgements_->OnEnded(slot, report, simulator_->now());
  if (waits && !ran) AwaitAbandoning(slot);
}

// What was not saved before the nodes died is lost, and so is the time until somebody looked.
AttemptReport SimBackend::AccountDead(JobSlot slot, EndReason reason, SimTime died) {
  const Attempt& attempt = attempts_[slot.index()];
  AttemptReport report = Account(slot, reason, std::min(attempt.run_end, died), true);
  report.died = died;
  report.lost += simulator_->now() - died;
  return report;
}

// The user of a job that was to start, and did not, still waits only so long.
void SimBackend::AwaitAbandoning(JobSlot slot) {
  Attempt& attempt = attempts_[slot.index()];
  if (attempt.ran) return;
  const SimTime abandons = workload::JobClassOf(attempt.job.job_class).AbandonsAt(attempt.job);
  if (abandons == SimTime::Never()) return;
  attempt.next = simulator_->Schedule(std::max(abandons, simulator_->now()), Priority::kFailure,
                                      id_, kAbandoned, slot.value);
}

void SimBackend::Admit(JobSlot slot, const workload::Job& job) {
  attempts_.Reach(slot.index());
  Attempt& attempt = attempts_[slot.index()];
  simulator_->Cancel(attempt.next);  // of a job that was turned away
  attempt = Attempt();
  attempt.job = job;
  attempt.saves_state = saving_ != nullptr && saving_->Concerns(job);
  if (Moves(attempt)) transfers_->Admit(slot);
  const SimTime abandons = workload::JobClassOf(job.job_class).AbandonsAt(job);
  if (abandons == SimTime::Never()) return;
  attempt.next = simulator_->Schedule(std::max(abandons, simulator_->now()), Priority::kFailure,
                                      id_, kAbandoned, slot.value);
}

void SimBackend::ApplyStart(const JobInfo& job, std::span<const policies::NodeGrant> grants,
                            Duration run_limit, Duration hold_limit) {
  Attempt& attempt = attempts_[job.slot.index()];
  simulator_->Cancel(attempt.next);  // it does not abandon the queue any more
  attempt.speed = trust_ == nullptr ? job.speed : trust_->devices().SpeedOn(job, grants);
  double share = 1;
  if (energy_ != nullptr && !workload::JobClassOf(job.job_class).LastsByTheClock()) {
    share = energy_->SpeedOn(job, grants);
  }
  if (paces_ != nullptr) paces_->Expect(job, grants, attempt.speed, share);
  attempt.speed *= share;
  attempt.run_limit = run_limit;
  attempt.hold_end = After(simulator_->now(), hold_limit);
  attempt.run_start = SimTime::Never();
  attempt.run_end = SimTime::Never();
  attempt.shared = false;
  if (attempt.saves_state) saving_->Plan(grants, &attempt);
  Duration start = delays_.start;
  if (mining_ != nullptr) start += mining_->Take(grants, simulator_->now());
  // Nothing answers on a node that is down; a health check will tell.
  if (truth_ != nullptr && !truth_->Begin(job, grants, simulator_->now())) return;
  if (Moves(attempt)) {
    transfers_->Prepare(job, grants, attempt.job, attempt.done);
  }
  if (trust_ != nullptr && trust_->devices().Unfit(job, grants)) {
    truth_->FailBy(job.slot, trust_->out_of_memory());
  }
  const SimTime started = simulator_->now() + start;
  const bool killed = attempt.hold_end < started;
  attempt.next = simulator_->Schedule(killed ? attempt.hold_end : started, Priority::kCompletion,
                                      id_, killed ? kKilled : kStarted, job.slot.value);
}

void SimBackend::ApplyStop(const JobInfo& job) {
  Attempt& attempt = attempts_[job.slot.index()];
  if (Moves(attempt)) transfers_->Abort(job.slot);
  simulator_->Cancel(attempt.next);
  attempt.run_end = std::min(attempt.run_end, simulator_->now());
  if (paces_ != nullptr) paces_->Run(job.slot, false);
  const SimTime stopped = simulator_->now() + delays_.stop;
  // What has died is not killed any more: that no answer comes will be clear in time.
  const bool killed = !Died(job.slot) && attempt.hold_end < stopped;
  attempt.next = simulator_->Schedule(killed ? attempt.hold_end : stopped, Priority::kCompletion,
                                      id_, killed ? kKilled : kStopped, job.slot.value);
}

void SimBackend::OnEvent(const engine::Event& event) {
  const JobSlot slot(static_cast<uint32_t>(event.payload));
  Attempt& attempt = attempts_[slot.index()];
  switch (event.kind) {
    case kStarted:
      if (Moves(attempt) && transfers_->Bring(slot)) {
        AwaitData(slot, attempt);
      } else {
        Begin(slot, attempt);
      }
      break;
    case kFinished:
      Finish(slot, attempt);
      break;
    case kKilled:
      if (Died(slot)) {
        ReportDead(slot);
      } else {
        Report(slot, EndReason::kKilled, std::min(attempt.run_end, event.time));
      }
      break;
    case kStopped:
      if (Died(slot)) {
        ReportDead(slot);
      } else {
        Report(slot, EndReason::kPreempted, attempt.run_end);
      }
      break;
    case kFailed:
      Fail(slot, event.time);
      break;
    case kAbandoned:
      acknowledgements_->OnAbandoned(slot, event.time);
      break;
  }
  Answered();
}

// Where it stood on one node, that is where the scheduler hears of a failure. Of a gang on several
// nobody can tell.
void SimBackend::Fail(JobSlot slot, SimTime now) {
  const NodeId node = truth_->OnlyNode(slot);
  Report(slot, EndReason::kFailed, now);
  if (node.valid()) availability_->NoteFailure(node, now);
}

void SimBackend::Answered() {
  if (availability_ != nullptr) {
    availability_->BarNodes(simulator_->now());
    availability_->CloseIfOver();
  }
  trigger_->Notice();
}

// What it holds, it pays for meanwhile.
void SimBackend::AwaitData(JobSlot slot, Attempt& attempt) {
  if (attempt.hold_end.nanos() >= INT64_MAX - 1) return;
  attempt.next =
      simulator_->Schedule(attempt.hold_end, Priority::kCompletion, id_, kKilled, slot.value);
}

void SimBackend::OnMoved(JobSlot slot) {
  Attempt& attempt = attempts_[slot.index()];
  simulator_->Cancel(attempt.next);
  if (attempt.run_start == SimTime::Never()) {
    Begin(slot, attempt);
  } else {
    Report(slot, EndReason::kFinished, attempt.run_end);
  }
  Answered();
}

void SimBackend::Finish(JobSlot slot, Attempt& attempt) {
  const SimTime now = simulator_->now();
  if (!Moves(attempt) || !transfers_->Send(slot)) return Report(slot, EndReason::kFinished, now);
  attempt.run_end = now;
  if (paces_ != nullptr) paces_->Run(slot, false);
  AwaitData(slot, attempt);
}

void SimBackend::Expect(JobSlot slot) const { Prefetch(&attempts_[slot.index()], sizeof(Attempt)); }

void SimBackend::Fetch(uint64_t payload) const {
  const JobSlot slot(static_cast<uint32_t>(payload));
  Expect(slot);
  acknowledgements_->Expect(slot);
}

void SimBackend::Begin(JobSlot slot, Attempt& attempt) {
  attempt.run_start = simulator_->now();
  attempt.ran = truth_ != nullptr;
  if (Hosted(attempt)) attempt.job.setup = host_->OnBegin(slot, attempt.job.setup);
  AwaitEnd(slot, attempt);
  UseGpus(slot, true);
  acknowledgements_->OnStarted(slot, simulator_->now());
}

// What happens to a running attempt, if it goes on at its pace.
void SimBackend::AwaitEnd(JobSlot slot, Attempt& attempt) {
  const SimTime now = simulator_->now();
  const SimTime begin = attempt.run_start;
  const Duration ran = now - begin - LagAt(slot, now);
  const Duration left = std::max(attempt.WholeRun() - ran, Duration());
  const double pace = attempt.shared ? sharing_[slot.index()].pace : 1;
  const SimTime finish = After(now, TimeFor(left, pace));
  const SimTime kill = std::min(attempt.LimitFrom(begin), attempt.hold_end);
  const bool killed = kill < finish;
  SimTime end = killed ? kill : finish;
  Kind how = killed ? kKilled : kFinished;
  if (truth_ != nullptr) {
    const SimTime fails = After(begin, truth_->fails_after(slot));
    if (fails < end) {
      end = fails;
      how = kFailed;
    }
  }
  attempt.next =
      simulator_->Schedule(std::max(end, now), Priority::kCompletion, id_, how, slot.value);
}

// Running time that an attempt has lost to others on its GPUs and to relays.
Duration SimBackend::LagAt(JobSlot slot, SimTime now) const {
  if (!attempts_[slot.index()].shared) return Duration();
  const Sharing& sharing = sharing_[slot.index()];
  const Duration span = now - sharing.since;
  return sharing.lag + span - WorkIn(span, sharing.pace);
}

Duration SimBackend::WorkDone(JobSlot slot) const {
  const Attempt& attempt = attempts_[slot.index()];
  if (attempt.run_start == SimTime::Never()) return Duration();
  SimTime end = std::min(attempt.run_end, simulator_->now());
  if (Died(slot)) end = std::min(end, truth_->died(slot));
  const Duration done = attempt.WorkDone(attempt.Worked(end, LagAt(slot, end)));
  return std::min(done, attempt.job.work - attempt.done);
}

bool SimBackend::WorkOver(JobSlot slot) const {
  return attempts_[slot.index()].run_end != SimTime::Never();
}

void SimBackend::UseGpus(JobSlot slot, bool on) {
  if (paces_ != nullptr && paces_->Run(slot, on) && on) Pace(slot);
  const uint16_t frames = attempts_[slot.index()].job.frames;
  if (streams_ != nullptr && frames != workload::FrameTable::kNone) {
    streams_->Run(slot, frames, on, simulator_->now());
  }
  if (trust_ == nullptr) return;
  for (const NodeId node : trust_->UseGpus(slot, on, simulator_->now())) {
    for (const JobSlot other : truth_->On(node)) Pace(other);
  }
}

// Sets an attempt to the pace that is left to it now. Who was told to stop makes no progress any
// more.
void SimBackend::Pace(JobSlot slot) {
  Attempt& attempt = attempts_[slot.index()];
  if (attempt.run_start == SimTime::Never() || attempt.run_end != SimTime::Never()) return;
  if (Died(slot)) return;
  double pace = trust_ == nullptr ? 1 : trust_->PaceOf(slot);
  if (paces_ != nullptr) pace *= paces_->PaceOf(slot);
  if (!Hosted(attempt) && workload::JobClassOf(attempt.job.job_class).LastsByTheClock()) return;
  if (!attempt.shared) {
    if (pace == 1) return;
    sharing_.Reach(slot.index());
    sharing_[slot.index()] = {.pace = 1, .since = simulator_->now(), .lag = {}};
    attempt.shared = true;
  }
  Sharing& sharing = sharing_[slot.index()];
  if (pace == sharing.pace) return;
  sharing = {.pace = pace, .since = simulator_->now(), .lag = LagAt(slot, simulator_->now())};
  simulator_->Cancel(attempt.next);
  AwaitEnd(slot, attempt);
  if (Hosted(attempt)) host_->OnPace(slot, pace);
}

AttemptReport SimBackend::Account(JobSlot slot, EndReason reason, SimTime end, bool died) {
  const Duration lag = LagAt(slot, end);
  return attempts_[slot.index()].Close(reason, end, lag, died);
}

void SimBackend::Report(JobSlot slot, EndReason reason, SimTime run_end) {
  if (truth_ != nullptr) truth_->End(slot);
  if (Moves(attempts_[slot.index()])) transfers_->Abort(slot);
  if (attempts_[slot.index()].run_start != SimTime::Never()) UseGpus(slot, false);
  const AttemptReport report = Account(slot, reason, run_end, false);
  acknowledgements_->OnEnded(slot, report, simulator_->now());
}

AttemptReport SimBackend::ReportFor(const JobInfo& job, SimTime now) {
  Attempt& attempt = attempts_[job.slot.index()];
  simulator_->Cancel(attempt.next);
  if (Moves(attempt)) transfers_->Abort(job.slot);
  if (truth_ != nullptr) {
    const SimTime died = truth_->died(job.slot);
    if (died != SimTime::Never()) return AccountDead(job.slot, EndReason::kHorizon, died);
  }
  return Account(job.slot, EndReason::kHorizon, std::min(attempt.run_end, now), false);
}

}  // namespace orrery::driver
