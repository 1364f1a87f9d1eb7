#include "policies/backfill/terrain.h"

#include <algorithm>
#include <functional>

namespace orrery::policies {
namespace {

// Nodes in all lists of eligible ones: 64 MiB.
constexpr size_t kMaxEligible = size_t{1} << 24;

}  // namespace

bool Terrain::Update(const ClusterView& view) {
  came_.clear();
  if (view.fleet_epoch() == fleet_epoch_) return true;
  fleet_epoch_ = view.fleet_epoch();
  present_.resize(view.node_count());
  for (auto n = static_cast<uint32_t>(model_row_.size()); n < view.node_count(); ++n) {
    const GpuModelId model = view.node_shape(NodeId(n)).gpu_model;
    const auto found = std::find(models_.begin(), models_.end(), model);
    model_row_.push_back(static_cast<uint16_t>(found - models_.begin()));
    if (found == models_.end()) models_.push_back(model);
  }
  bool went = false;
  for (uint32_t n = 0; n < view.node_count(); ++n) {
    const bool present = view.present(NodeId(n));
    went |= present_[n] && !present;
    if (present && !present_[n]) {
      came_.push_back(NodeId(n));
    }
    present_[n] = present;
  }
  ForgetEligible();
  return !went;
}

void Terrain::ForgetEligible() {
  for (std::vector<NodeId>& nodes : eligible_) nodes.clear();
  eligible_size_ = 0;
}

const std::vector<NodeId>& Terrain::Eligible(const ClusterView& view, const JobInfo& job) {
  if (job.shape.index() >= eligible_.size()) eligible_.resize(job.shape.index() + 1);
  std::vector<NodeId>& eligible = eligible_[job.shape.index()];
  if (!eligible.empty()) return eligible;
  if (eligible_size_ > kMaxEligible) ForgetEligible();
  for (uint32_t n = 0; n < present_.size(); ++n) {
    if (present_[n] && view.Eligible(job.shape, NodeId(n))) eligible.push_back(NodeId(n));
  }
  eligible_size_ += eligible.size();
  return eligible;
}

std::vector<double> Terrain::SpeedTable(const ClusterView& view, const JobInfo& job) const {
  std::vector<double> table;
  table.reserve(models_.size());
  for (GpuModelId model : models_) table.push_back(view.Speed(job, model));
  return table;
}

std::vector<double> Terrain::Speeds(const ClusterView& view, const JobInfo& job) const {
  std::vector<double> speeds = SpeedTable(view, job);
  std::erase_if(speeds, [](double speed) { return !(speed > 0); });
  std::sort(speeds.begin(), speeds.end(), std::greater<>());
  speeds.erase(std::unique(speeds.begin(), speeds.end()), speeds.end());
  return speeds;
}

}  // namespace orrery::policies
