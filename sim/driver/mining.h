// Idle GPUs that mine for their owners. Nothing is scheduled: what a GPU mined is worked out when a
// job takes it, when its node goes, and when somebody asks.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "models/economics/mining.h"
#include "models/workload/transforms/transform.h"
#include "policies/api/job_info.h"
#include "policies/api/view.h"
#include "sim/cluster/state.h"
#include "sim/driver/devices.h"
#include "sim/driver/payments.h"
#include "sim/results/mining.h"
#include "sim/results/writer.h"
#include "sim/scenario/scenario.h"

namespace orrery::driver {

// A GPU of an owner who mines does so while no job has any part of it, as far as the market knows,
// and its node is up and listed. What it mines, it mines as what it really is; cards that are sold
// twice do not mine.
class Mining {
 public:
  // Null where nobody mines. `devices`: null where all are what they claim. Pointers outlive this;
  // `state` has all nodes.
  static std::unique_ptr<Mining> Make(const scenario::Scenario& scenario, uint32_t replicate,
                                      const cluster::ClusterState* state, const Devices* devices);

  // A job takes its GPUs: how long it waits for miners to stop. O(its GPUs).
  Duration Take(std::span<const policies::NodeGrant> grants, SimTime now);
  // It has given them back.
  void Give(std::span<const policies::NodeGrant> grants, SimTime now);
  // A node goes, or is up again. All are up at first.
  void SetUp(NodeId node, bool up, SimTime now);

  // Of a node, until now.
  struct Yield {
    __int128 energy = 0;  // [mW · ns], above what its idle GPUs draw
    __int128 cost = 0;    // [mW · ns · 1e-6 USD/kWh]
    __int128 carbon = 0;  // [mW · ns · 1e-6 kg/kWh]
    Usd revenue;
  };
  Yield Of(NodeId node, SimTime now) const;
  // Power of one of its boards while it mines [W].
  double BoardWatts(NodeId node) const;
  // Bit h: it mined in hour h of a day (UTC).
  uint32_t HoursOfDay(NodeId node, SimTime now) const;

  results::MiningFigures Figures(SimTime now) const;
  // Pools pay owners for all that was mined; once.
  void Pay(SimTime now, LedgerPayments* payments) const;
  // A row for each node whose owner mines.
  void Write(SimTime now, results::ResultsWriter* writer) const;

 private:
  using Sums = economics::RigHours::Sums;
  // GPUs of one model in one place, of one kind of owner.
  struct Kind {
    GpuModelId gpu;
    RegionId region;
    OwnerKind owner;
    double hash_rate;    // [hash/s]
    double board_watts;  // while it mines
    economics::RigHours hours;
  };
  struct Node {
    NodeId id;
    const Kind* kind = nullptr;
    uint16_t gpus = 0;
    bool up = true;
    uint32_t hours_of_day = 0;                               // until it was last settled
    Sums sums;                                               // as hours_of_day
    std::array<uint16_t, policies::kMaxGpusPerNode> jobs{};  // that have a part of the GPU
    std::array<SimTime, policies::kMaxGpusPerNode> since{};  // it mines; Never: it does not
  };

  Mining(const scenario::Scenario& scenario, uint32_t replicate, const cluster::ClusterState* state,
         const Devices* devices);
  const Kind* KindOf(const scenario::Scenario& scenario, const policies::NodeShape& shape,
                     GpuModelId gpu);
  const Node* Find(NodeId node) const;
  Node* Find(NodeId node) { return const_cast<Node*>(std::as_const(*this).Find(node)); }
  static void Settle(Node* node, int gpu, SimTime now);
  double MeanCoin(SimTime now) const;
  // As if all its GPUs were settled now.
  Node Settled(const Node& node, SimTime now) const;

  const cluster::ClusterState* state_;
  const economics::SimpleMining rules_;
  const energy::PowerModel power_;
  const workload::Electricity electricity_;
  const economics::CoinPrice coin_;
  std::deque<Kind> kinds_;  // addresses stay valid
  std::vector<Node> nodes_;
  std::vector<uint32_t> rows_;  // in nodes_, by NodeId; may be short
  uint64_t evictions_ = 0;
};

}  // namespace orrery::driver
