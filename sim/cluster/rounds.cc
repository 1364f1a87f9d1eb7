#include "sim/cluster/rounds.h"

#include <algorithm>
#include <limits>

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
  }
  const auto start = [&](std::vector<JobSlot>& jobs) {
    std::erase_if(jobs, [&](JobSlot slot) {
      return !state_->HasJob(slot) || state_->job(slot).phase != JobPhase::kWaiting ||
             try_start(slot);
    });
  };
  start(chosen_);
  if (!stops_pending) start(rest_);
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
    Account& account = accounts_.try_emplace(job->slot.value, Account{now, {}}).first->second;
    if (job->phase == JobPhase::kRunning) {
      account.received += now - std::max(last_round_, job->run_start);
    }
  }
  std::vector<policies::Target> targets;
  policy_->Allocate(*state_, slots, &targets);
  std::vector<Ranked> ranked;
  for (const policies::Target& target : targets) {
    if (target.time_share <= 0) continue;
    const Account& account = accounts_.at(target.job.value);
    const double elapsed = (now - account.since).seconds();
    const double fraction = elapsed > 0 ? account.received.seconds() / elapsed : 0;
    ranked.push_back(
        {fraction > 0 ? target.time_share / fraction : std::numeric_limits<double>::infinity(),
         state_->job(target.job).id, target.job});
  }
  std::sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    return a.priority != b.priority ? a.priority > b.priority : a.job < b.job;
  });
  return ranked;
}

void RoundMechanism::BeginRound(SimTime now, std::vector<JobSlot>* victims) {
  const std::vector<Ranked> ranked = Rank(now);
  chosen_.clear();
  rest_.clear();
  ClusterState::Usage left = state_->present_total();
  std::vector<JobSlot> stay;
  for (const Ranked& rank : ranked) {
    const JobInfo& job = state_->job(rank.slot);
    const int64_t gpu = int64_t{job.demand.total_gpu_milli()} * job.replicas;
    const int64_t cpu = int64_t{job.demand.cpu_milli} * job.replicas;
    const int64_t memory = int64_t{job.demand.memory_mib} * job.replicas;
    const bool fits = gpu <= left.gpu_milli && cpu <= left.cpu_milli && memory <= left.memory_mib;
    if (fits) {
      left.gpu_milli -= gpu;
      left.cpu_milli -= cpu;
      left.memory_mib -= memory;
    }
    if (job.phase == JobPhase::kWaiting) {
      (fits ? chosen_ : rest_).push_back(rank.slot);
    } else if (fits) {
      stay.push_back(rank.slot);
    }
  }
  // Running jobs that were not chosen stop only where somebody waits for their nodes.
  if (!chosen_.empty()) {
    std::sort(stay.begin(), stay.end());
    CollectJobs running;
    state_->VisitRunning(running);
    for (const JobInfo* job : running.jobs) {
      if (job->phase == JobPhase::kRunning && job->preemptible &&
          !std::binary_search(stay.begin(), stay.end(), job->slot)) {
        victims->push_back(job->slot);
      }
    }
  }
  last_round_ = now;
  const bool any = state_->running_count() + state_->waiting_count() > 0;
  next_round_ = any ? now + round_ : SimTime::Never();
}

}  // namespace orrery::cluster
