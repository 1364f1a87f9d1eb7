// Lets nodes go and come: tells the back end at once what is true of them, and the scheduler at
// their next health check.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "models/failure/churn.h"
#include "models/failure/failures.h"
#include "sim/base/random.h"
#include "sim/cluster/decision_loop.h"
#include "sim/driver/arrivals.h"
#include "sim/driver/blacklist.h"
#include "sim/driver/energy.h"
#include "sim/driver/replayed_nodes.h"
#include "sim/driver/sim_backend.h"
#include "sim/driver/trigger.h"
#include "sim/driver/vetting.h"
#include "sim/engine/simulator.h"
#include "sim/results/run.h"
#include "sim/results/writer.h"
#include "sim/scenario/scenario.h"

namespace orrery::driver {

// One live event a node, at most; one for each thing that a region or a provider goes through; one
// for the errors of GPUs. Not to be made where nothing fails and all owners stay.
class Availability final : public engine::Component {
 public:
  struct Links {
    engine::Simulator* simulator;
    cluster::ClusterState* state;
    cluster::DecisionLoop* loop;
    SimBackend* backend;
    DecisionTrigger* trigger;
    const Arrivals* arrivals;
    const Recorder* recorder;
    EnergyMeter* energy;  // may be null, as the next three
    Mining* mining;
    Vetting* vetting;
    results::ResultsWriter* writer;
  };
  // `owners`: null where they stay. `replay`: of the nodes' failures, where those are replayed.
  Availability(const scenario::Scenario& scenario, uint32_t replicate, const Links& links,
               std::unique_ptr<failure::OwnerPresence> owners, std::optional<ReplayedNodes> replay);

  // Whether anything in the scenario ever fails, or is taken off the list.
  static bool Needed(const scenario::Scenario& scenario);
  // Nodes that are down at the start are known to be.
  void Open();
  void OnEvent(const engine::Event& event) override;
  // Ends all processes where no job is left and none will come, so that a run without a horizon can
  // end.
  void CloseIfOver();
  // The scheduler has heard of a failure on a node. What follows from it comes with BarNodes,
  // after the report.
  void NoteFailure(NodeId node, SimTime now);
  void BarNodes(SimTime now) {
    if (!to_bar_.empty()) BarAll(now);
  }

  // Adds what happened to nodes by now.
  void AddTo(results::FailureCounters* counters, SimTime now);

 private:
  enum Kind : uint16_t { kNode, kOutage, kMarket, kGpuError };
  enum Cause : uint8_t {
    kFailure = 1,
    kRegionOutage = 2,
    kAway = 4,
    kProviderOutage = 8,
    kUnlisted = 16,
    kBlacklisted = 32  // it is up, and left alone
  };
  struct Node {
    failure::Spell own;                // of its failures
    SimTime check = SimTime::Never();  // the next one that has something to tell
    SimTime down_since;
    engine::EventHandle next;
    uint8_t causes = 0;      // why it is not to be used; 0: it is
    bool unnoticed = false;  // it went down and nobody was told
  };
  struct Region {
    engine::EventHandle next_shift;
    std::vector<NodeId> nodes;
  };
  // Nodes that go and come together.
  struct Site {
    Cause cause;
    RandomStream stream;
    const failure::OnOff* process;
    std::vector<NodeId> nodes;
    failure::Spell spell = {};
    engine::EventHandle next = {};
  };

  RandomStream NodeStream(uint32_t node) const { return random_.Stream("failure/node", node); }
  const failure::OnOff& ProcessOf(uint32_t node) const;
  failure::Spell FirstSpell(uint32_t node) const;
  failure::Spell NextSpell(uint32_t node) const;
  SimTime NextCheck(uint32_t node, SimTime now) const;
  void TellAtOpening(uint32_t node);
  void Arm(uint32_t node);
  void AddSites(const failure::FullFailures& full);
  void OpenSites();
  void ArmSite(uint32_t site);
  void ArmGpuError(SimTime now);
  void FailGpu(SimTime now);
  void TurnNode(uint32_t node, SimTime now);
  void TurnOwner(uint32_t node, SimTime now);
  void TurnListing(uint32_t node, SimTime now);
  void BarAll(SimTime now);
  void Readmit(uint32_t node, SimTime now);
  void Withdraw(uint32_t node, Cause cause, SimTime now);
  void ShiftMarket(uint32_t region);
  void ArmMarket(uint32_t region);
  void TurnSite(uint32_t site, SimTime now);
  void SetCause(uint32_t node, Cause cause, bool on, SimTime now);
  void Check(uint32_t node, SimTime now);
  void Tell(NodeId node, results::NodeEventKind kind, SimTime now);
  void Integrate(SimTime now);

  failure::Failures failures_;
  Duration health_check_;
  bool oracle_;
  bool endless_;  // no horizon: ends with the last job
  bool fails_;    // nodes go for other reasons than the market's own
  SimTime horizon_;
  RandomStreams random_;
  Links links_;
  std::unique_ptr<failure::OwnerPresence> owners_;
  std::optional<ReplayedNodes> replay_;
  engine::ComponentId id_;
  std::vector<failure::OnOff> processes_;  // by GPUs of a node
  std::optional<failure::OnOff> region_outages_, provider_outages_;
  std::vector<Node> nodes_;
  std::optional<Blacklist> blacklist_;
  std::vector<NodeId> to_bar_;
  std::vector<Region> regions_;
  std::vector<Site> sites_;
  Duration gpu_error_mtbf_ = Duration::Max();  // of any GPU of the fleet
  std::vector<uint32_t> gpus_before_;          // by node, those of lower numbers
  uint64_t gpu_errors_ = 0;
  engine::EventHandle next_gpu_error_;
  bool closed_ = false;
  uint32_t up_ = 0;
  SimTime integrated_to_;
  results::FailureCounters counters_;
  Duration detection_time_;
};

}  // namespace orrery::driver
