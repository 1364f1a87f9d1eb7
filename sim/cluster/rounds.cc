#include "sim/cluster/rounds.h"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

namespace orrery::cluster {

namespace {

class CollectJobs final : public policies::JobVisitor {
 public:
  bool Visit(const JobInfo& job) override {
    jobs.push_back(&job);
    return true;
  }
  std::vector<const JobInfo*> jobs;
};

}  // namespace

RoundMechanism::RoundMechanism(Duration round, policies::AllocatePolicy* policy,
                               ClusterState* state)
    : round_(round), policy_(policy), state_(state), reservation_(state) {}

bool RoundMechanism::Start(bool stops_pending, const std::function<bool(JobSlot)>& try_start) {
  // Nobody fits who did not before.
  if (tried_epoch_ == state_->freed_epoch() && reservation_.Stands()) return false;
  reservation_.Drop();
  const auto waits = [&](JobSlot slot) {
    return state_->HasJob(slot) && state_->job(slot).phase == JobPhase::kWaiting;
  };
  std::erase_if(chosen_, [&](JobSlot slot) {
    if (!waits(slot) || try_start(slot)) return true;
    if (!reservation_.made()) Reserve(slot);
    return false;
  });
  if (stops_pending) return true;
  std::erase_if(rest_, [&](JobSlot slot) { return !waits(slot) || try_start(slot); });
  tried_epoch_ = state_->freed_epoch();
  return true;
}

void RoundMechanism::Reserve(JobSlot job) {
  std::vector<Reservation::Release> releases;
  for (JobSlot slot : state_->running()) {
    releases.push_back({ReleaseTime(state_->job(slot)), slot});
  }
  reservation_.Make(job, std::move(releases));
}

// When a job is expected to give its nodes back: one that is not chosen at the first round after
// its lease.
SimTime RoundMechanism::ReleaseTime(const JobInfo& job) const {
  const SimTime now = state_->now();
  if (job.phase == JobPhase::kStopping) return now;
  const SimTime end = job.ExpectedEnd(now);
  const auto account = accounts_.find(job.slot.value);
  if (!job.preemptible || (account != accounts_.end() && account->second.chosen)) return end;
  const SimTime from = job.StoppableFrom();
  if (end <= std::max(from, next_round_)) return end;
  const int64_t rounds =
      from <= next_round_ ? 0 : (from - next_round_ + round_ - Duration::Nanos(1)) / round_;
  return std::min(end, next_round_ + round_ * rounds);
}

std::vector<RoundMechanism::Ranked> RoundMechanism::Rank(SimTime now) {
  CollectJobs all;
  state_->VisitRunning(all);
  state_->VisitWaiting(all);
  std::sort(all.jobs.begin(), all.jobs.end(),
            [](const JobInfo* a, const JobInfo* b) { return a->id < b->id; });
  std::vector<JobSlot> slots;
  for (const JobInfo* job : all.jobs) {
    slots.push_back(job->slot);
    Account& account = accounts_[job->slot.value];
    account.chosen = false;
    if (job->phase == JobPhase::kRunning) {
      account.received += now - std::max(last_round_, job->run_start);
    }
  }
  std::vector<policies::Target> targets;
  policy_->Allocate(*state_, slots, &targets);
  std::vector<Ranked> ranked;
  for (const policies::Target& target : targets) {
    if (target.time_share <= 0) continue;
    const JobInfo& job = state_->job(target.job);
    const double elapsed = (now - job.submit).seconds();
    const double fraction =
        elapsed > 0 ? accounts_.at(target.job.value).received.seconds() / elapsed : 0;
    ranked.push_back(
        {fraction > 0 ? target.time_share / fraction : std::numeric_limits<double>::infinity(),
         job.tie, job.id, target.job});
  }
  std::sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    if (a.priority != b.priority) return a.priority > b.priority;
    return std::tie(a.tie, a.job) < std::tie(b.tie, b.job);
  });
  return ranked;
}

// Takes what a job holds off what is left, if there is as much.
bool RoundMechanism::Fit(const JobInfo& job, ClusterState::Usage* left) {
  ClusterState::Usage after = *left;
  Take(job, &after);
  if (after.gpu_milli < 0 || after.cpu_milli < 0 || after.memory_mib < 0) return false;
  *left = after;
  return true;
}

void RoundMechanism::Take(const JobInfo& job, ClusterState::Usage* left) {
  left->gpu_milli -= int64_t{job.demand.total_gpu_milli()} * job.replicas;
  left->cpu_milli -= int64_t{job.demand.cpu_milli} * job.replicas;
  left->memory_mib -= int64_t{job.demand.memory_mib} * job.replicas;
}

void RoundMechanism::Begin(SimTime now, std::vector<JobSlot>* victims) {
  const std::vector<Ranked> ranked = Rank(now);
  chosen_.clear();
  rest_.clear();
  tried_epoch_ = UINT64_MAX;
  // To be given out by rank, and what there is now for chosen jobs that wait: all but the nodes of
  // jobs that stay, chosen or on a lease.
  ClusterState::Usage left = state_->present_total();
  ClusterState::Usage open = left;
  CollectJobs running;
  state_->VisitRunning(running);
  std::set<JobSlot> stoppable;
  for (const JobInfo* job : running.jobs) {
    if (job->phase == JobPhase::kStopping) continue;
    if (job->phase == JobPhase::kRunning && job->preemptible && now >= job->StoppableFrom()) {
      stoppable.insert(job->slot);
    } else {
      Take(*job, &open);
    }
  }
  std::vector<JobSlot> losers;  // by rank
  for (const Ranked& rank : ranked) {
    const JobInfo& job = state_->job(rank.slot);
    if (job.phase == JobPhase::kStopping) continue;
    const bool chosen = Fit(job, &left);
    accounts_.at(rank.slot.value).chosen = chosen;
    if (job.phase == JobPhase::kWaiting) {
      (chosen ? chosen_ : rest_).push_back(rank.slot);
    } else if (chosen && stoppable.erase(rank.slot) > 0) {
      Take(job, &open);
    } else if (!chosen && stoppable.contains(rank.slot)) {
      losers.push_back(rank.slot);
    }
  }
  // Others stop for those who can have their nodes now; who waits for a lease holds up those
  // behind.
  bool room = false;
  for (JobSlot slot : chosen_) {
    if (!Fit(state_->job(slot), &open)) break;
    room = true;
  }
  if (room) {
    for (JobSlot slot : losers) {
      if (Fit(state_->job(slot), &open)) stoppable.erase(slot);
    }
    victims->assign(stoppable.begin(), stoppable.end());
  }
  last_round_ = now;
  const bool any = state_->running_count() + state_->waiting_count() > 0;
  next_round_ = any ? now + round_ : SimTime::Never();
}

}  // namespace orrery::cluster
