// What devices really are. The scheduler believes what their owners claim (ClusterState); the back
// end knows better.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/trust/rules.h"
#include "sim/base/random.h"
#include "sim/cluster/state.h"
#include "sim/driver/gang_links.h"
#include "sim/driver/speed_belief.h"
#include "sim/scenario/scenario.h"

namespace orrery::driver {

class Devices {
 public:
  // Draws which nodes of `state` cheat, and how, in streams "trust/device" by node. All pointers
  // outlive this; trust must not be off.
  Devices(const scenario::Scenario& scenario, uint32_t replicate,
          const cluster::ClusterState* state, const SpeedBelief* speed, GangLinks* links);

  uint32_t size() const { return static_cast<uint32_t>(nodes_.size()); }
  trust::Cheat cheat(NodeId node) const { return nodes_[node.index()].cheat; }
  GpuModelId real_model(NodeId node) const { return nodes_[node.index()].model; }
  // The figures of one of its GPUs; those that are not known are the claimed ones.
  fleet::GpuModel RealGpu(NodeId node) const;
  // The nodes that have the same GPUs, this one among them, ascending; none: they are its own.
  std::span<const NodeId> SameCards(NodeId node) const;
  // Whether a cheat would come back under a new name.
  bool returns(NodeId node) const { return nodes_[node.index()].returns; }
  // Whether a cheat has friends who rate it.
  bool colludes(NodeId node) const { return nodes_[node.index()].colludes; }
  // What a proof of work meets: its compute is that of batch training, and there are so many
  // `proofs` that its GPUs give at the same time.
  trust::Real RealOf(NodeId node, uint32_t proofs) const;

  // The true speed of a job on these nodes, which goes at job.speed if they are what they claim, as
  // long as nobody else uses the same GPUs. O(grants), a gang on cheats O(replicas).
  double SpeedOn(const policies::JobInfo& job, std::span<const policies::NodeGrant> grants) const;
  // Of a node's GPUs alone: how fast they go for the job now, over what they claim.
  double PaceOf(const policies::JobInfo& job, NodeId node) const {
    return job.demand.gpus == 0 ? 1 : Ratio(job, node) * SharedBy(node);
  }
  // Whether the job needs what one of the nodes does not have: GPU memory, or another GPU model
  // than its type runs on.
  bool Unfit(const policies::JobInfo& job, std::span<const policies::NodeGrant> grants) const;

  // A job uses its GPUs from now on, or no longer. Those of several nodes are shared evenly once
  // more of them are in use than there are.
  void Use(const policies::JobInfo& job, std::span<const policies::NodeGrant> grants, bool on,
           SimTime now);
  // The share of SpeedOn that is left then.
  double PaceOn(const policies::JobInfo& job, std::span<const policies::NodeGrant> grants) const;
  // What the job got of the GPUs of its grant number `grant` since it began to use them, on
  // average, until now or until it stopped.
  double MeanShare(const policies::JobInfo& job, std::span<const policies::NodeGrant> grants,
                   size_t grant, SimTime now) const;

 private:
  static constexpr uint32_t kItsOwn = UINT32_MAX;
  struct Node {
    GpuModelId model = {};
    trust::Cheat cheat = trust::Cheat::kNone;
    bool returns = false;
    bool colludes = false;
    uint32_t cards = kItsOwn;  // in cards_
  };
  // GPUs that several nodes offer.
  struct Cards {
    std::vector<NodeId> names;
    uint64_t milli_in_use = 0;
    SimTime since = SimTime::Zero();  // when that changed
    double share_ns = 0;              // the share that each use got, over the time before
  };

  struct Used {
    SimTime since = SimTime::Zero();
    double began_ns = 0;  // ShareUntil then
    double mean = -1;     // of the share, once it has stopped
  };

  void ShareCards();
  double SharedBy(NodeId node) const;
  // Of cards that this node sells, over the time until then [ns].
  double ShareUntil(NodeId node, SimTime now) const;
  double MeanOf(const Used& used, NodeId node, SimTime now) const;
  double GangSpeed(const policies::JobInfo& job, std::span<const policies::NodeGrant> grants,
                   bool shared) const;

  GpuModelId Cheaper(GpuModelId claimed, double u) const;
  bool AnyCheat(std::span<const policies::NodeGrant> grants) const;
  double Ratio(const policies::JobInfo& job, NodeId node) const;
  uint32_t MemoryOf(NodeId node) const;

  const trust::Cheats cheats_;
  const fleet::GpuCatalogue* gpus_;
  const cluster::ClusterState* state_;
  const SpeedBelief* speed_;
  const GangLinks* links_;
  std::vector<Node> nodes_;
  std::vector<Cards> cards_;
  // By job slot and grant. Empty, or stale, for attempts that use none of these cards.
  std::vector<std::vector<Used>> used_;
};

}  // namespace orrery::driver
