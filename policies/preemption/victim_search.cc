#include "policies/preemption/victim_search.h"

#include <algorithm>

namespace orrery::policies {
namespace {

// Where a running job is, each node once.
Placement PlacementOf(const ClusterView& view, JobSlot slot) {
  Placement placement;
  for (const NodeGrant& grant : view.grants(slot)) {
    if (!placement.empty() && placement.back().node == grant.node) {
      placement.back().replicas += grant.replicas;
    } else {
      placement.push_back({grant.node, grant.replicas});
    }
  }
  return placement;
}

}  // namespace

void VictimSearch::Reset(const ClusterView& view, const JobInfo& head,
                         const std::vector<JobSlot>& stopping) {
  if (probe_ == nullptr) probe_ = view.MakeProbe();
  probe_->Reset(head);
  for (JobSlot slot : stopping) probe_->Release(view.job(slot));
}

void VictimSearch::Find(const ClusterView& view, const JobInfo& head,
                        const std::vector<JobSlot>& stopping, std::vector<Candidate>* candidates,
                        std::vector<JobSlot>* victims) {
  if (candidates->empty()) return;
  Reset(view, head, stopping);
  if (probe_->surplus() >= 0) return;
  // A heap: mostly few of many candidates are needed.
  const auto less = [](const Candidate& a, const Candidate& b) { return a.rank < b.rank; };
  std::make_heap(candidates->begin(), candidates->end(), less);
  std::vector<JobSlot> chosen;
  for (auto end = candidates->end(); probe_->surplus() < 0; --end) {
    if (end == candidates->begin()) return;
    std::pop_heap(candidates->begin(), end, less);
    chosen.push_back((end - 1)->slot);
    probe_->Release(view.job(chosen.back()));
  }
  if (chosen.size() > 1) Spare(view, head, stopping, &chosen);
  victims->insert(victims->end(), chosen.begin(), chosen.end());
}

// Takes back releases that are not needed, last first. The one that made it fit is needed.
void VictimSearch::Spare(const ClusterView& view, const JobInfo& head,
                         const std::vector<JobSlot>& stopping, std::vector<JobSlot>* chosen) {
  const std::vector<JobSlot> all = *chosen;
  for (size_t i = all.size() - 1; i-- > 0;) {
    const JobInfo& job = view.job(all[i]);
    const Placement placement = PlacementOf(view, all[i]);
    if (probe_->CostOf(placement, job.demand) > probe_->surplus()) continue;
    probe_->Hold(placement, job.demand);
    chosen->erase(chosen->begin() + static_cast<std::ptrdiff_t>(i));
  }
  // The probe packs GPU shares anew when it takes a job back. Make sure with the real ones.
  Reset(view, head, stopping);
  for (JobSlot slot : *chosen) probe_->Release(view.job(slot));
  if (probe_->surplus() < 0) *chosen = all;
}

void QuietSpell::Begin(const ClusterView& view, const JobInfo& head, SimTime until) {
  head_ = head.id;
  epoch_ = view.freed_epoch();
  running_ = view.running_count();
  until_ = until;
}

bool QuietSpell::Holds(const ClusterView& view, const JobInfo& head) const {
  return head.id == head_ && view.freed_epoch() == epoch_ && view.running_count() == running_ &&
         view.now() < until_;
}

}  // namespace orrery::policies
