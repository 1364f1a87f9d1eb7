// What the fleet draws, costs and emits. Nothing is scheduled: an attempt's energy is worked out
// when it ends, the fleet's idle energy when somebody asks.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/energy/heat.h"
#include "models/energy/power.h"
#include "models/workload/transforms/transform.h"
#include "policies/api/job_info.h"
#include "policies/api/view.h"
#include "sim/cluster/state.h"
#include "sim/results/energy.h"
#include "sim/results/writer.h"
#include "sim/scenario/scenario.h"

namespace orrery::driver {

class Devices;
class Mining;

class EnergyMeter {
 public:
  // Electricity of a job, as results tell it.
  struct Use {
    double kwh = 0;
    double usd = 0;
    double carbon_kg = 0;
  };

  // Null where the scenario does not model energy. `state` has all nodes; it and `devices` outlive
  // the meter. `devices` null: all are what they claim.
  static std::unique_ptr<EnergyMeter> Make(const scenario::Scenario& scenario, uint32_t replicate,
                                           const cluster::ClusterState* state,
                                           const Devices* devices);

  // What idle GPUs mine counts, too; null: they do not.
  void MineBy(const Mining* mining) { mining_ = mining; }

  // The share of its speed that an attempt keeps on these nodes, which it takes now: below 1 where
  // boards get too hot; a gang goes with its hottest one. O(grants).
  double SpeedOn(const policies::JobInfo& job, std::span<const policies::NodeGrant> grants) const;
  // The share of its speed that one board keeps, whatever the others of the gang do.
  double PaceOf(const policies::JobInfo& job, const policies::NodeGrant& grant) const {
    return ThrottleOf(job, grant).speed;
  }
  // Of a board that a running job uses [°C]; NaN where the level has no temperatures. O(grants).
  double TemperatureC(const policies::JobInfo& job, const policies::NodeGrant& grant,
                      SimTime now) const;
  // An attempt that drew power until now, before its nodes are given back. O(grants).
  Use Attempt(const policies::JobInfo& job, std::span<const policies::NodeGrant> grants,
              SimTime now);
  // A node that is down draws nothing. All are up at first.
  void SetUp(NodeId node, bool up, SimTime now);

  // Until now. What runs still counts as idle. O(nodes).
  results::EnergyFigures Figures(SimTime now) const;
  // A row for each node.
  void Write(SimTime now, results::ResultsWriter* writer) const;

 private:
  // Exact sums: power [mW] × time, × the price [1e-6 USD/kWh], × the carbon [1e-6 kg/kWh].
  struct Sum {
    __int128 energy = 0;  // [mW · ns]
    __int128 cost = 0;
    __int128 carbon = 0;

    void Add(const Sum& other);
    void Take(const Sum& other);
    Use Told() const;
  };
  struct Node {
    int64_t idle_mw = 0;
    Sum dynamic;  // what jobs drew above its idle power, less that while it was down
    SimTime down_since = SimTime::Never();
    int64_t earned_usd_micro = 0;
    float peak_c = 0;
    float resistance_k_per_w = 0;
    bool used = false;
  };

  EnergyMeter(const scenario::Scenario& scenario, uint32_t replicate,
              const cluster::ClusterState* state, const Devices* devices);
  void AddAir(const scenario::Scenario& scenario);
  void AddNodes(const scenario::Scenario& scenario, uint32_t replicate);
  // The model that a node's GPUs really are.
  GpuModelId GpuOf(NodeId node) const;
  // Of GPUs that a node offers, those that count as its own: nodes that sell the same ones have
  // equal parts of them.
  uint32_t OwnMilli(NodeId node, uint32_t milli) const;
  energy::Hardware HeldBy(const policies::JobInfo& job, const policies::NodeGrant& grant) const;
  energy::Board BoardOf(NodeId node) const;
  energy::Throttle ThrottleOf(const policies::JobInfo& job, const policies::NodeGrant& grant) const;
  energy::Throttle ThrottleOf(const policies::JobInfo& job,
                              std::span<const policies::NodeGrant> grants) const;
  void Warm(const policies::JobInfo& job, const policies::NodeGrant& grant, double effort,
            SimTime now);
  // Of a power over a span of simulated time.
  Sum Over(int64_t milliwatts, RegionId region, SimTime from, SimTime to) const;
  Sum IdleOver(uint32_t node, SimTime from, SimTime to) const;
  Sum TotalOf(uint32_t node, SimTime now) const;
  Sum MinedBy(uint32_t node, SimTime now, Usd* revenue) const;
  // Of a node's boards in use [°C]; NaN: none was.
  double PeakOf(uint32_t node, SimTime now) const;

  const cluster::ClusterState* state_;
  const Devices* devices_;
  const Mining* mining_ = nullptr;
  const energy::PowerModel power_;
  const energy::HeatParams heat_;
  const bool full_;
  const workload::Electricity electricity_;
  const Duration begin_;  // of the run, in its year
  std::vector<std::string> regions_;
  std::vector<std::array<energy::Air, kOwnerKinds>> air_;  // by RegionId
  std::vector<double> tdp_w_;                              // by GPU model
  std::vector<Node> nodes_;                                // by NodeId
  std::array<Sum, kJobClasses> classes_;                   // of ended attempts
  __int128 throttled_milli_ns_ = 0;                        // [1e-3 GPU · ns]
};

}  // namespace orrery::driver
