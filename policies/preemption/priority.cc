// Preemption by priority: a waiting job may stop running ones of strictly lower priority.
#include <vector>

#include "policies/api/preempt.h"
#include "policies/api/registry.h"
#include "policies/preemption/victim_search.h"

namespace orrery::policies {
namespace {

class Lower final : public JobVisitor {
 public:
  explicit Lower(int32_t priority) : priority_(priority) {}

  bool Visit(const JobInfo& job) override {
    if (job.phase == JobPhase::kStopping) stopping.push_back(job.slot);
    if (job.priority >= priority_ || !job.preemptible) return true;
    if (job.phase == JobPhase::kStarting) starting = true;
    if (job.phase == JobPhase::kRunning && job.preemptible) {
      candidates.push_back({.rank = {.first = -int64_t{job.priority},
                                     .second = job.run_start.nanos(),
                                     .tie = job.tie,
                                     .id = job.id.value},
                            .slot = job.slot});
    }
    return true;
  }

  std::vector<Candidate> candidates;
  std::vector<JobSlot> stopping;
  bool starting = false;  // some lower one will be a candidate soon

 private:
  int32_t priority_;
};

class PriorityPreemption final : public PreemptPolicy {
 public:
  explicit PriorityPreemption(Params&) {}

  void SelectVictims(const ClusterView& view, const OrderPolicy&, const JobInfo& head,
                     std::vector<JobSlot>* victims) override {
    if (quiet_.Holds(view, head)) return;
    quiet_.End();
    Lower lower(head.priority);
    view.VisitRunning(lower);
    const size_t before = victims->size();
    search_.Find(view, head, lower.stopping, &lower.candidates, victims);
    if (victims->size() == before && !lower.starting && lower.stopping.empty()) {
      quiet_.Begin(view, head, SimTime::Never());
    }
  }

  SimTime NextCheck(const ClusterView&, const OrderPolicy&, const JobInfo&) override {
    return SimTime::Never();
  }

 private:
  VictimSearch search_;
  QuietSpell quiet_;
};

ORRERY_REGISTER_POLICY(
    PreemptPolicy, PriorityPreemption, "priority",
    "The head may stop running jobs of strictly lower priority if it then fits: the lowest "
    "priority first, then the latest started, and none that it fits without.",
    "textbook preemptive priority; victims as in Kubernetes' preemption (lowest priority, latest "
    "start, reprieve)");

}  // namespace
}  // namespace orrery::policies
