#include "sim/cluster/decision_loop.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/base/check.h"
#include "sim/base/cpu_clock.h"
#include "sim/cluster/decision_pass.h"
#include "sim/cluster/passing_walk.h"

namespace orrery::cluster {

using policies::OrderKey;
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

void DecisionLoop::Decide(SimTime now) {
  const bool timed = decide_calls_++ % kTimedShare == 0;
  const double begin = timed ? CpuSeconds() : 0;
  state_->set_now(now);
  dirty_ = false;
  wake_at_ = SimTime::Never();
  if (rounds_ != nullptr) {
    DecideByRounds(now);
  } else {
    DecideByQueue();
  }
  if (roles_->rebalance != nullptr) Rebalance(now);
  if (state_->queue().size() > config_.queue_limit) RejectBeyondLimit();
  new_.clear();
  if (timed) policy_seconds_ += CpuSeconds() - begin;
}

// Between rounds, too, nodes go to whom they fit, in queue order, if the chosen job that waits
// first is not delayed: to jobs that came since the round began, and those without a share.
void DecisionLoop::DecideByRounds(SimTime now) {
  if (rounds_->Due(now)) {
    rounds_->Begin(now, &victims_);
    for (JobSlot victim : victims_) Apply(Preempt{victim});
    victims_.clear();
  }
  const auto try_start = [this](JobSlot slot) {
    const uint32_t shape = state_->job(slot).queue_shape;
    if (BlockedSince(shape)) return false;
    const bool started = TryStart(slot);
    if (!started) NoteRefused(shape);
    return started;
  };
  const bool tried = rounds_->Start(stopping_ > 0, try_start);
  DequeueStarted();
  wake_at_ = rounds_->next_round();
  if (stopping_ > 0) return;
  if (tried) last_pass_epoch_ = UINT64_MAX;  // who was held back may be free to start
  StartHeads();
  if (state_->queue().empty()) return;
  if (rounds_->reservation().made() && last_pass_epoch_ != state_->freed_epoch()) {
    StartWhatDelaysNobody();
  } else {
    StartWhatFits();
  }
  last_pass_epoch_ = state_->freed_epoch();
}

// Waiting jobs that fit where they do not delay the chosen job that waits.
class DecisionLoop::Undelaying final : public policies::Sieve {
 public:
  explicit Undelaying(DecisionLoop* loop) : loop_(loop) {}
  bool Passes(const JobInfo& job) override {
    return loop_->PlaceNow(job, &placement_) && reservation().Allows(job, placement_);
  }
  Duration Longest(const JobInfo& like) override {
    if (!loop_->PlaceNow(like, &placement_)) return Duration::Nanos(-1);
    return reservation().LongestAllowed(like, placement_);
  }

 private:
  Reservation& reservation() { return loop_->rounds_->reservation(); }
  DecisionLoop* loop_;
  Placement placement_;
};

void DecisionLoop::StartWhatDelaysNobody() {
  Undelaying sieve(this);
  PassingWalk walk(*state_);
  while (const JobInfo* job = walk.Next(sieve)) {
    if (!TryStart(job->slot)) break;
    walk.NoteStart();
  }
  DequeueStarted();
}

void DecisionLoop::DecideByQueue() {
  StartBeneficiary();
  // While jobs are stopped for a waiting one, what is free may be part of what it was promised.
  if (!movers_.empty() && stopping_ == 0) StartMovers();
  if (roles_->backfill == nullptr || !roles_->backfill->decides_head()) StartHeads();
  if (state_->queue().empty()) return;
  const JobInfo& head = state_->job(state_->queue().front().slot);
  const bool making_room = roles_->preempt != nullptr && MakeRoom(head);
  if (making_room) return;  // what becomes free belongs to the head
  if (roles_->backfill != nullptr) {
    Pass pass(this);
    roles_->backfill->Run(pass);
    DequeueStarted();
  } else if (!config_.strict) {
    StartWhatFits();
  }
  last_pass_epoch_ = state_->freed_epoch();
}

bool DecisionLoop::BlockedSince(uint32_t queue_shape) const {
  return queue_shape < blocked_epoch_.size() &&
         blocked_epoch_[queue_shape] == state_->freed_epoch() + 1;
}

// Marks a shape of which a job did not start as blocked, unless the job alone was held back.
void DecisionLoop::NoteRefused(uint32_t queue_shape) {
  if (held_back_) return;
  if (queue_shape >= blocked_epoch_.size()) blocked_epoch_.resize(queue_shape + 1);
  blocked_epoch_[queue_shape] = state_->freed_epoch() + 1;
}

// A job that others were stopped for goes before them, though their keys may be better than its
// own: where preempt and order go by different things, they would take their nodes back at once.
void DecisionLoop::StartBeneficiary() {
  if (!beneficiary_.valid() || stopping_ > 0) return;
  const JobId job = beneficiary_job_;
  const JobSlot slot = std::exchange(beneficiary_, JobSlot::None());
  if (!state_->HasJob(slot) || state_->job(slot).id != job) return;
  if (state_->job(slot).phase == JobPhase::kWaiting && TryStart(slot)) DequeueStarted();
}

void DecisionLoop::StartHeads() {
  const JobQueue& queue = state_->queue();
  while (!queue.empty()) {
    if (BlockedSince(queue.front_shape())) return;
    const JobSlot slot = queue.front().slot;
    if (!TryStart(slot)) return NoteRefused(queue.front_shape());
    DequeueStarted();
  }
}

// Starts every job that fits, in queue order, whoever waits before it. Where nothing was freed
// since the last pass only new jobs can fit.
void DecisionLoop::StartWhatFits() {
  if (last_pass_epoch_ == state_->freed_epoch()) {
    Pass pass(this);
    while (const JobInfo* job = pass.Next(/*only_new=*/true, /*only_fitting=*/true)) {
      if (!TryStart(job->slot)) NoteRefused(job->queue_shape);
    }
  } else {
    JobQueue::Walk walk(state_->queue());
    while (const QueueEntry* entry = walk.Next()) {
      if (BlockedSince(walk.shape())) {
        walk.SkipShape();
      } else if (!TryStart(entry->slot)) {
        NoteRefused(walk.shape());
        if (BlockedSince(walk.shape())) walk.SkipShape();
      }
    }
  }
  DequeueStarted();
}

bool DecisionLoop::PlaceNow(const JobInfo& job, Placement* placement) {
  Draw draw = random_.Stream("scheduler/place", job.id.value).At(job.attempts);
  return state_->Place(job, draw, placement);
}

// Starts a waiting job where the place role puts it; it leaves the queue with DequeueStarted.
bool DecisionLoop::TryStart(JobSlot slot) {
  const JobInfo& job = state_->job(slot);
  start_.job = slot;
  held_back_ = false;
  if (!PlaceNow(job, &start_.nodes)) return false;
  if (rounds_ == nullptr) return Apply(start_);
  held_back_ = !rounds_->reservation().Allows(job, start_.nodes);
  if (held_back_) return false;
  rounds_->reservation().Take(job, start_.nodes);
  return Apply(start_);
}

void DecisionLoop::DequeueStarted() {
  for (JobSlot slot : started_) {
    const JobSlot next = state_->Dequeue(slot);
    if (!next.valid()) continue;
    // In a long queue it was put aside long ago; its turn is near.
    Expect(next);
    backend_->Expect(next);
  }
  started_.clear();
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

void DecisionLoop::RejectWaiting(JobSlot slot, RejectReason reason) {
  state_->Dequeue(slot);
  if (roles_->backfill != nullptr) roles_->backfill->OnLeft(slot);
  observer_->OnJobEnd(state_->job(slot), JobEnd::kRejected, reason, state_->now());
  billing_->Forget(state_->job(slot));
  if (rounds_ != nullptr) rounds_->Forget(slot);
  state_->RemoveJob(slot);
}

// The waiting room is full: those that came last, and never ran, are turned away.
void DecisionLoop::RejectBeyondLimit() {
  for (size_t i = new_.size(); i-- > 0 && state_->queue().size() > config_.queue_limit;) {
    const JobInfo& job = state_->job(new_[i]);
    if (job.phase == JobPhase::kWaiting && job.attempts == 0) {
      RejectWaiting(new_[i], RejectReason::kQueueFull);
    }
  }
}

bool DecisionLoop::Apply(const WakeAt& wake) {
  if (checker_.Check(wake) != Refusal::kNone) return false;
  wake_at_ = std::min(wake_at_, wake.time);
  return true;
}

// Asks the preempt role to stop jobs for the head. True while room is being made for it.
bool DecisionLoop::MakeRoom(const JobInfo& head) {
  if (stopping_ > 0) return true;
  victims_.clear();
  roles_->preempt->SelectVictims(*state_, *roles_->order, head, &victims_);
  bool any = false;
  for (JobSlot victim : victims_) any |= Apply(Preempt{victim});
  victims_.clear();
  if (any) {
    beneficiary_ = head.slot;
    beneficiary_job_ = head.id;
    return true;
  }
  const SimTime check = roles_->preempt->NextCheck(*state_, *roles_->order, head);
  if (check != SimTime::Never()) Apply(WakeAt{std::max(check, state_->now() + Duration::Nanos(1))});
  return false;
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
