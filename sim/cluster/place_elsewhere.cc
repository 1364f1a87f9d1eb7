// What-ifs about a job that would give its nodes back: nodes leave their classes for the question
// alone, and come back as they were.
#include <algorithm>

#include "sim/cluster/state.h"

namespace orrery::cluster {

bool ClusterState::PlaceElsewhere(const JobInfo& job, std::span<const NodeId> avoid, Draw& draw,
                                  Placement* placement) {
  const GrantList& grants = jobs_[job.slot.index()].grants;
  std::vector<NodeId> avoided(avoid.begin(), avoid.end()), own;
  std::sort(avoided.begin(), avoided.end());
  avoided.erase(std::unique(avoided.begin(), avoided.end()), avoided.end());
  std::erase_if(avoided, [this](NodeId node) { return !nodes_.present(node); });
  for (const NodeGrant& grant : grants) {
    // Grants of one node stand together.
    if (!own.empty() && own.back() == grant.node) continue;
    if (nodes_.present(grant.node) &&
        !std::binary_search(avoided.begin(), avoided.end(), grant.node)) {
      own.push_back(grant.node);
    }
  }
  const auto is_own = [&own](NodeId node) {
    return std::find(own.begin(), own.end(), node) != own.end();
  };
  for (const NodeId node : avoided) classes_.Leave(node);
  for (const NodeId node : own) classes_.Leave(node);
  for (const NodeGrant& grant : grants) {
    if (is_own(grant.node)) nodes_.Give(grant, job.demand);
  }
  for (const NodeId node : own) classes_.Enter(node);
  const bool fits = Place(job, draw, placement);
  for (const NodeId node : own) classes_.Leave(node);
  for (const NodeGrant& grant : grants) {
    if (is_own(grant.node)) nodes_.TakeBack(grant, job.demand);
  }
  for (const NodeId node : own) classes_.Enter(node);
  for (const NodeId node : avoided) classes_.Enter(node);
  return fits;
}

Residual ClusterState::ResidualWithout(JobSlot slot, NodeId node) const {
  if (jobs_[slot.index()].grants.empty()) return nodes_.residual(node);
  GrantList there;
  for (const NodeGrant& grant : jobs_[slot.index()].grants) {
    if (grant.node == node) there.push_back(grant);
  }
  if (there.empty()) return nodes_.residual(node);
  return nodes_.ResidualWithout(node, {there.data(), there.size()},
                                jobs_[slot.index()].info.demand);
}

}  // namespace orrery::cluster
