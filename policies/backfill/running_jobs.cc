#include "policies/backfill/running_jobs.h"

#include <algorithm>
#include <iterator>

#include "policies/backfill/expected_end.h"

namespace orrery::policies {

class RunningJobs::Look final : public JobVisitor {
 public:
  explicit Look(RunningJobs* jobs) : jobs_(jobs) {}
  bool Visit(const JobInfo& job) override {
    jobs_->Note(job.slot);
    return true;
  }

 private:
  RunningJobs* jobs_;
};

RunningJobs::Seen& RunningJobs::At(JobSlot slot) {
  if (slot.index() >= seen_.size()) seen_.resize(slot.index() + 1);
  return seen_[slot.index()];
}

void RunningJobs::Note(JobSlot slot) {
  Seen& seen = At(slot);
  if (!seen.noted) noted_.push_back(slot);
  seen.noted = true;
}

void RunningJobs::SetEnd(JobSlot slot, Seen* seen, SimTime end) {
  by_end_.erase({seen->hold.end, slot});
  seen->hold.end = end;
  by_end_.insert({end, slot});
}

void RunningJobs::Drop(JobSlot slot, Seen* seen, SimTime now) {
  by_end_.erase({seen->hold.end, slot});
  freed_.push_back({seen->hold.demand, std::move(seen->hold.grants), seen->hold.end, now});
  seen->hold = {};
}

void RunningJobs::See(const ClusterView& view, JobSlot slot) {
  Seen& seen = At(slot);
  seen.noted = false;
  const SimTime now = view.now();
  const auto grants = view.grants(slot);
  if (grants.empty()) {
    if (seen.held()) Drop(slot, &seen, now);
    return;
  }
  const JobInfo& job = view.job(slot);
  const SimTime end = WholeEndOf(job, now);
  const bool same = seen.hold.job == job.id && seen.hold.attempt == job.attempts;
  if (same && seen.hold.end == end) return;
  if (!same) {
    if (seen.held()) Drop(slot, &seen, now);
    seen.hold = {job.id, job.attempts, job.demand, {grants.begin(), grants.end()}, now};
  }
  (end < seen.hold.end ? freed_ : changes_)
      .push_back({seen.hold.demand, seen.hold.grants, seen.hold.end, end});
  SetEnd(slot, &seen, end);
}

const std::vector<RunningJobs::Change>& RunningJobs::Update(const ClusterView& view) {
  freed_.clear();
  changes_.clear();
  if (!looked_) {
    Look look(this);
    view.VisitRunning(look);
    looked_ = true;
  }
  // Those that should have ended are expected to end at once, again and again.
  for (const auto& [end, slot] : by_end_) {
    if (end > view.now()) break;
    Note(slot);
  }
  for (const JobSlot slot : noted_) See(view, slot);
  noted_.clear();
  std::swap(freed_, changes_);
  changes_.insert(changes_.end(), std::make_move_iterator(freed_.begin()),
                  std::make_move_iterator(freed_.end()));
  return changes_;
}

void RunningJobs::Add(const JobInfo& job, std::span<const NodeGrant> grants, SimTime end) {
  Seen& seen = At(job.slot);
  seen.hold = {job.id, job.attempts, job.demand, {grants.begin(), grants.end()}, end};
  by_end_.insert({end, job.slot});
}

}  // namespace orrery::policies
