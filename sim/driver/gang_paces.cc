#include "sim/driver/gang_paces.h"

#include <algorithm>
#include <cmath>

#include "sim/base/check.h"

namespace orrery::driver {

using network::PaceNet;
using policies::JobInfo;
using policies::NodeGrant;

namespace {

// Grants of one node stand together.
std::vector<NodeId> NodesOf(std::span<const NodeGrant> grants) {
  std::vector<NodeId> nodes;
  for (const NodeGrant& grant : grants) {
    if (nodes.empty() || nodes.back() != grant.node) nodes.push_back(grant.node);
  }
  return nodes;
}

int64_t Whole(double bytes_s) { return std::max<int64_t>(std::llround(bytes_s), 1); }

}  // namespace

GangPaces::GangPaces(const GangLinks* links, NetworkStates* network,
                     const cluster::ClusterState* state, const Devices* devices, double scale,
                     engine::Simulator* simulator)
    : links_(links),
      network_(network),
      state_(state),
      devices_(devices),
      scale_(scale),
      simulator_(simulator),
      id_(simulator->Register(this)) {
  for (uint32_t relay = 0; relay < links->paths().relay_count(); ++relay) {
    net_.AddLink(CapacityOf(relay));
  }
}

int64_t GangPaces::CapacityOf(uint32_t relay) const {
  return Whole(scale_ * links_->paths().RelayBytesS(relay));
}

void GangPaces::Expect(const JobInfo& job, std::span<const NodeGrant> grants, double speed,
                       double share) {
  const size_t slot = job.slot.index();
  if (slot < told_.size()) told_[slot].speed = 0;
  if (grants.size() < 2) return;
  const std::vector<NodeId> nodes = NodesOf(grants);
  if (!links_->WaysChange(job.job_class, nodes) &&
      links_->RelayLoads(job.job_class, nodes).empty()) {
    return;
  }
  if (slot >= told_.size()) told_.resize(slot + 1);
  told_[slot] = {speed, share};
}

bool GangPaces::Run(JobSlot slot, bool on) {
  if (slot.index() >= told_.size() || !(told_[slot.index()].speed > 0)) return false;
  const auto was = running_.find(slot.value);
  if (on) {
    ORRERY_CHECK(was == running_.end(), slot.value);
    Gang gang;
    Join(slot, &gang);
    running_[slot.value] = gang;
  } else if (was != running_.end()) {
    net_.Remove(was->second.in_net);
    running_.erase(was);
  }
  AwaitChange();
  Settle();
  return true;
}

// Where one of its ways is cut it sends nothing.
void GangPaces::Join(JobSlot slot, Gang* gang) {
  gang->alone = PaceAlone(slot);
  const Told& told = told_[slot.index()];
  const double speed = gang->alone * told.speed * told.share;
  std::vector<PaceNet::Load> loads;
  if (speed > 0) {
    for (const GangLinks::RelayLoad& load :
         links_->RelayLoads(state_->job(slot).job_class, NodesOf(state_->grants(slot)))) {
      loads.push_back({load.relay, Whole(load.bytes * speed)});
    }
  }
  gang->in_net = net_.Add(loads);
  if (gang->in_net >= slot_of_.size()) slot_of_.resize(gang->in_net + 1);
  slot_of_[gang->in_net] = slot.value;
}

// In the order of slots, so that the net's numbers do not matter.
void GangPaces::Settle() {
  net_.Settle(&changed_);
  for (PaceNet::GangId& gang : changed_) gang = slot_of_[gang];
  std::sort(changed_.begin(), changed_.end());
  for (const uint32_t slot : changed_) client_->OnPace(JobSlot(slot));
}

double GangPaces::PaceAlone(JobSlot slot) const {
  if (!network_->change()) return 1;
  const std::span<const NodeGrant> grants = state_->grants(slot);
  JobInfo job = state_->job(slot);
  if (links_->Cut(job.job_class, NodesOf(grants))) return 0;
  job.speed = state_->PlacementSpeed(job, grants);
  const double speed = devices_ == nullptr ? job.speed : devices_->SpeedOn(job, grants);
  return speed / told_[slot.index()].speed;
}

double GangPaces::PaceOf(JobSlot slot) const {
  const auto gang = running_.find(slot.value);
  return gang == running_.end() ? 1 : gang->second.alone * net_.pace(gang->second.in_net);
}

void GangPaces::AwaitChange() {
  if (running_.empty()) {
    simulator_->Cancel(next_change_);
  } else if (network_->change() && !simulator_->IsPending(next_change_)) {
    network_->Epoch();
    // Nobody looked while nobody ran.
    for (uint32_t relay = 0; relay < links_->paths().relay_count(); ++relay) {
      net_.Resize(relay, CapacityOf(relay));
    }
    next_change_ = simulator_->Schedule(network_->next_change(), engine::Priority::kFailure, id_,
                                        /*kind=*/0, /*payload=*/0);
  }
}

void GangPaces::OnEvent(const engine::Event&) {
  AwaitChange();
  for (auto& [slot, gang] : running_) {
    net_.Remove(gang.in_net);
    Join(JobSlot(slot), &gang);
  }
  net_.Settle(&changed_);
  for (const auto& [slot, gang] : running_) client_->OnPace(JobSlot(slot));
}

}  // namespace orrery::driver
