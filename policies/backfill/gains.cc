#include "policies/backfill/gains.h"

#include <algorithm>
#include <utility>

namespace orrery::policies {

void Gains::BeginSweep() {
  gains_.insert(gains_.end(), later_.begin(), later_.end());
  later_.clear();
  sweeping_ = true;
}

void Gains::EndSweep() {
  sweeping_ = false;
  gains_.clear();
}

void Gains::Add(NodeId node, SimTime from, SimTime to) {
  if (from >= to) return;
  gains_.push_back({node, from, to});
  if (sweeping_) later_.push_back({node, from, to});
}

void Gains::Add(const Stay& stay) {
  for (const NodePart& part : stay.parts) Add(part.node, stay.window.start, stay.window.end);
}

void Gains::ForgetNodes() {
  for (Gain& gain : gains_) gain.node = NodeId::None();
  for (Gain& gain : later_) gain.node = NodeId::None();
}

bool Gains::Help(const ClusterView& view, const JobInfo& job, const Window& window,
                 const Availability& free) const {
  if (gains_.empty()) return false;
  const SimTime limit = free.LatestNeed(view, job, window);
  return std::any_of(gains_.begin(), gains_.end(), [&](const Gain& gain) {
    const SimTime from = std::max(gain.from, view.now());
    const SimTime to = std::min(gain.to, limit);
    return from < to && (!gain.node.valid() || free.HasRoom(view, job, gain.node, from, to));
  });
}

}  // namespace orrery::policies
