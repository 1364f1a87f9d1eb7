// The const window that policies have on the cluster as the scheduler believes it to be. It is kept
// up to date incrementally; nothing is copied for a decision.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>

#include "policies/api/decision.h"
#include "policies/api/job_info.h"
#include "policies/api/node_class.h"
#include "sim/base/demand.h"

namespace orrery::policies {

// What placement may look at in a replica. Interned under a ShapeId; fields that the place role
// does not declare to use (PlaceTraits) hold their default, so that jobs share shapes.
struct TaskShape {
  Demand demand;
  RequirementsId requirements;
  RegionId client;           // where PlaceTraits::uses_client, or the requirements bound its RTT
  GpuModelId reference_gpu;  // these three where PlaceTraits::uses_speed, or a type is given
  JobTypeId type;
  JobClass job_class = JobClass::kBatchTraining;

  constexpr auto operator<=>(const TaskShape&) const = default;
};

// Believed speed of jobs on GPUs.
class SpeedEstimate {
 public:
  virtual ~SpeedEstimate() = default;
  // Speed of a replica on a GPU model relative to its reference GPU; 1 for CPU jobs; 0: the job's
  // type does not run there. `gang_gpus`: GPUs of the job, all replicas. O(1).
  virtual double Speed(JobClass job_class, JobTypeId type, GpuModelId reference, uint32_t gang_gpus,
                       GpuModelId gpu) const = 0;
  // The speed of a gang whose replicas, at least one, run at these speeds.
  virtual double GangSpeed(JobClass job_class, std::span<const double> replica_speeds) const {
    (void)job_class;
    return *std::min_element(replica_speeds.begin(), replica_speeds.end());
  }
  // What is left of a gang's speed when its replicas stand on these nodes, each named once: what
  // they exchange takes time. At most `speed`; O(nodes) and a little more.
  virtual double LinkedSpeed(JobClass job_class, std::span<const NodeId> nodes,
                             double speed) const {
    (void)job_class, (void)nodes;
    return speed;
  }
  // Whether LinkedSpeed may differ from the speed that it is given.
  virtual bool prices_links() const { return false; }
};

// Believed round-trip times.
class RttEstimate {
 public:
  virtual ~RttEstimate() = default;
  // Between somebody at `client` and a node of this shape [ms]; 0 where places cost nothing, and
  // for somebody without a place. O(1).
  virtual double RttMs(RegionId client, const NodeShape& node) const = 0;
};

// Figures of the whole fleet, for scores that need a scale.
struct FleetInfo {
  uint32_t nodes = 0;
  uint32_t max_gpus = 0;  // of one node
  uint32_t max_cpu_milli = 0;
  uint32_t max_memory_mib = 0;
  uint16_t gpu_models = 0;  // rows of the catalogue
  const SpeedEstimate* speed = nullptr;
  const RttEstimate* rtt = nullptr;  // null: places cost nothing
};

// GPUs that an allocation took on one node.
struct NodeGrant {
  NodeId node;
  uint32_t replicas = 0;
  uint16_t gpu_mask = 0;  // bit g: GPU g. For fractional demands a grant holds one GPU
  UsdPerHour price;       // of a whole GPU, as quoted when the job started
};

// Tries what-ifs on the capacity for one job without touching the cluster: an overlay over the
// nodes' residuals and a running count of how many replicas would fit. Each call costs O(nodes of
// the named job or placement).
class FitProbe {
 public:
  virtual ~FitProbe() = default;
  // Starts over: capacity for `target`'s shape as it is now.
  virtual void Reset(const JobInfo& target) = 0;
  // As if the running job `job` gave its nodes back.
  virtual void Release(const JobInfo& job) = 0;
  // As if replicas of `demand` took `placement`. Nodes that cannot hold them are left as they are.
  virtual void Hold(const Placement& placement, const Demand& demand) = 0;
  // How many replicas fewer would fit if replicas of `demand` took `placement` as well.
  virtual int64_t CostOf(const Placement& placement, const Demand& demand) = 0;
  // Keeps these nodes as they are now, whatever the cluster does to them afterwards.
  virtual void Pin(const Placement& placement) = 0;
  // How many replicas of the target fit, less the replicas it has; ≥ 0: it fits.
  virtual int64_t surplus() const = 0;
};

// Returns false to stop a visit.
class JobVisitor {
 public:
  virtual ~JobVisitor() = default;
  virtual bool Visit(const JobInfo& job) = 0;
};

class ClusterView {
 public:
  virtual ~ClusterView() = default;

  virtual SimTime now() const = 0;
  virtual const FleetInfo& fleet() const = 0;

  // Nodes. Ids run from 0 to node_count() − 1. `present`: believed to be there and healthy.
  virtual uint32_t node_count() const = 0;
  virtual bool present(NodeId node) const = 0;
  virtual const NodeShape& node_shape(NodeId node) const = 0;
  virtual Residual residual(NodeId node) const = 0;
  virtual UsdPerHour ask(NodeId node) const = 0;

  // Jobs in the cluster's slab.
  virtual const JobInfo& job(JobSlot slot) const = 0;
  virtual std::span<const NodeGrant> grants(JobSlot slot) const = 0;
  virtual size_t waiting_count() const = 0;
  virtual size_t running_count() const = 0;  // starting, running or stopping
  // Waiting jobs in queue order. O(1) a job and O(queue shapes) memory.
  virtual void VisitWaiting(JobVisitor& visitor) const = 0;
  // Jobs that hold nodes, by expected end (ties: by slot). Only where the roles in use declare to
  // need it; otherwise by slot.
  virtual void VisitRunning(JobVisitor& visitor) const = 0;

  // Whether `node` meets the requirements of `shape`, whatever it has left.
  virtual bool Eligible(ShapeId shape, NodeId node) const = 0;
  // Whether all replicas of a waiting job would fit now (requirements included). Costs what changed
  // since the last question about the same shape.
  virtual bool Fits(const JobInfo& job) const = 0;
  // Speed of a job on a GPU model, relative to its reference GPU.
  virtual double Speed(const JobInfo& job, GpuModelId gpu) const = 0;
  // Grows with every release of resources: equal values mean that nothing was freed in between.
  virtual uint64_t freed_epoch() const = 0;

  // Grows with every change of the nodes: one comes or goes, or asks another price.
  virtual uint64_t fleet_epoch() const = 0;

  virtual std::unique_ptr<FitProbe> MakeProbe() const = 0;
};

}  // namespace orrery::policies
