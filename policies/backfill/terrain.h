// The nodes that there are, as searches over them need them.
#pragma once

#include <cstdint>
#include <vector>

#include "policies/api/view.h"

namespace orrery::policies {

class Terrain {
 public:
  // Takes in what the view says now. O(nodes). False if a node that was present is so no more.
  bool Update(const ClusterView& view);
  // Nodes that came with the last update.
  const std::vector<NodeId>& came() const { return came_; }
  bool present(NodeId node) const { return present_[node.index()]; }
  // Present nodes that may hold the job, by id. O(nodes) for the first job of a shape since the
  // last update, then O(1).
  const std::vector<NodeId>& Eligible(const ClusterView& view, const JobInfo& job);
  // The different speeds of a job on the present GPU models, fastest first; speed 0 left out.
  // O(GPU models).
  std::vector<double> Speeds(const ClusterView& view, const JobInfo& job) const;

 private:
  std::vector<bool> present_;
  std::vector<NodeId> came_;
  std::vector<GpuModelId> models_;
  std::vector<std::vector<NodeId>> eligible_;  // by shape; empty: not asked for yet
};

}  // namespace orrery::policies
