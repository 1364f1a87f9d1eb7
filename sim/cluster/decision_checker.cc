#include "sim/cluster/decision_checker.h"

#include <algorithm>
#include <numeric>

namespace orrery::cluster {

uint64_t DecisionChecker::refused() const {
  return std::accumulate(counts_.begin() + 1, counts_.end(), uint64_t{0});
}

bool DecisionChecker::Known(JobSlot slot) const { return state_->HasJob(slot); }

Refusal DecisionChecker::Check(const policies::Start& start) { return Count(Judge(start)); }

Refusal DecisionChecker::Judge(const policies::Start& start) {
  if (!Known(start.job)) return Refusal::kNoSuchJob;
  const JobInfo& job = state_->job(start.job);
  if (job.phase != JobPhase::kWaiting) return Refusal::kJobNotWaiting;
  return JudgeNodes(job, start.nodes);
}

// What the job itself holds counts as free: a waiting one holds nothing.
Refusal DecisionChecker::JudgeNodes(const JobInfo& job, const policies::Placement& nodes) {
  uint64_t replicas = 0;
  for (const policies::NodeShare& share : nodes) {
    if (share.node.value >= state_->node_count()) return Refusal::kNoSuchNode;
    if (!state_->present(share.node)) return Refusal::kNodeAway;
    if (!state_->Eligible(job.shape, share.node)) return Refusal::kNotEligible;
    if (policies::FitCount(state_->ResidualWithout(job.slot, share.node), job.demand) <
        share.replicas) {
      return Refusal::kDoesNotFit;
    }
    replicas += share.replicas;
  }
  if (replicas != job.replicas) return Refusal::kWrongReplicas;
  if (nodes.size() > 1) {
    sorted_.clear();
    for (const policies::NodeShare& share : nodes) sorted_.push_back(share.node.value);
    std::sort(sorted_.begin(), sorted_.end());
    if (std::adjacent_find(sorted_.begin(), sorted_.end()) != sorted_.end()) {
      return Refusal::kNodeTwice;
    }
  }
  return Refusal::kNone;
}

Refusal DecisionChecker::Check(const policies::Preempt& preempt) { return Count(Judge(preempt)); }

Refusal DecisionChecker::Judge(const policies::Preempt& preempt) const {
  if (!Known(preempt.job)) return Refusal::kNoSuchJob;
  const JobInfo& job = state_->job(preempt.job);
  if (job.phase != JobPhase::kRunning) return Refusal::kJobNotRunning;
  return job.preemptible ? Refusal::kNone : Refusal::kNotPreemptible;
}

Refusal DecisionChecker::Check(const policies::Migrate& migrate) { return Count(Judge(migrate)); }

Refusal DecisionChecker::Judge(const policies::Migrate& migrate) {
  const Refusal stop = Judge(policies::Preempt{migrate.job});
  if (stop != Refusal::kNone) return stop;
  const JobInfo& job = state_->job(migrate.job);
  const Refusal nodes = JudgeNodes(job, migrate.nodes);
  if (nodes != Refusal::kNone) return nodes;
  return IsWhere(job, migrate.nodes) ? Refusal::kStaysPut : Refusal::kNone;
}

// Whether the job has its replicas there, all of them.
bool DecisionChecker::IsWhere(const JobInfo& job, const policies::Placement& nodes) const {
  const auto grants = state_->grants(job.slot);
  return std::all_of(nodes.begin(), nodes.end(), [&](const policies::NodeShare& share) {
    uint32_t held = 0;
    for (const NodeGrant& grant : grants) held += grant.node == share.node ? grant.replicas : 0;
    return held == share.replicas;
  });
}

Refusal DecisionChecker::Check(const policies::Reject& reject) {
  if (!Known(reject.job)) return Count(Refusal::kNoSuchJob);
  return Count(state_->job(reject.job).phase == JobPhase::kWaiting ? Refusal::kNone
                                                                   : Refusal::kJobNotWaiting);
}

Refusal DecisionChecker::Check(const policies::WakeAt& wake) {
  return Count(wake.time >= state_->now() ? Refusal::kNone : Refusal::kInThePast);
}

}  // namespace orrery::cluster
