// Preemption by order: a waiting job with a better key than running ones may stop them.
#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "policies/api/preempt.h"
#include "policies/api/registry.h"
#include "policies/preemption/victim_search.h"

namespace orrery::policies {
namespace {

// How far ahead a key that changes smoothly is followed.
constexpr Duration kHorizon = Duration::Hours(365 * 24);
// A job whose key worsens as it runs is not checked on more often than this, so that jobs which
// share a GPU in turn do so in slices that one can count.
constexpr Duration kLeastSlice = Duration::Seconds(1);

class ByOrder final : public PreemptPolicy {
 public:
  explicit ByOrder(Params& params)
      : quantum_(params.Time(
            "quantum",
            {.value = Duration::Minutes(6),
             .min = Duration(),
             .max = Duration::Hours(365 * 24),
             .doc = "how long a job runs at least before it may be stopped; 0 for exact SRTF",
             .source = "round length of Gavel (Narayanan et al., OSDI 2020; artefact "
                       "stanford-futuredata/gavel: time_per_iteration 360 s)"})),
        hysteresis_(params.Time(
            "hysteresis",
            {.value = Duration(),
             .min = Duration(),
             .max = Duration::Hours(365 * 24),
             .doc = "by how much the head's key must be better, in the key's own time (run time "
                    "left for srtf, GPU-time for las2d)",
             .source = "Assumption: hysteresis"})) {}

  void SelectVictims(const ClusterView& view, const OrderPolicy& order, const JobInfo& head,
                     std::vector<JobSlot>* victims) override {
    if (quiet_.Holds(view, head)) return;
    quiet_.End();
    Scan scan(this, view, order, head);
    view.VisitRunning(scan);
    search_.Find(view, head, scan.stopping, &scan.candidates, victims);
  }

  SimTime NextCheck(const ClusterView& view, const OrderPolicy& order,
                    const JobInfo& head) override {
    if (quiet_.Holds(view, head)) return quiet_.until();
    Forecast forecast(this, view, order, head);
    view.VisitRunning(forecast);
    // A job that holds nodes but does not run yet will begin to at a time that nobody knows.
    if (!forecast.unsettled) quiet_.Begin(view, head, forecast.next);
    return forecast.next;
  }

 private:
  SimTime StoppableFrom(const JobInfo& job) const {
    return std::max(job.run_start + quantum_, job.StoppableFrom());
  }

  // Whether a running job may be stopped for a head with this key as far as keys go. Only `major`
  // counts: `minor` orders jobs of equal rank.
  bool Worse(OrderKey running, OrderKey head) const {
    int64_t difference = 0;
    if (__builtin_sub_overflow(running.major, head.major, &difference)) {
      return running.major > head.major;
    }
    return difference > hysteresis_.nanos();
  }

  class Scan final : public JobVisitor {
   public:
    Scan(const ByOrder* policy, const ClusterView& view, const OrderPolicy& order,
         const JobInfo& head)
        : policy_(policy), now_(view.now()), order_(order), head_(order.Key(head, view.now())) {}

    bool Visit(const JobInfo& job) override {
      if (job.phase == JobPhase::kStopping) stopping.push_back(job.slot);
      if (job.phase != JobPhase::kRunning || !job.preemptible ||
          now_ < policy_->StoppableFrom(job)) {
        return true;
      }
      const OrderKey key = order_.Key(job, now_);
      if (!policy_->Worse(key, head_)) return true;
      candidates.push_back(
          {.rank = {.first = key.major, .second = key.minor, .tie = job.tie, .id = job.id.value},
           .slot = job.slot});
      return true;
    }

    std::vector<Candidate> candidates;
    std::vector<JobSlot> stopping;

   private:
    const ByOrder* policy_;
    SimTime now_;
    const OrderPolicy& order_;
    OrderKey head_;
  };

  // The first time after now at which another running job becomes one that may be stopped.
  class Forecast final : public JobVisitor {
   public:
    Forecast(const ByOrder* policy, const ClusterView& view, const OrderPolicy& order,
             const JobInfo& head)
        : policy_(policy), now_(view.now()), order_(order), head_(order.Key(head, view.now())) {}

    bool Visit(const JobInfo& job) override {
      if (!job.preemptible) return true;
      if (job.phase != JobPhase::kRunning) {
        unsettled = true;
        return true;
      }
      const SimTime stoppable = policy_->StoppableFrom(job);
      if (stoppable <= now_ && Worse(job, now_)) return true;  // may be stopped already
      const SimTime from = std::max(stoppable, now_ + Duration::Nanos(1));
      next = std::min(next, FirstWorse(job, from));
      return true;
    }

    SimTime next = SimTime::Never();
    bool unsettled = false;

   private:
    bool Worse(const JobInfo& job, SimTime at) const {
      return policy_->Worse(order_.Key(job, at), head_);
    }

    SimTime FirstWorse(const JobInfo& job, SimTime from) const {
      if (from >= next) return SimTime::Never();
      const bool steps = order_.NextKeyChange(job, from) != SimTime::Never();
      if (!steps) from = std::max(from, job.run_start + kLeastSlice);
      if (Worse(job, from)) return from;
      return steps ? FirstWorseStep(job, from) : FirstWorseSmooth(job, from);
    }

    SimTime FirstWorseStep(const JobInfo& job, SimTime from) const {
      SimTime at = order_.NextKeyChange(job, from);
      while (at < next && !Worse(job, at)) at = order_.NextKeyChange(job, at);
      return at < next ? at : SimTime::Never();
    }

    // A smooth key gets worse at most once, so the time can be closed in on. Mostly the look at the
    // far end settles it: not before the earliest time found so far.
    SimTime FirstWorseSmooth(const JobInfo& job, SimTime from) const {
      SimTime low = from;
      SimTime high = std::min(from + kHorizon, next);
      if (!Worse(job, high)) return SimTime::Never();
      while (high - low > Duration::Nanos(1)) {
        const SimTime middle = low + (high - low) / 2;
        (Worse(job, middle) ? high : low) = middle;
      }
      return high;
    }

    const ByOrder* policy_;
    SimTime now_;
    const OrderPolicy& order_;
    OrderKey head_;
  };

  const Duration quantum_;
  const Duration hysteresis_;
  VictimSearch search_;
  QuietSpell quiet_;
};

ORRERY_REGISTER_POLICY(
    PreemptPolicy, ByOrder, "by_order",
    "The head may stop running jobs whose key in the queue's order is worse than its own by more "
    "than the hysteresis and which have run for a quantum, and long enough for a stop to keep some "
    "of it, if it then fits: the worst first, and none that it fits without.",
    "preemption as SRPT (Schrage 1968) and Tiresias (Gu et al., NSDI 2019, section 3.2) mean it; "
    "quantum and hysteresis bound its cost");

}  // namespace
}  // namespace orrery::policies
