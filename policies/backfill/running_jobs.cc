#include "policies/backfill/running_jobs.h"

#include <algorithm>
#include <utility>

#include "policies/backfill/expected_end.h"

namespace orrery::policies {

class RunningJobs::Look final : public JobVisitor {
 public:
  Look(RunningJobs* jobs, const ClusterView& view) : jobs_(jobs), view_(view) {}
  bool Visit(const JobInfo& job) override {
    jobs_->See(job, view_.grants(job.slot), view_.now());
    return true;
  }

 private:
  RunningJobs* jobs_;
  const ClusterView& view_;
};

RunningJobs::Seen& RunningJobs::At(JobSlot slot) {
  if (slot.index() >= seen_.size()) seen_.resize(slot.index() + 1);
  return seen_[slot.index()];
}

void RunningJobs::See(const JobInfo& job, std::span<const NodeGrant> grants, SimTime now) {
  Seen& seen = At(job.slot);
  seen.look = look_;
  Hold& hold = seen.hold;
  const SimTime end = ExpectedEndOf(job, now);
  if (hold.job == job.id && hold.end == end) return;
  if (hold.job != job.id) {
    if (seen.held()) {
      freed_.push_back({hold.demand, std::move(hold.grants), hold.end, now});
    } else {
      slots_.push_back(job.slot);
    }
    hold = {job.id, job.demand, {grants.begin(), grants.end()}, now};
  }
  (end < hold.end ? freed_ : changes_).push_back({hold.demand, hold.grants, hold.end, end});
  hold.end = end;
}

const std::vector<RunningJobs::Change>& RunningJobs::Update(const ClusterView& view) {
  ++look_;
  freed_.clear();
  changes_.clear();
  Look look(this, view);
  view.VisitRunning(look);
  std::erase_if(slots_, [&](JobSlot slot) {
    Seen& seen = seen_[slot.index()];
    if (seen.look == look_) return false;
    freed_.push_back({seen.hold.demand, std::move(seen.hold.grants), seen.hold.end, view.now()});
    seen.hold = {};
    return true;
  });
  std::swap(freed_, changes_);
  changes_.insert(changes_.end(), std::make_move_iterator(freed_.begin()),
                  std::make_move_iterator(freed_.end()));
  return changes_;
}

void RunningJobs::Add(const JobInfo& job, std::span<const NodeGrant> grants, SimTime end) {
  Seen& seen = At(job.slot);
  if (!seen.held()) slots_.push_back(job.slot);
  seen.look = look_;
  seen.hold = {job.id, job.demand, {grants.begin(), grants.end()}, end};
}

SimTime RunningJobs::FirstEnd() const {
  SimTime first = SimTime::Never();
  for (JobSlot slot : slots_) first = std::min(first, seen_[slot.index()].hold.end);
  return first;
}

}  // namespace orrery::policies
