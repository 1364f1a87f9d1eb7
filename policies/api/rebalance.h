// The rebalance role: which running jobs to move to other nodes, by what monitors tell of them.
#pragma once

#include <span>

#include "policies/api/view.h"

namespace orrery::policies {

// What jobs and nodes report of themselves while they run. It may be late, or wrong; it is all that
// there is to go by. Only of jobs in phase kRunning.
class Monitor {
 public:
  virtual ~Monitor() = default;

  // Work that the current attempt has done by now, as its own log counts it; reference scale.
  virtual Duration Done(const JobInfo& job) const = 0;
  // How fast the job's processes on one of its nodes go now, over what the node's claimed GPUs
  // promise; 1: as promised. In a gang it does not count what they wait for others.
  virtual double Pace(const JobInfo& job, const NodeGrant& grant) const = 0;
  // Of the board that the job uses there [°C]; NaN: nobody measures it.
  virtual double TemperatureC(const JobInfo& job, const NodeGrant& grant) const = 0;
};

// Where a running job could go, and what it would find there as far as anybody knows.
struct Offer {
  Placement nodes;
  double speed = 1;      // relative to the reference GPU
  double usd_per_h = 0;  // of the whole job
};

// What a job pays for such grants [USD/h].
inline double UsdPerHourFor(const JobInfo& job, std::span<const NodeGrant> grants) {
  double sum = 0;
  for (const NodeGrant& grant : grants) {
    sum += grant.price.dollars() * 1e-3 * job.demand.total_gpu_milli() * grant.replicas;
  }
  return sum;
}

// What a rebalance policy may do when it is asked. Valid only during the call.
class RebalancePass {
 public:
  virtual ~RebalancePass() = default;

  virtual const ClusterView& view() const = 0;
  virtual const Monitor& monitor() const = 0;
  // Where the place role would put a running job if it gave its nodes back, those in `avoid` left
  // alone (nodes of its own or others), and those that are promised in this pass; false: it does
  // not fit. O((nodes of the job + avoid) log nodes) and what one placement costs.
  virtual bool PlaceElsewhere(const JobInfo& job, std::span<const NodeId> avoid, Offer* offer) = 0;
  // Moves the job to these nodes: it is stopped with notice and starts there, before any waiting
  // job, if they are free then; if not, elsewhere, but on none of the nodes that it was to leave;
  // if there is no such place any more, it waits with its old place in the queue, for any node.
  // False if that was refused: then nothing has changed.
  virtual bool Migrate(const JobInfo& job, const Placement& nodes) = 0;
};

class RebalancePolicy {
 public:
  static constexpr const char* kRole = "rebalance";
  static constexpr const char* kNone = "Running jobs stay where they are.";
  virtual ~RebalancePolicy() = default;

  // Time between two calls of Run; above zero.
  virtual Duration period() const = 0;
  // Called at multiples of the period while jobs run, after all that waits was looked at and unless
  // jobs are being stopped for others. May keep state between calls.
  virtual void Run(RebalancePass& pass) = 0;
};

}  // namespace orrery::policies
