#include "sim/driver/gang_paces.h"

namespace orrery::driver {

using policies::JobInfo;
using policies::NodeGrant;

namespace {

std::vector<NodeId> NodesOf(std::span<const NodeGrant> grants) {
  std::vector<NodeId> nodes;
  for (const NodeGrant& grant : grants) {
    // Grants of one node stand together.
    if (nodes.empty() || nodes.back() != grant.node) nodes.push_back(grant.node);
  }
  return nodes;
}

}  // namespace

GangPaces::GangPaces(const GangLinks* links, NetworkStates* network,
                     const cluster::ClusterState* state, const Devices* devices,
                     engine::Simulator* simulator)
    : links_(links),
      network_(network),
      state_(state),
      devices_(devices),
      simulator_(simulator),
      id_(simulator->Register(this)) {}

void GangPaces::Expect(const JobInfo& job, std::span<const NodeGrant> grants, double speed) {
  const size_t slot = job.slot.index();
  if (slot < speeds_.size()) speeds_[slot] = 0;
  if (!links_->WaysChange(job.job_class, NodesOf(grants))) return;
  if (slot >= speeds_.size()) speeds_.resize(slot + 1);
  speeds_[slot] = speed;
}

bool GangPaces::Run(JobSlot slot, bool on) {
  if (slot.index() >= speeds_.size() || !(speeds_[slot.index()] > 0)) return false;
  if (on) {
    running_.insert(slot.value);
  } else {
    running_.erase(slot.value);
  }
  AwaitChange();
  return true;
}

double GangPaces::PaceOf(JobSlot slot) const {
  if (!running_.contains(slot.value)) return 1;
  const std::span<const NodeGrant> grants = state_->grants(slot);
  JobInfo job = state_->job(slot);
  if (links_->Cut(job.job_class, NodesOf(grants))) return 0;
  job.speed = state_->PlacementSpeed(job, grants);
  const double speed = devices_ == nullptr ? job.speed : devices_->SpeedOn(job, grants);
  return speed / speeds_[slot.index()];
}

void GangPaces::AwaitChange() {
  if (running_.empty()) {
    simulator_->Cancel(next_change_);
  } else if (!simulator_->IsPending(next_change_)) {
    network_->Epoch();
    next_change_ = simulator_->Schedule(network_->next_change(), engine::Priority::kFailure, id_,
                                        /*kind=*/0, /*payload=*/0);
  }
}

void GangPaces::OnEvent(const engine::Event&) {
  AwaitChange();
  for (const uint32_t slot : running_) client_->OnPace(JobSlot(slot));
}

}  // namespace orrery::driver
