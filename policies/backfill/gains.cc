#include "policies/backfill/gains.h"

#include <algorithm>
#include <utility>

#include "policies/backfill/expected_end.h"

namespace orrery::policies {
namespace {

class Look final : public JobVisitor {
 public:
  Look(Gains* gains, const ClusterView& view) : gains_(gains), view_(view) {}
  bool Visit(const JobInfo& job) override {
    gains_->See(job, view_.grants(job.slot), ExpectedEndOf(job, view_.now()));
    return true;
  }

 private:
  Gains* gains_;
  const ClusterView& view_;
};

}  // namespace

void Gains::BeginSweep(const ClusterView& view) {
  ++sweep_;
  gains_ = std::exchange(later_, {});
  present_.resize(view.node_count());
  for (uint32_t n = 0; n < view.node_count(); ++n) {
    const bool present = view.present(NodeId(n));
    if (present && !present_[n]) Add(NodeId(n), view.now(), SimTime::Never());
    present_[n] = present;
  }
  Look look(this, view);
  view.VisitRunning(look);
  std::erase_if(seen_slots_, [&](JobSlot slot) {
    Seen& seen = seen_[slot.index()];
    if (seen.sweep == sweep_) return false;
    for (NodeId node : seen.nodes) Add(node, view.now(), seen.end);
    seen.job = JobId::None();
    return true;
  });
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
  for (const Stay::Part& part : stay.parts) Add(part.node, stay.window.start, stay.window.end);
}

void Gains::ForgetNodes() {
  for (Gain& gain : gains_) gain.node = NodeId::None();
  for (Gain& gain : later_) gain.node = NodeId::None();
}

void Gains::See(const JobInfo& job, std::span<const NodeGrant> grants, SimTime end) {
  if (job.slot.index() >= seen_.size()) seen_.resize(job.slot.index() + 1);
  Seen& seen = seen_[job.slot.index()];
  if (!seen.job.valid()) {
    seen_slots_.push_back(job.slot);
  } else if (seen.job != job.id) {
    // Another job had the slot, and ended.
    for (NodeId node : seen.nodes) Add(node, SimTime::Zero(), seen.end);
  } else {
    for (NodeId node : seen.nodes) Add(node, end, seen.end);
  }
  seen.job = job.id;
  seen.end = end;
  seen.sweep = sweep_;
  seen.nodes.clear();
  for (const NodeGrant& grant : grants) seen.nodes.push_back(grant.node);
}

bool Gains::Help(const ClusterView& view, const JobInfo& job, const Window& window,
                 const Availability& free) const {
  // A start before the window's needs room before the window's start only, or for the length of the
  // slowest run from there where the job could also run more slowly.
  const SimTime limit = free.LatestNeed(view, job, window);
  return std::any_of(gains_.begin(), gains_.end(), [&](const Gain& gain) {
    const SimTime from = std::max(gain.from, view.now());
    const SimTime to = std::min(gain.to, limit);
    return from < to && (!gain.node.valid() || free.HasRoom(view, job, gain.node, from, to));
  });
}

}  // namespace orrery::policies
