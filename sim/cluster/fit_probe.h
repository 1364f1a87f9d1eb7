// FitProbe over the cluster: an overlay of residuals and a running count of what would fit.
#pragma once

#include <cstdint>
#include <vector>

#include "policies/api/view.h"
#include "sim/cluster/placement_index.h"

namespace orrery::cluster {

class ClusterState;

class ClusterProbe final : public policies::FitProbe {
 public:
  explicit ClusterProbe(const ClusterState* state) : state_(state) {}

  void Reset(const policies::JobInfo& target) override;
  void Release(const policies::JobInfo& job) override;
  void Hold(const policies::Placement& placement, const Demand& demand) override;
  int64_t CostOf(const policies::Placement& placement, const Demand& demand) override;
  void Pin(const policies::Placement& placement) override;
  int64_t surplus() const override { return capacity_ - replicas_; }

 private:
  // A node as the overlay sees it. Released fractional shares are kept as loose thousandths of the
  // GPUs they came from.
  struct Node {
    uint32_t cpu_milli = 0;
    uint32_t memory_mib = 0;
    std::array<uint16_t, policies::kMaxGpusPerNode> gpu_milli{};  // left on each GPU
    uint16_t gpus = 0;
    bool eligible = false;
    uint64_t reset = 0;  // the reset that this belongs to
  };
  Node& Overlay(NodeId node);
  int64_t Fit(const Node& node) const;
  static bool TakeFrom(Node& node, const Demand& demand, uint32_t replicas);

  const ClusterState* state_;
  ShapeId shape_;
  Demand demand_;
  int64_t replicas_ = 0;
  int64_t capacity_ = 0;
  std::vector<Node> overlay_;  // by node; those of an earlier reset count for nothing
  uint64_t resets_ = 0;
};

}  // namespace orrery::cluster
