// EASY backfilling: one reservation, for the head of the queue; whoever does not delay it may pass.
//
// The reservation costs a replay of expected ends, so it is kept from one call to the next: while
// the head is the same, nothing was freed, no node came or went, nobody else started a job and the
// shadow time is still to come, a job that was refused would be refused again, and only new ones
// need a look. Otherwise whether a job passes depends on its queue shape and on how long it takes,
// so that a pass looks at queue shapes rather than at jobs.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "policies/api/backfill.h"
#include "policies/api/registry.h"
#include "policies/backfill/expected_end.h"

namespace orrery::policies {
namespace {

// Replays expected ends until the head fits. Ends that coincide count together.
class Replay final : public JobVisitor {
 public:
  Replay(FitProbe* probe, SimTime now) : probe_(probe), now_(now) {}

  bool Visit(const JobInfo& job) override {
    const SimTime end = ExpectedEndOf(job, now_);
    if (end > shadow_) return false;
    probe_->Release(job);
    if (probe_->surplus() >= 0) shadow_ = end;
    return true;
  }
  // When the head fits; SimTime::Never() if it does not even when all have ended.
  SimTime shadow() const { return shadow_; }

 private:
  FitProbe* probe_;
  SimTime now_;
  SimTime shadow_ = SimTime::Never();
};

class Easy final : public BackfillPolicy {
 public:
  explicit Easy(Params& params)
      : depth_(params.Integer("depth",
                              {.value = 0,
                               .unit = "",
                               .min = 0,
                               .max = 1'000'000'000,
                               .doc = "jobs behind the head to look at in one pass; 0: all of them",
                               .source = "Mu'alem & Feitelson 2001: the whole queue"})) {}

  void Run(BackfillPass& pass) override {
    const ClusterView& view = pass.view();
    const bool only_new = Stands(view, pass.head());
    if (!only_new) Reserve(view, pass.head());
    ++state_;
    Check check(this, &pass);
    if (only_new || depth_ > 0) {
      LookAtEach(pass, check, only_new);
    } else {
      while (const JobInfo* job = pass.NextPassing(check)) Start(pass, *job);
    }
    running_ = view.running_count();
  }

 private:
  // Where jobs of one queue shape would go in the present state of the cluster, and at what cost
  // to the head. It holds until the next start.
  struct Trial {
    uint64_t state = 0;
    bool fits = false;
    bool cost_known = false;
    int64_t cost = 0;  // replicas of the head that would not fit at the shadow time
    Placement placement;
    GpuModelId gpu_model;  // of all nodes; none: they differ, have none, or links matter
  };

  class Check final : public Sieve {
   public:
    Check(Easy* easy, BackfillPass* pass) : easy_(easy), pass_(pass) {}
    bool Passes(const JobInfo& job) override {
      Trial& trial = easy_->TrialOf(*pass_, job);
      if (!trial.fits) return false;
      return easy_->shadow_ == SimTime::Never() || easy_->EndsInTime(pass_->view(), job, trial) ||
             easy_->LeavesEnough(job, &trial);
    }
    Duration Longest(const JobInfo& like) override {
      Trial& trial = easy_->trials_[like.queue_shape];
      if (!trial.fits) return Duration::Nanos(-1);
      if (easy_->shadow_ == SimTime::Never() || easy_->LeavesEnough(like, &trial)) {
        return Duration::Max();
      }
      const ClusterView& view = pass_->view();
      return LongestWithin(easy_->shadow_ - view.now(), SpeedIn(view, like, trial));
    }

   private:
    Easy* easy_;
    BackfillPass* pass_;
  };

  bool Stands(const ClusterView& view, const JobInfo& head) const {
    return head.id == head_ && view.freed_epoch() == freed_epoch_ &&
           view.fleet_epoch() == fleet_epoch_ && view.running_count() == running_ &&
           view.now() < shadow_;
  }

  void Reserve(const ClusterView& view, const JobInfo& head) {
    if (probe_ == nullptr) probe_ = view.MakeProbe();
    probe_->Reset(head);
    Replay replay(probe_.get(), view.now());
    view.VisitRunning(replay);
    shadow_ = replay.shadow();
    head_ = head.id;
    freed_epoch_ = view.freed_epoch();
    fleet_epoch_ = view.fleet_epoch();
  }

  void LookAtEach(BackfillPass& pass, Check& check, bool only_new) {
    int64_t seen = 0;
    while (const JobInfo* job = pass.Next(only_new, /*only_fitting=*/true)) {
      if (check.Passes(*job)) Start(pass, *job);
      if (++seen == depth_) break;
    }
  }

  bool EndsInTime(const ClusterView& view, const JobInfo& job, const Trial& trial) const {
    return EndOf(view.now(), RunTimeAt(job, SpeedIn(view, job, trial))) <= shadow_;
  }

  static double SpeedIn(const ClusterView& view, const JobInfo& job, const Trial& trial) {
    return trial.gpu_model.valid() ? view.Speed(job, trial.gpu_model)
                                   : SpeedOn(view, job, trial.placement);
  }

  // A job that passes.
  void Start(BackfillPass& pass, const JobInfo& job) {
    const Trial& trial = trials_[job.queue_shape];
    const bool reserved = shadow_ != SimTime::Never();
    const bool in_time = reserved && EndsInTime(pass.view(), job, trial);
    // The probe goes on showing these nodes as they will be at the shadow time.
    if (reserved) probe_->Pin(trial.placement);
    if (!pass.Start(job, trial.placement)) return;
    if (reserved && !in_time) probe_->Hold(trial.placement, job.demand);
    ++state_;
  }

  Trial& TrialOf(BackfillPass& pass, const JobInfo& job) {
    if (job.queue_shape >= trials_.size()) trials_.resize(job.queue_shape + 1);
    Trial& trial = trials_[job.queue_shape];
    if (trial.state == state_) return trial;
    trial.state = state_;
    trial.fits = pass.Place(job, &trial.placement);
    trial.cost_known = false;
    if (!trial.fits) return trial;
    const ClusterView& view = pass.view();
    trial.gpu_model = view.node_shape(trial.placement.front().node).gpu_model;
    if (LinksMatter(view, trial.placement)) trial.gpu_model = GpuModelId::None();
    for (const NodeShare& share : trial.placement) {
      if (view.node_shape(share.node).gpu_model != trial.gpu_model) {
        trial.gpu_model = GpuModelId::None();
      }
    }
    return trial;
  }

  bool LeavesEnough(const JobInfo& job, Trial* trial) {
    if (!trial->cost_known) trial->cost = probe_->CostOf(trial->placement, job.demand);
    trial->cost_known = true;
    return trial->cost <= probe_->surplus();
  }

  const int64_t depth_;
  // The reservation.
  JobId head_;
  SimTime shadow_;                   // when the head is expected to start
  std::unique_ptr<FitProbe> probe_;  // the cluster at that time
  uint64_t freed_epoch_ = 0;         // as of when it was made
  uint64_t fleet_epoch_ = 0;
  size_t running_ = 0;         // running_count when the last call ended
  uint64_t state_ = 0;         // counts states of the cluster, for trials
  std::vector<Trial> trials_;  // by queue shape
};

ORRERY_REGISTER_POLICY(
    BackfillPolicy, Easy, "easy",
    "The head gets a reservation at the shadow time, the first time at which it fits when running "
    "jobs end as expected. A job behind it starts now if it fits and ends by the shadow time, or "
    "takes nothing the head needs then.",
    "Lifka, The ANL/IBM SP Scheduling System, JSSPP 1995; Mu'alem, Feitelson, Utilization, "
    "Predictability, Workloads, and User Runtime Estimates in Scheduling the IBM SP2 with "
    "Backfilling, IEEE TPDS 12(6), 2001");

}  // namespace
}  // namespace orrery::policies
