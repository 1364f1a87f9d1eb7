#include "sim/cluster/decision_pass.h"

#include <algorithm>

namespace orrery::cluster {

const JobInfo& DecisionLoop::Pass::head() const {
  return loop_->state_->job(loop_->state_->queue().front().slot);
}

const JobInfo* DecisionLoop::Pass::Next(bool only_new, bool only_fitting) {
  return only_new ? NextNew(only_fitting) : NextQueued(only_fitting);
}

const JobInfo* DecisionLoop::Pass::NextPassing(policies::Sieve& sieve) {
  if (passing_ == nullptr) passing_ = std::make_unique<PassingWalk>(*loop_->state_);
  return passing_->Next(sieve);
}

bool DecisionLoop::Pass::Place(const JobInfo& job, Placement* placement) {
  return loop_->PlaceNow(job, placement);
}

bool DecisionLoop::Pass::Start(const JobInfo& job, const Placement& placement) {
  loop_->start_.job = job.slot;
  loop_->start_.nodes = placement;
  if (!loop_->Apply(loop_->start_)) return false;
  if (passing_ != nullptr) passing_->NoteStart();
  return true;
}

// Started jobs stay in the queue until the pass is over, but a walk gives each entry only once.
const JobInfo* DecisionLoop::Pass::NextQueued(bool only_fitting) {
  if (walk_ == nullptr) {
    walk_ = std::make_unique<JobQueue::Walk>(loop_->state_->queue());
    walk_->Next();  // the head
  }
  while (const QueueEntry* entry = walk_->Next()) {
    const JobInfo& job = loop_->state_->job(entry->slot);
    if (!only_fitting || loop_->state_->Fits(job)) return &job;
    walk_->SkipShape();
  }
  return nullptr;
}

const JobInfo* DecisionLoop::Pass::NextNew(bool only_fitting) {
  const ClusterState& state = *loop_->state_;
  std::vector<JobSlot>& jobs = loop_->new_;
  if (!sorted_) {
    std::sort(jobs.begin(), jobs.end(),
              [&](JobSlot a, JobSlot b) { return state.queue_entry(a) < state.queue_entry(b); });
    sorted_ = true;
  }
  const JobSlot head = state.queue().front().slot;
  while (next_new_ < jobs.size()) {
    const JobInfo& job = state.job(jobs[next_new_++]);
    if (job.phase != JobPhase::kWaiting || job.slot == head) continue;
    if (!only_fitting || state.Fits(job)) return &job;
  }
  return nullptr;
}

}  // namespace orrery::cluster
