// The decision loop: jobs come in, back ends report, a trigger asks for decisions; roles decide,
// the checker checks, the state changes, the back end carries out. One loop serves every back end.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "policies/api/allocate.h"
#include "policies/api/backfill.h"
#include "policies/api/market.h"
#include "policies/api/order.h"
#include "policies/api/place.h"
#include "policies/api/preempt.h"
#include "policies/api/rebalance.h"
#include "sim/base/random.h"
#include "sim/cluster/backend.h"
#include "sim/cluster/billing.h"
#include "sim/cluster/decision_checker.h"
#include "sim/cluster/rounds.h"
#include "sim/cluster/state.h"

namespace orrery::cluster {

// The policies in use. `order` and `place` must be there; with `allocate`, backfill, preempt and
// rebalance must not.
struct Roles {
  std::unique_ptr<policies::OrderPolicy> order;
  std::unique_ptr<policies::PlacePolicy> place;
  std::unique_ptr<policies::BackfillPolicy> backfill;
  std::unique_ptr<policies::PreemptPolicy> preempt;
  std::unique_ptr<policies::AllocatePolicy> allocate;
  std::unique_ptr<policies::RebalancePolicy> rebalance;
  std::unique_ptr<policies::MarketPolicy> market;
};

struct LoopConfig {
  // Whether a head that does not fit stops the queue. Backfill roles need it to.
  bool strict = true;
  // Most jobs that may wait; one that would have to wait beyond is rejected (the K of M/M/c/K less
  // c).
  uint64_t queue_limit = UINT64_MAX;
  // How often a job whose attempt failed, or failed to start, is tried again.
  uint32_t retries = UINT32_MAX;
  // Length of a round where there is an allocate role.
  Duration round = Duration::Seconds(360);
};

// How a job left.
enum class JobEnd : uint8_t {
  kFinished,
  kRejected,
  kUnfinished,
  kKilled,
  kFailed,
  kReleased,  // its user wanted it no more
};
// Why a job was rejected.
enum class RejectReason : uint8_t { kNone, kNeverFits, kByPolicy, kQueueFull, kAbandoned };

// Hears of what happens. It sees states as they are right before the nodes are given back.
class LoopObserver {
 public:
  virtual ~LoopObserver() = default;
  // A job may be about to end.
  virtual void Expect(JobSlot job) const { static_cast<void>(job); }
  virtual void OnAttemptEnd(const JobInfo& job, std::span<const NodeGrant> grants,
                            const AttemptReport& report, SimTime now, Usd charge) = 0;
  virtual void OnJobEnd(const JobInfo& job, JobEnd end, RejectReason reason, SimTime now) = 0;
};

class DecisionLoop final : public Acknowledgements {
 public:
  // Pointers must outlive the loop.
  DecisionLoop(const LoopConfig& config, Roles* roles, ClusterState* state, Backend* backend,
               Billing* billing, LoopObserver* observer, const RandomStreams& random);

  // What a rebalance role goes by; it must be there before jobs are, if there is such a role.
  void WatchBy(const policies::Monitor* monitor) { monitor_ = monitor; }

  // A job arrives. One that no node set of the fleet could ever hold is rejected at once: then no
  // slot is valid.
  JobSlot Submit(const JobInfo& job, SimTime now);
  void Expect(JobSlot job) const override;
  void OnStarted(JobSlot job, SimTime now) override;
  bool OnEnded(JobSlot job, const AttemptReport& report, SimTime now) override;
  void OnAbandoned(JobSlot job, SimTime now) override;
  void OnNodeHealth(NodeId node, bool healthy, SimTime now) override;

  // Makes all decisions that are due. Call it when wants_decision(), or at wake_at().
  void Decide(SimTime now);
  // Whether something happened since the last Decide that could change a decision.
  bool wants_decision() const { return dirty_; }
  // The time at which Decide must be called even if nothing happens; SimTime::Never(): none.
  SimTime wake_at() const { return wake_at_; }
  // Ends every attempt and job that is left, as seen at the horizon. `report` gives the account of
  // a running attempt.
  class Closing {
   public:
    virtual ~Closing() = default;
    virtual AttemptReport ReportFor(const JobInfo& job, SimTime now) = 0;
  };
  void Close(Closing& closing, SimTime now);

  // Checks a decision and carries it out; false if it was refused.
  bool Apply(const policies::Start& start);
  bool Apply(const policies::Preempt& preempt);
  bool Apply(const policies::Migrate& migrate);
  bool Apply(const policies::Reject& reject);
  bool Apply(const policies::WakeAt& wake);

  const DecisionChecker& checker() const { return checker_; }
  // CPU time spent deciding [s], extrapolated from every 64th call.
  double policy_seconds() const { return policy_seconds_ * kTimedShare; }

 private:
  class Pass;
  class Undelaying;
  class Moving;
  // A job that was told to move, until it has started again.
  struct Mover {
    JobSlot slot;
    JobId job;
    Placement nodes;
    std::vector<NodeId> left;  // nodes that it goes away from
  };

  void Queue(JobSlot slot, SimTime now);
  void DecideByRounds(SimTime now);
  void DecideByQueue();
  void StartBeneficiary();
  void StartHeads();
  void StartMovers();
  bool StartMover(const Mover& mover, std::span<const NodeId> promised);
  void Rebalance(SimTime now);
  void StartWhatFits();
  void StartWhatDelaysNobody();
  bool BlockedSince(uint32_t queue_shape) const;
  void NoteRefused(uint32_t queue_shape);
  bool TryStart(JobSlot slot);
  bool PlaceNow(const JobInfo& job, Placement* placement);
  bool MakeRoom(const JobInfo& head);
  void DequeueStarted();
  void RejectBeyondLimit();
  void RejectWaiting(JobSlot slot, RejectReason reason);
  // What a job holds, or until when, has changed.
  void NoteHold(JobSlot slot);
  bool TryAgain(JobSlot slot, SimTime now);
  void FinishJob(JobSlot slot, JobEnd end, SimTime now);
  static Duration RunLimit(const JobInfo& job);

  static constexpr int kTimedShare = 64;

  LoopConfig config_;
  Roles* roles_;
  ClusterState* state_;
  Backend* backend_;
  Billing* billing_;
  LoopObserver* observer_;
  RandomStreams random_;
  DecisionChecker checker_;
  std::unique_ptr<RoundMechanism> rounds_;
  bool held_back_ = false;  // the last job tried would have delayed a chosen one
  bool dirty_ = false;
  SimTime wake_at_ = SimTime::Never();
  // A queue shape was found not to fit when freed_epoch was this value less one; 0: not known.
  std::vector<uint64_t> blocked_epoch_;
  uint64_t last_pass_epoch_ = UINT64_MAX;  // freed_epoch at the last complete pass
  std::vector<JobSlot> new_;               // queued since the last pass
  std::vector<JobSlot> started_;           // started in this pass, still in the queue
  std::vector<JobSlot> victims_;
  uint32_t stopping_ = 0;  // preempted jobs that hold nodes still
  JobSlot beneficiary_;    // the waiting job that jobs were stopped for; none: no such
  JobId beneficiary_job_;
  policies::Start start_;  // reused
  const policies::Monitor* monitor_ = nullptr;
  std::vector<Mover> movers_;  // in the order in which they were told to move
  SimTime next_rebalance_;
  uint64_t decide_calls_ = 0;
  double policy_seconds_ = 0;
};

}  // namespace orrery::cluster
