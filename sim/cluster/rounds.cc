#include "sim/cluster/rounds.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <tuple>

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
    : round_(round), policy_(policy), state_(state) {}

void RoundMechanism::Decide(SimTime now, bool stops_pending, std::vector<JobSlot>* victims,
                            const std::function<bool(JobSlot)>& try_start) {
  if (now >= next_round_ || next_round_ == SimTime::Never()) {
    BeginRound(now, victims);
    stops_pending = stops_pending || !victims->empty();
    tried_epoch_ = UINT64_MAX;
  }
  if (tried_epoch_ == state_->freed_epoch()) return;  // nobody fits who did not before
  const auto start = [&](std::vector<JobSlot>& jobs) {
    std::erase_if(jobs, [&](JobSlot slot) {
      return !state_->HasJob(slot) || state_->job(slot).phase != JobPhase::kWaiting ||
             try_start(slot);
    });
  };
  start(chosen_);
  if (stops_pending) return;
  start(rest_);
  tried_epoch_ = state_->freed_epoch();
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
  const int64_t gpu = int64_t{job.demand.total_gpu_milli()} * job.replicas;
  const int64_t cpu = int64_t{job.demand.cpu_milli} * job.replicas;
  const int64_t memory = int64_t{job.demand.memory_mib} * job.replicas;
  if (gpu > left->gpu_milli || cpu > left->cpu_milli || memory > left->memory_mib) return false;
  left->gpu_milli -= gpu;
  left->cpu_milli -= cpu;
  left->memory_mib -= memory;
  return true;
}

void RoundMechanism::BeginRound(SimTime now, std::vector<JobSlot>* victims) {
  const std::vector<Ranked> ranked = Rank(now);
  chosen_.clear();
  rest_.clear();
  ClusterState::Usage left = state_->present_total();
  // Running jobs that may not be stopped (yet) keep their nodes, whatever their rank.
  CollectJobs running;
  state_->VisitRunning(running);
  std::vector<JobSlot> free_to_stop;
  for (const JobInfo* job : running.jobs) {
    if (job->phase == JobPhase::kStopping) continue;
    if (job->phase == JobPhase::kRunning && job->preemptible && now >= job->StoppableFrom()) {
      free_to_stop.push_back(job->slot);
    } else {
      Fit(*job, &left);
    }
  }
  std::sort(free_to_stop.begin(), free_to_stop.end());
  std::vector<JobSlot> stay;
  for (const Ranked& rank : ranked) {
    const JobInfo& job = state_->job(rank.slot);
    if (job.phase == JobPhase::kWaiting) {
      (Fit(job, &left) ? chosen_ : rest_).push_back(rank.slot);
    } else if (std::binary_search(free_to_stop.begin(), free_to_stop.end(), rank.slot) &&
               Fit(job, &left)) {
      stay.push_back(rank.slot);
    }
  }
  // Running jobs that were not chosen stop only where somebody waits for their nodes.
  if (!chosen_.empty()) {
    std::sort(stay.begin(), stay.end());
    std::set_difference(free_to_stop.begin(), free_to_stop.end(), stay.begin(), stay.end(),
                        std::back_inserter(*victims));
  }
  last_round_ = now;
  const bool any = state_->running_count() + state_->waiting_count() > 0;
  next_round_ = any ? now + round_ : SimTime::Never();
}

}  // namespace orrery::cluster
