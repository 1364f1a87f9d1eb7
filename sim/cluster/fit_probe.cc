#include "sim/cluster/fit_probe.h"

#include <algorithm>

#include "sim/cluster/state.h"

namespace orrery::cluster {

using policies::JobInfo;
using policies::NodeGrant;
using policies::NodeShare;
using policies::Placement;

void ClusterProbe::Reset(const JobInfo& target) {
  shape_ = target.shape;
  demand_ = target.demand;
  replicas_ = target.replicas;
  capacity_ = static_cast<int64_t>(state_->index(shape_).Capacity());
  overlay_.resize(state_->nodes().size());
  ++resets_;
}

ClusterProbe::Node& ClusterProbe::Overlay(NodeId node) {
  Node& overlay = overlay_[node.index()];
  if (overlay.reset != resets_) {
    overlay.reset = resets_;
    const NodeStore& nodes = state_->nodes();
    overlay.eligible = nodes.present(node) && state_->index(shape_).EligibleNode(node);
    overlay.gpus = nodes.shape(node).gpus;
    nodes.FreeByGpu(node, &overlay.gpu_milli);
    overlay.cpu_milli = nodes.cpu_left(node);
    overlay.memory_mib = nodes.memory_left(node);
  }
  return overlay;
}

int64_t ClusterProbe::Fit(const Node& node) const {
  if (!node.eligible) return 0;
  uint32_t count = UINT32_MAX;
  if (demand_.gpus > 0) {
    count = 0;
    for (int g = 0; g < node.gpus; ++g) {
      count += node.gpu_milli[static_cast<size_t>(g)] / uint32_t{demand_.gpu_milli};
    }
    count /= demand_.gpus;
  }
  if (demand_.cpu_milli > 0) count = std::min(count, node.cpu_milli / demand_.cpu_milli);
  if (demand_.memory_mib > 0) count = std::min(count, node.memory_mib / demand_.memory_mib);
  return std::min(count, uint32_t{0xffff});
}

void ClusterProbe::Release(const JobInfo& job) {
  for (const NodeGrant& grant : state_->grants(job.slot)) {
    Node& node = Overlay(grant.node);
    const int64_t before = Fit(node);
    node.cpu_milli += job.demand.cpu_milli * grant.replicas;
    node.memory_mib += job.demand.memory_mib * grant.replicas;
    for (int g = 0; g < node.gpus; ++g) {
      if ((grant.gpu_mask >> g) & 1) {
        uint16_t& left = node.gpu_milli[static_cast<size_t>(g)];
        left = static_cast<uint16_t>(std::min(left + job.demand.gpu_milli, 1000));
      }
    }
    capacity_ += Fit(node) - before;
  }
}

// Takes whole GPUs from the free ones, shares from the fullest GPU that can hold them: the rule of
// NodeStore::Take. False, and nothing taken, if it does not fit.
bool ClusterProbe::TakeFrom(Node& node, const Demand& demand, uint32_t replicas) {
  if (node.cpu_milli < uint64_t{demand.cpu_milli} * replicas ||
      node.memory_mib < uint64_t{demand.memory_mib} * replicas) {
    return false;
  }
  Node after = node;
  after.cpu_milli -= demand.cpu_milli * replicas;
  after.memory_mib -= demand.memory_mib * replicas;
  for (uint32_t share = 0; share < uint32_t{demand.gpus} * replicas; ++share) {
    uint16_t* best = nullptr;
    for (int g = 0; g < after.gpus; ++g) {
      uint16_t& left = after.gpu_milli[static_cast<size_t>(g)];
      if (left >= demand.gpu_milli && (best == nullptr || left < *best)) best = &left;
    }
    if (best == nullptr) return false;
    *best = static_cast<uint16_t>(*best - demand.gpu_milli);
  }
  node = after;
  return true;
}

void ClusterProbe::Hold(const Placement& placement, const Demand& demand) {
  for (const NodeShare& share : placement) {
    Node& node = Overlay(share.node);
    const int64_t before = Fit(node);
    TakeFrom(node, demand, share.replicas);
    capacity_ += Fit(node) - before;
  }
}

int64_t ClusterProbe::CostOf(const Placement& placement, const Demand& demand) {
  int64_t cost = 0;
  for (const NodeShare& share : placement) {
    Node node = Overlay(share.node);
    const int64_t before = Fit(node);
    TakeFrom(node, demand, share.replicas);
    cost += before - Fit(node);
  }
  return cost;
}

void ClusterProbe::Pin(const Placement& placement) {
  for (const NodeShare& share : placement) Overlay(share.node);
}

}  // namespace orrery::cluster
