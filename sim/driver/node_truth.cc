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
    if (!attempt.nodes.empty() && attempt.nodes.back() == grant.node) continue;
    attempt.nodes.push_back(grant.node);
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

void NodeTruth::End(JobSlot slot) {
  Attempt& attempt = attempts_[slot.index()];
  for (NodeId node : attempt.nodes) std::erase(nodes_[node.index()].attempts, slot);
  attempt.nodes.clear();
}

}  // namespace orrery::driver
