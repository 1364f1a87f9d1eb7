// The nodes that there are, as searches over them need them.
#pragma once

#include <cstdint>
#include <vector>

#include "policies/api/view.h"

namespace orrery::policies {

class Terrain {
 public:
  // Takes in what the view says now. O(nodes) where the fleet changed.
  void Update(const ClusterView& view);
  // Nodes that came with the last update, or whose price fell, so that they may be eligible for
  // more jobs than before.
  const std::vector<NodeId>& gained() const { return gained_; }
  // Whether with the last update a node that was present went, or a price rose, so that nodes may
  // not be eligible any more.
  bool lost() const { return lost_; }
  bool present(NodeId node) const { return present_[node.index()]; }
  // Present nodes that may hold the job, by id. O(nodes) for the first job of a shape since the
  // fleet changed, then O(1). Valid until the next call.
  const std::vector<NodeId>& Eligible(const ClusterView& view, const JobInfo& job);
  // Whether the node is present and may hold jobs of the shape. O(1).
  bool Eligible(const ClusterView& view, ShapeId shape, NodeId node) const {
    return present_[node.index()] && view.Eligible(shape, node);
  }
  // The speeds of a job by GPU model, for SpeedOn. O(GPU models).
  std::vector<double> SpeedTable(const ClusterView& view, const JobInfo& job) const;
  GpuModelId model(NodeId node) const { return models_[model_row_[node.index()]]; }
  double SpeedOn(const std::vector<double>& table, NodeId node) const {
    return table[model_row_[node.index()]];
  }
  // The different speeds of a job on the GPU models, fastest first; speed 0 left out.
  // O(GPU models).
  std::vector<double> Speeds(const ClusterView& view, const JobInfo& job) const;

 private:
  struct Answer {
    std::vector<NodeId> nodes;
    bool known = false;
  };
  void AddNodes(const ClusterView& view);
  void ForgetEligible();

  std::vector<bool> present_;
  std::vector<UsdPerHour> ask_;      // by node
  std::vector<uint16_t> model_row_;  // by node: its row in models_
  std::vector<NodeId> gained_;
  bool lost_ = false;
  std::vector<GpuModelId> models_;  // of nodes, each once
  std::vector<Answer> eligible_;    // by shape
  size_t eligible_size_ = 0;        // of all lists
  std::vector<NodeId> found_;       // scratch of Eligible
  uint64_t fleet_epoch_ = UINT64_MAX;
};

}  // namespace orrery::policies
