// What the decision loop does each time it decides: in which order it tries whom.
#include <algorithm>
#include <utility>

#include "sim/base/cpu_clock.h"
#include "sim/cluster/decision_loop.h"
#include "sim/cluster/decision_pass.h"
#include "sim/cluster/passing_walk.h"

namespace orrery::cluster {

using policies::Preempt;
using policies::WakeAt;

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

// The waiting room is full: those that came last, and never ran, are turned away.
void DecisionLoop::RejectBeyondLimit() {
  for (size_t i = new_.size(); i-- > 0 && state_->queue().size() > config_.queue_limit;) {
    const JobInfo& job = state_->job(new_[i]);
    if (job.phase == JobPhase::kWaiting && job.attempts == 0) {
      RejectWaiting(new_[i], RejectReason::kQueueFull);
    }
  }
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

}  // namespace orrery::cluster
