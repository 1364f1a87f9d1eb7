#include "policies/backfill/terrain.h"

#include <algorithm>
#include <functional>

namespace orrery::policies {
namespace {

// Nodes in all lists of eligible ones: 64 MiB.
constexpr size_t kMaxEligible = size_t{1} << 24;

}  // namespace

void Terrain::AddNodes(const ClusterView& view) {
  for (auto n = static_cast<uint32_t>(model_row_.size()); n < view.node_count(); ++n) {
    const GpuModelId model = view.node_shape(NodeId(n)).gpu_model;
    const auto found = std::find(models_.begin(), models_.end(), model);
    model_row_.push_back(static_cast<uint16_t>(found - models_.begin()));
    if (found == models_.end()) models_.push_back(model);
    present_.push_back(false);
    ask_.push_back(view.ask(NodeId(n)));
  }
}

void Terrain::Update(const ClusterView& view) {
  gained_.clear();
  lost_ = false;
  if (view.fleet_epoch() == fleet_epoch_) return;
  fleet_epoch_ = view.fleet_epoch();
  AddNodes(view);
  for (uint32_t n = 0; n < view.node_count(); ++n) {
    const bool present = view.present(NodeId(n));
    const UsdPerHour ask = view.ask(NodeId(n));
    if (present && (!present_[n] || ask < ask_[n])) gained_.push_back(NodeId(n));
    lost_ |= present_[n] && (!present || ask > ask_[n]);
    present_[n] = present;
    ask_[n] = ask;
  }
  ForgetEligible();
}

void Terrain::ForgetEligible() {
  for (Answer& answer : eligible_) answer = {};
  eligible_size_ = 0;
}

const std::vector<NodeId>& Terrain::Eligible(const ClusterView& view, const JobInfo& job) {
  if (job.shape.index() >= eligible_.size()) eligible_.resize(job.shape.index() + 1);
  Answer& answer = eligible_[job.shape.index()];
  if (answer.known) return answer.nodes;
  found_.clear();
  for (uint32_t n = 0; n < present_.size(); ++n) {
    if (Eligible(view, job.shape, NodeId(n))) found_.push_back(NodeId(n));
  }
  if (eligible_size_ + found_.size() > kMaxEligible) ForgetEligible();
  answer = {.nodes = {found_.begin(), found_.end()}, .known = true};
  eligible_size_ += found_.size();
  return answer.nodes;
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
