// The model's back end: knows how much work jobs truly have and carries decisions out in simulated
// time. It reports through the same acknowledgements as any other back end.
#pragma once

#include <cstdint>
#include <vector>

#include "models/workload/job.h"
#include "sim/base/slab.h"
#include "sim/cluster/backend.h"
#include "sim/cluster/decision_loop.h"
#include "sim/driver/attempt.h"
#include "sim/driver/energy.h"
#include "sim/driver/gang_paces.h"
#include "sim/driver/mining.h"
#include "sim/driver/node_truth.h"
#include "sim/driver/saving.h"
#include "sim/driver/stream_links.h"
#include "sim/driver/transfers.h"
#include "sim/driver/trigger.h"
#include "sim/driver/trust.h"
#include "sim/engine/simulator.h"

namespace orrery::driver {

// How long the back end's own work takes.
struct BackendDelays {
  Duration start;  // from the decision until the job runs
  Duration stop;   // from the decision to preempt until its nodes are free
};

class Availability;

// Who keeps services: hears at once of what is true of the jobs that are their replicas.
class ReplicaHost {
 public:
  virtual ~ReplicaHost() = default;
  // The attempt begins to run. How long it takes to get ready; `setup` where it is no replica.
  virtual Duration OnBegin(JobSlot slot, Duration setup) = 0;
  // From now on it goes at this share of its speed, for others use its GPUs as well.
  virtual void OnPace(JobSlot slot, double pace) = 0;
  // A node of its went down.
  virtual void OnDied(JobSlot slot) = 0;
};

class SimBackend final : public cluster::Backend,
                         public cluster::DecisionLoop::Closing,
                         public Transfers::Client,
                         public GangPaces::Client,
                         public engine::Component {
 public:
  SimBackend(const BackendDelays& delays, engine::Simulator* simulator);
  void Connect(cluster::Acknowledgements* acknowledgements, DecisionTrigger* trigger);

  // Boards that get too hot slow attempts down; null: none do.
  void HeatBy(const EnergyMeter* energy) { energy_ = energy; }
  // Attempts wait for miners to leave their GPUs; null: there are none.
  void StopMinersOf(Mining* mining) { mining_ = mining; }
  // Attempts move data before they run, and when they are done; null: none do.
  void MoveBy(Transfers* transfers);
  // Relays go and come under running gangs, which share them; null: no gang passes any.
  void PaceBy(GangPaces* paces);
  // What people watch fills the links of nodes; null: nothing does.
  void StreamBy(StreamLinks* streams) { streams_ = streams; }
  // Devices may be less than they claim; null: all are what they claim.
  void DistrustBy(Trust* trust) { trust_ = trust; }
  // Attempts spend time on saving their state; null: none do. Said before jobs come.
  void SaveBy(const Saving* saving) { saving_ = saving; }
  // From now on nodes may be down, and jobs may fail. Both must outlive the back end;
  // `availability` is asked after each of its events whether the run is over.
  void Connect(NodeTruth* truth, Availability* availability);
  // Tells `host` of jobs of the class inference_endpoint; null: of none.
  void ReportTo(ReplicaHost* host) { host_ = host; }
  // Ends a running job that has not died, as finished: its user wants it no more.
  void Finish(JobSlot slot);
  // A node goes, with what is on it, or comes back. Nobody is told.
  void SetNodeUp(NodeId node, bool up);
  // The owner of a node wants it back and says so in time: what runs there is stopped, saved and
  // reported. Returns how many attempts that ended.
  uint32_t Evict(NodeId node);
  // An error of one GPU ends what runs on it, and shows at once. What is only starting waits for
  // the GPU's reset. Returns how many attempts that ended.
  uint32_t FailGpu(NodeId node, uint32_t gpu);
  // Reports the attempts on a node that have died.
  void ReportDead(NodeId node);

  // The truth about a job that entered the cluster under `slot`.
  void Admit(JobSlot slot, const workload::Job& job);
  const workload::Job& job(JobSlot slot) const { return attempts_[slot.index()].job; }
  // Work that a running attempt has done by now, since it began.
  Duration WorkDone(JobSlot slot) const;
  // Whether it works no more: it sends its output, or was told to stop.
  bool WorkOver(JobSlot slot) const;

  void Expect(JobSlot slot) const override;
  void ApplyStart(const policies::JobInfo& job, std::span<const policies::NodeGrant> grants,
                  Duration run_limit, Duration hold_limit) override;
  void ApplyStop(const policies::JobInfo& job) override;
  cluster::AttemptReport ReportFor(const policies::JobInfo& job, SimTime now) override;
  void OnEvent(const engine::Event& event) override;
  void Fetch(uint64_t payload) const override;
  void OnMoved(JobSlot slot) override;
  void OnPace(JobSlot slot) override { Pace(slot); }

 private:
  enum Kind : uint16_t { kStarted, kFinished, kKilled, kStopped, kAbandoned, kFailed };
  // What others and relays leave of an attempt's speed, since when, and the running time lost to
  // them before.
  struct Sharing {
    double pace = 1;
    SimTime since;
    Duration lag;
  };

  // Whether it moves anything at all.
  bool Moves(const Attempt& attempt) const {
    return transfers_ != nullptr && attempt.job.data != workload::DataTable::kNothing;
  }
  void AwaitData(JobSlot slot, Attempt& attempt);
  void Finish(JobSlot slot, Attempt& attempt);
  void Fail(JobSlot slot, SimTime now);
  void Answered();
  Duration LagAt(JobSlot slot, SimTime now) const;
  void Begin(JobSlot slot, Attempt& attempt);
  void AwaitEnd(JobSlot slot, Attempt& attempt);
  void UseGpus(JobSlot slot, bool on);
  void Pace(JobSlot slot);
  cluster::AttemptReport Account(JobSlot slot, cluster::EndReason reason, SimTime end, bool died);
  void Report(JobSlot slot, cluster::EndReason reason, SimTime run_end);
  cluster::AttemptReport AccountDead(JobSlot slot, cluster::EndReason reason, SimTime died);
  bool Died(JobSlot slot) const;
  bool Hosted(const Attempt& attempt) const;
  void ReportDead(JobSlot slot);
  void AwaitAbandoning(JobSlot slot);

  BackendDelays delays_;
  engine::Simulator* simulator_;
  engine::ComponentId id_;
  cluster::Acknowledgements* acknowledgements_ = nullptr;
  DecisionTrigger* trigger_ = nullptr;
  const EnergyMeter* energy_ = nullptr;
  Mining* mining_ = nullptr;
  Transfers* transfers_ = nullptr;
  GangPaces* paces_ = nullptr;
  StreamLinks* streams_ = nullptr;
  ReplicaHost* host_ = nullptr;
  Trust* trust_ = nullptr;
  const Saving* saving_ = nullptr;
  NodeTruth* truth_ = nullptr;            // null: nothing fails
  Availability* availability_ = nullptr;  // as truth_
  Slab<Attempt> attempts_;                // by job slot
  Slab<Sharing> sharing_;                 // by job slot; of attempts that are `shared`
};

}  // namespace orrery::driver
