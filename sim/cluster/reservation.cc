#include "sim/cluster/reservation.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "sim/cluster/remaining_index.h"

namespace orrery::cluster {

bool Reservation::Make(JobSlot job, std::vector<Release> releases) {
  if (probe_ == nullptr) probe_ = state_->MakeProbe();
  probe_->Reset(state_->job(job));
  // A heap: mostly few of many releases are needed.
  const auto later = [](const Release& a, const Release& b) {
    return std::tie(a.time, a.job) > std::tie(b.time, b.job);
  };
  std::make_heap(releases.begin(), releases.end(), later);
  time_ = state_->now();
  while (!releases.empty()) {
    // Nodes that come back at the same time count together.
    if (probe_->surplus() >= 0 && releases.front().time > time_) break;
    time_ = std::max(time_, releases.front().time);
    probe_->Release(state_->job(releases.front().job));
    std::pop_heap(releases.begin(), releases.end(), later);
    releases.pop_back();
  }
  made_ = probe_->surplus() >= 0;
  slot_ = job;
  job_ = state_->job(job).id;
  return made_;
}

bool Reservation::Stands() const {
  if (!made_) return true;
  return state_->HasJob(slot_) && state_->job(slot_).id == job_ &&
         state_->job(slot_).phase == JobPhase::kWaiting;
}

bool Reservation::Allows(const JobInfo& job, const Placement& placement) {
  return !made_ || job.slot == slot_ || GoneInTime(job, placement) || LeavesEnough(job, placement);
}

bool Reservation::LeavesEnough(const JobInfo& job, const Placement& placement) {
  return probe_->CostOf(placement, job.demand) <= probe_->surplus();
}

Duration Reservation::LongestAllowed(const JobInfo& like, const Placement& placement) {
  if (LeavesEnough(like, placement)) return Duration::Max();
  const auto time = static_cast<double>((time_ - state_->now()).nanos());
  if (time < 0) return Duration::Nanos(-1);
  const double ns = (time + 1) * SpeedOn(like, placement) * (1 + 1e-12) + 1;
  return ns < 4.6e18 ? Duration::Nanos(static_cast<int64_t>(ns)) : Duration::Max();
}

void Reservation::Take(const JobInfo& job, const Placement& placement) {
  if (!made_ || job.slot == slot_) return;
  // The probe goes on showing these nodes as they will be at the time of the reservation.
  probe_->Pin(placement);
  if (!GoneInTime(job, placement)) probe_->Hold(placement, job.demand);
}

bool Reservation::GoneInTime(const JobInfo& job, const Placement& placement) const {
  const auto left = static_cast<double>(RemainingOf(job).nanos());
  return std::floor(left / SpeedOn(job, placement)) <=
         static_cast<double>((time_ - state_->now()).nanos());
}

double Reservation::SpeedOn(const JobInfo& job, const Placement& placement) const {
  std::vector<policies::NodeGrant> nodes;
  for (const policies::NodeShare& share : placement) {
    nodes.push_back({.node = share.node, .replicas = share.replicas, .gpu_mask = 0, .price = {}});
  }
  return state_->PlacementSpeed(job, nodes);
}

}  // namespace orrery::cluster
