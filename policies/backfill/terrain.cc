#include "policies/backfill/terrain.h"

#include <algorithm>
#include <functional>

namespace orrery::policies {

bool Terrain::Update(const ClusterView& view) {
  present_.resize(view.node_count());
  came_.clear();
  bool went = false;
  for (uint32_t n = 0; n < view.node_count(); ++n) {
    const bool present = view.present(NodeId(n));
    went |= present_[n] && !present;
    if (present && !present_[n]) {
      came_.push_back(NodeId(n));
      const GpuModelId model = view.node_shape(NodeId(n)).gpu_model;
      if (std::find(models_.begin(), models_.end(), model) == models_.end()) {
        models_.push_back(model);
      }
    }
    present_[n] = present;
  }
  // Asks change, too.
  for (std::vector<NodeId>& nodes : eligible_) nodes.clear();
  return !went;
}

const std::vector<NodeId>& Terrain::Eligible(const ClusterView& view, const JobInfo& job) {
  if (job.shape.index() >= eligible_.size()) eligible_.resize(job.shape.index() + 1);
  std::vector<NodeId>& eligible = eligible_[job.shape.index()];
  if (!eligible.empty()) return eligible;
  for (uint32_t n = 0; n < present_.size(); ++n) {
    if (present_[n] && view.Eligible(job.shape, NodeId(n))) eligible.push_back(NodeId(n));
  }
  return eligible;
}

std::vector<double> Terrain::Speeds(const ClusterView& view, const JobInfo& job) const {
  std::vector<double> speeds;
  for (GpuModelId model : models_) {
    const double speed = view.Speed(job, model);
    if (speed > 0) speeds.push_back(speed);
  }
  std::sort(speeds.begin(), speeds.end(), std::greater<>());
  speeds.erase(std::unique(speeds.begin(), speeds.end()), speeds.end());
  return speeds;
}

}  // namespace orrery::policies
