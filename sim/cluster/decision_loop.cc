#include "sim/cluster/decision_loop.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/base/check.h"

namespace orrery::cluster {

using policies::Preempt;
using policies::Reject;
using policies::Start;
using policies::WakeAt;

namespace {

// 32 random bits that belong to a job: its place among jobs with equal keys where ties are random.
uint32_t RandomTie(const RandomStreams& random, JobId job) {
  Draw draw = random.Stream("scheduler/tie", job.value).At(0);
  return static_cast<uint32_t>(draw.Bits() >> 32);
}

}  // namespace

DecisionLoop::DecisionLoop(const LoopConfig& config, Roles* roles, ClusterState* state,
                           Backend* backend, Billing* billing, LoopObserver* observer,
                           const RandomStreams& random)
    : config_(config),
      roles_(roles),
      state_(state),
      backend_(backend),
      billing_(billing),
      observer_(observer),
      random_(random),
      checker_(state) {
  ORRERY_CHECK(roles->order != nullptr && roles->place != nullptr && roles->market != nullptr);
  if (roles->allocate != nullptr) {
    ORRERY_CHECK(roles->backfill == nullptr && roles->preempt == nullptr &&
                 roles->rebalance == nullptr);
    rounds_ = std::make_unique<RoundMechanism>(config.round, roles->allocate.get(), state);
  }
}

JobSlot DecisionLoop::Submit(const JobInfo& job, SimTime now) {
  state_->set_now(now);
  const JobSlot slot = state_->AddJob(job);
  if (!state_->EverFits(state_->job(slot))) {
    observer_->OnJobEnd(state_->job(slot), JobEnd::kRejected, RejectReason::kNeverFits, now);
    state_->RemoveJob(slot);
    return JobSlot::None();
  }
  Queue(slot, now);
  return slot;
}

void DecisionLoop::Queue(JobSlot slot, SimTime now) {
  JobInfo& job = state_->mutable_job(slot);
  job.tie = state_->tie_rule() == TieRule::kRandom ? RandomTie(random_, job.id) : job.id.value;
  state_->Enqueue(slot, roles_->order->Key(job, now));
  new_.push_back(slot);
  dirty_ = true;
}

void DecisionLoop::Expect(JobSlot slot) const {
  state_->Prefetch(slot);
  observer_->Expect(slot);
}

void DecisionLoop::OnStarted(JobSlot slot, SimTime now) {
  state_->set_now(now);
  JobInfo& job = state_->mutable_job(slot);
  ORRERY_CHECK(job.phase == JobPhase::kStarting, slot.value);
  job.phase = JobPhase::kRunning;
  job.run_start = now;
  state_->RefreshExpectedEnd(slot);
  NoteHold(slot);
  // A job that just began to run may be one that a preempt role wants to know of.
  if (roles_->preempt != nullptr && !state_->queue().empty()) dirty_ = true;
}

bool DecisionLoop::OnEnded(JobSlot slot, const AttemptReport& report, SimTime now) {
  state_->set_now(now);
  JobInfo& job = state_->mutable_job(slot);
  ORRERY_CHECK(job.phase != JobPhase::kWaiting, slot.value);
  const bool died = report.died != SimTime::Never();
  const Duration dead = died ? now - report.died : Duration();
  const Usd charge =
      billing_->Charge(*state_, job, state_->grants(slot), now - job.attempt_start - dead);
  observer_->OnAttemptEnd(job, state_->grants(slot), report, now, charge);
  const bool migrated = std::exchange(job.migrating, false);
  if (job.phase == JobPhase::kStopping && !migrated) --stopping_;
  if (migrated && report.reason != EndReason::kPreempted) {
    std::erase_if(movers_, [slot](const Mover& mover) { return mover.slot == slot; });
  }
  job.done = job.done + report.kept;
  job.next_save = report.next_save;
  job.attained_gpu_s += job.size() * (report.useful + report.lost - dead).seconds();
  state_->GiveNodes(slot);
  NoteHold(slot);
  dirty_ = true;
  switch (report.reason) {
    case EndReason::kPreempted:
      ++(migrated ? job.migrations : job.preemptions);
      Queue(slot, now);
      return true;
    case EndReason::kStartFailed:
    case EndReason::kFailed:
      return TryAgain(slot, now);
    case EndReason::kFinished:
      FinishJob(slot, JobEnd::kFinished, now);
      return false;
    case EndReason::kKilled:
      FinishJob(slot, JobEnd::kKilled, now);
      return false;
    case EndReason::kHorizon:
      FinishJob(slot, JobEnd::kUnfinished, now);
      return false;
  }
  return false;
}

// Every attempt that neither ended the job nor was stopped has failed.
bool DecisionLoop::TryAgain(JobSlot slot, SimTime now) {
  const JobInfo& job = state_->job(slot);
  const uint32_t failures = uint32_t{job.attempts} - job.preemptions - job.migrations;
  if (failures > config_.retries) {
    FinishJob(slot, JobEnd::kFailed, now);
    return false;
  }
  Queue(slot, now);
  return true;
}

void DecisionLoop::OnNodeHealth(NodeId node, bool healthy, SimTime now) {
  state_->set_now(now);
  state_->SetPresent(node, healthy);
  dirty_ = true;
}

void DecisionLoop::OnAbandoned(JobSlot slot, SimTime now) {
  if (!state_->HasJob(slot)) return;  // turned away already
  state_->set_now(now);
  ORRERY_CHECK(state_->job(slot).phase == JobPhase::kWaiting, slot.value);
  std::erase(new_, slot);
  RejectWaiting(slot, RejectReason::kAbandoned);
  dirty_ = true;  // it may have been the head that others waited for
}

void DecisionLoop::NoteHold(JobSlot slot) {
  if (roles_->backfill != nullptr) roles_->backfill->OnHoldChanged(slot);
}

void DecisionLoop::FinishJob(JobSlot slot, JobEnd end, SimTime now) {
  observer_->OnJobEnd(state_->job(slot), end, RejectReason::kNone, now);
  billing_->Forget(state_->job(slot));
  if (rounds_ != nullptr) rounds_->Forget(slot);
  state_->RemoveJob(slot);
}

void DecisionLoop::RejectWaiting(JobSlot slot, RejectReason reason) {
  state_->Dequeue(slot);
  if (roles_->backfill != nullptr) roles_->backfill->OnLeft(slot);
  observer_->OnJobEnd(state_->job(slot), JobEnd::kRejected, reason, state_->now());
  billing_->Forget(state_->job(slot));
  if (rounds_ != nullptr) rounds_->Forget(slot);
  state_->RemoveJob(slot);
}

bool DecisionLoop::Apply(const Start& start) {
  if (checker_.Check(start) != Refusal::kNone) return false;
  state_->TakeNodes(start.job, start.nodes);
  const JobInfo& job = state_->job(start.job);
  billing_->Quote(*state_, job, state_->mutable_grants(start.job), *roles_->market);
  const auto grants = state_->grants(start.job);
  started_.push_back(start.job);
  NoteHold(start.job);
  // Nodes are paid for from when they are taken, so the budget limits how long they are held.
  const bool bounded = job.budget.micros() >= 0;
  backend_->ApplyStart(job, grants, RunLimit(job),
                       bounded ? billing_->Affordable(job, grants) : Duration::Max());
  return true;
}

// How long this attempt may work, its set-up not counted, to the job's limit.
Duration DecisionLoop::RunLimit(const JobInfo& job) {
  if (job.limit == Duration::Max()) return job.limit;
  const Duration left = std::max(job.limit - job.done, Duration());
  if (job.speed == 1) return left;
  // The last nanosecond counts in full, as in a run: work that equals the limit gets done.
  const double ns = std::ceil(static_cast<double>(left.nanos()) / job.speed);
  return ns < 9e18 ? Duration::Nanos(static_cast<int64_t>(ns)) : Duration::Max();
}

bool DecisionLoop::Apply(const Preempt& preempt) {
  if (checker_.Check(preempt) != Refusal::kNone) return false;
  JobInfo& job = state_->mutable_job(preempt.job);
  job.phase = JobPhase::kStopping;
  ++stopping_;
  NoteHold(preempt.job);
  backend_->ApplyStop(job);
  return true;
}

bool DecisionLoop::Apply(const Reject& reject) {
  if (checker_.Check(reject) != Refusal::kNone) return false;
  RejectWaiting(reject.job, RejectReason::kByPolicy);
  std::erase(new_, reject.job);
  return true;
}

bool DecisionLoop::Apply(const WakeAt& wake) {
  if (checker_.Check(wake) != Refusal::kNone) return false;
  wake_at_ = std::min(wake_at_, wake.time);
  return true;
}

void DecisionLoop::Close(Closing& closing, SimTime now) {
  class Collect final : public policies::JobVisitor {
   public:
    bool Visit(const JobInfo& job) override {
      slots.push_back(job.slot);
      return true;
    }
    std::vector<JobSlot> slots;
  };
  Collect running, waiting;
  state_->VisitRunning(running);
  state_->VisitWaiting(waiting);
  for (JobSlot slot : running.slots) OnEnded(slot, closing.ReportFor(state_->job(slot), now), now);
  for (JobSlot slot : waiting.slots) {
    state_->Dequeue(slot);
    FinishJob(slot, JobEnd::kUnfinished, now);
  }
}

}  // namespace orrery::cluster
