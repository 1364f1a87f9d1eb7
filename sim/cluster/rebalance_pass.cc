#include "sim/cluster/rebalance_pass.h"

#include <algorithm>
#include <utility>

#include "sim/base/check.h"

namespace orrery::cluster {

std::vector<NodeId> DecisionLoop::Moving::Promised() const {
  std::vector<NodeId> nodes;
  for (const Mover& mover : loop_->movers_) {
    for (const policies::NodeShare& share : mover.nodes) nodes.push_back(share.node);
  }
  return nodes;
}

bool DecisionLoop::Moving::PlaceElsewhere(const JobInfo& job, std::span<const NodeId> avoid,
                                          policies::Offer* offer) {
  avoid_ = promised_;
  avoid_.insert(avoid_.end(), avoid.begin(), avoid.end());
  Draw draw = loop_->random_.Stream("scheduler/place", job.id.value).At(job.attempts);
  ClusterState& state = *loop_->state_;
  if (!state.PlaceElsewhere(job, avoid_, draw, &offer->nodes)) return false;
  bids_.clear();
  for (const policies::NodeShare& share : offer->nodes) {
    bids_.push_back({.node = share.node, .replicas = share.replicas, .gpu_mask = 0, .price = {}});
  }
  loop_->billing_->Quote(state, job, bids_, *loop_->roles_->market);
  offer->speed = state.PlacementSpeed(job, bids_);
  offer->usd_per_h = policies::UsdPerHourFor(job, bids_);
  return true;
}

bool DecisionLoop::Moving::Migrate(const JobInfo& job, const Placement& nodes) {
  if (!loop_->Apply(policies::Migrate{job.slot, nodes})) return false;
  for (const policies::NodeShare& share : nodes) promised_.push_back(share.node);
  return true;
}

bool DecisionLoop::Apply(const policies::Migrate& migrate) {
  if (checker_.Check(migrate) != Refusal::kNone) return false;
  JobInfo& job = state_->mutable_job(migrate.job);
  Mover& mover = movers_.emplace_back();
  mover.slot = migrate.job;
  mover.job = job.id;
  mover.nodes = migrate.nodes;
  for (const NodeGrant& grant : state_->grants(migrate.job)) {
    const bool kept = std::any_of(
        migrate.nodes.begin(), migrate.nodes.end(),
        [&grant](const policies::NodeShare& share) { return share.node == grant.node; });
    if (!kept && (mover.left.empty() || mover.left.back() != grant.node)) {
      mover.left.push_back(grant.node);
    }
  }
  job.phase = JobPhase::kStopping;
  job.migrating = true;
  state_->RefreshExpectedEnd(migrate.job);
  NoteHold(migrate.job);
  backend_->ApplyStop(job);
  return true;
}

// Those that have stopped start before any waiting job: they gave their nodes for these.
void DecisionLoop::StartMovers() {
  std::vector<Mover> stopping;
  std::vector<NodeId> promised;
  for (const Mover& mover : movers_) {
    for (const policies::NodeShare& share : mover.nodes) promised.push_back(share.node);
  }
  for (Mover& mover : std::exchange(movers_, {})) {
    const bool here = state_->HasJob(mover.slot) && state_->job(mover.slot).id == mover.job;
    const bool stopped = here && state_->job(mover.slot).phase == JobPhase::kWaiting;
    if (!here || stopped) {
      for (const policies::NodeShare& share : mover.nodes) std::erase(promised, share.node);
    }
    if (!here) continue;
    if (stopped) {
      if (StartMover(mover, promised)) DequeueStarted();
    } else if (state_->job(mover.slot).migrating) {
      stopping.push_back(std::move(mover));
    }
  }
  movers_ = std::move(stopping);
}

// Where it was to go; or else on none of the nodes that it left, and rather not where others are to
// go. If nothing works out, it is a waiting job like any other.
bool DecisionLoop::StartMover(const Mover& mover, std::span<const NodeId> promised) {
  start_.job = mover.slot;
  start_.nodes = mover.nodes;
  if (checker_.Judge(start_) == Refusal::kNone) return Apply(start_);
  const JobInfo& job = state_->job(mover.slot);
  std::vector<NodeId> avoid = mover.left;
  avoid.insert(avoid.end(), promised.begin(), promised.end());
  const auto fits = [&](std::span<const NodeId> without) {
    Draw draw = random_.Stream("scheduler/place", job.id.value).At(job.attempts);
    return state_->PlaceElsewhere(job, without, draw, &start_.nodes);
  };
  return (fits(avoid) || fits(mover.left)) && Apply(start_);
}

// While room is made for a waiting job, what becomes free belongs to it.
void DecisionLoop::Rebalance(SimTime now) {
  policies::RebalancePolicy& rebalance = *roles_->rebalance;
  if (now >= next_rebalance_ && state_->running_count() > 0 && stopping_ == 0) {
    ORRERY_CHECK(monitor_ != nullptr);
    Moving pass(this);
    rebalance.Run(pass);
    const Duration period = rebalance.period();
    next_rebalance_ = SimTime::Zero() + period * (now.nanos() / period.nanos() + 1);
  }
  if (state_->running_count() > 0 && next_rebalance_ > now) {
    wake_at_ = std::min(wake_at_, next_rebalance_);
  }
}

}  // namespace orrery::cluster
