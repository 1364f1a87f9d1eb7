#include "sim/driver/node_truth.h"

#include <algorithm>

namespace orrery::driver {

bool NodeTruth::Begin(const policies::JobInfo& job, std::span<const policies::NodeGrant> grants,
                      SimTime now) {
  attempts_.Reach(job.slot.index());
  Attempt& attempt = attempts_[job.slot.index()];
  attempt.nodes.clear();
  attempt.died = SimTime::Never();
  attempt.fails_after = Duration::Max();
  for (const policies::NodeGrant& grant : grants) {
    // Grants of one node stand together.
    if (!attempt.nodes.empty() && attempt.nodes.back().node == grant.node) {
      attempt.nodes.back().gpu_mask |= grant.gpu_mask;
      continue;
    }
    attempt.nodes.push_back({grant.node, grant.gpu_mask});
    Node& node = nodes_[grant.node.index()];
    node.attempts.push_back(job.slot);
    if (!node.up) attempt.died = now;
  }
  const double gpus = job.demand.total_gpu_milli() * 1e-3 * job.replicas;
  if (job_rate_per_gpu_h_ > 0 && gpus > 0) {
    Draw draw = random_.Stream("failure/job", job.id.value).At(job.attempts);
    const double seconds = draw.Exponential(3600 / (job_rate_per_gpu_h_ * gpus));
    attempt.fails_after = Duration::FromSeconds(std::min(seconds, 2e9));
  }
  return attempt.died == SimTime::Never();
}

bool NodeTruth::Holds(JobSlot slot, NodeId node, uint32_t gpu) const {
  for (const Held& held : attempts_[slot.index()].nodes) {
    if (held.node == node) return (held.gpu_mask >> gpu & 1) != 0;
  }
  return false;
}

void NodeTruth::End(JobSlot slot) {
  Attempt& attempt = attempts_[slot.index()];
  for (const Held& held : attempt.nodes) std::erase(nodes_[held.node.index()].attempts, slot);
  attempt.nodes.clear();
}

}  // namespace orrery::driver
