// One look at the running jobs, as DecisionLoop offers it to rebalance policies.
#pragma once

#include <vector>

#include "policies/api/rebalance.h"
#include "sim/cluster/decision_loop.h"

namespace orrery::cluster {

class DecisionLoop::Moving final : public policies::RebalancePass {
 public:
  explicit Moving(DecisionLoop* loop) : loop_(loop) {}

  const policies::ClusterView& view() const override { return *loop_->state_; }
  const policies::Monitor& monitor() const override { return *loop_->monitor_; }
  bool PlaceElsewhere(const JobInfo& job, std::span<const NodeId> avoid,
                      policies::Offer* offer) override;
  bool Migrate(const JobInfo& job, const Placement& nodes) override;

 private:
  DecisionLoop* loop_;
  // Where others go that were told to move but have not started yet.
  std::vector<NodeId> promised_ = Promised();
  std::vector<NodeId> avoid_;    // reused
  std::vector<NodeGrant> bids_;  // reused

  std::vector<NodeId> Promised() const;
};

}  // namespace orrery::cluster
