// The cluster as the scheduler believes it to be: nodes, jobs, queue, and the indices over them,
// kept up to date incrementally. Policies see it through ClusterView.
#pragma once

#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "policies/api/place.h"
#include "policies/api/view.h"
#include "sim/base/demand.h"
#include "sim/base/prefetch.h"
#include "sim/base/slab.h"
#include "sim/cluster/class_index.h"
#include "sim/cluster/eligibility.h"
#include "sim/cluster/job_queue.h"
#include "sim/cluster/node_store.h"
#include "sim/cluster/placement_index.h"
#include "sim/cluster/remaining_index.h"

namespace orrery::cluster {

using policies::JobInfo;
using policies::JobPhase;
using policies::Placement;

struct ClusterConfig {
  const policies::PlacePolicy* place = nullptr;
  const policies::SpeedEstimate* speed = nullptr;
  const policies::RttEstimate* rtt = nullptr;  // null: places cost nothing
  // Grows as jobs arrive; not owned.
  const RequirementsTable* requirements = nullptr;
  TieRule tie_rule = TieRule::kLowestId;
  Atlas atlas;
  // Keep running jobs by expected end for VisitRunning.
  bool running_by_end = false;
};

class ClusterState final : public policies::ClusterView {
 public:
  explicit ClusterState(const ClusterConfig& config);

  // --- Nodes. Add all that are there at the start, then call Open() once.
  NodeId AddNode(const NodeListing& listing);
  void Open();
  // A node comes (back) or goes, as far as the scheduler knows. Jobs on it are the caller's affair.
  void SetPresent(NodeId node, bool present);
  void SetAsk(NodeId node, UsdPerHour ask);
  // O(log nodes) where the place role orders by it, or it passes what some job asks for at least.
  void SetReputation(NodeId node, float reputation);

  // --- Jobs.
  // Enters a job: fills slot, shape and queue_shape. O(1) expected.
  JobSlot AddJob(const JobInfo& job);
  void RemoveJob(JobSlot slot);
  bool HasJob(JobSlot slot) const {
    return slot.index() < jobs_.size() && jobs_[slot.index()].in_use;
  }
  // Fetches what is known of a job into the cache.
  void Prefetch(JobSlot slot) const { orrery::Prefetch(&jobs_[slot.index()], sizeof(Record)); }
  JobInfo& mutable_job(JobSlot slot) { return jobs_[slot.index()].info; }
  // Whether the fleet could hold the job if it were empty and all its nodes were there, at the asks
  // and reputations of now. O(1), the first time after one of those changed O(nodes).
  bool EverFits(const JobInfo& job);
  // The same of a job that has not been entered.
  bool WouldEverFit(JobInfo job);

  // --- The queue.
  void Enqueue(JobSlot slot, policies::OrderKey key);
  // The job that is now the first of its queue shape where this one was; else none.
  JobSlot Dequeue(JobSlot slot);
  const JobQueue& queue() const { return queue_; }
  const QueueEntry& queue_entry(JobSlot slot) const { return jobs_[slot.index()].queued; }

  // The index of the waiting jobs of a queue shape by how long they take; nullptr where so few wait
  // that a look at each is as good. Built when first asked for, and then kept up to date.
  const RemainingIndex* remaining_index(uint32_t queue_shape) const;

  // --- Holding nodes.
  // Where the place role would put a job now.
  bool Place(const JobInfo& job, Draw& draw, Placement* placement) const;
  // The same for a job whether it waits or holds nodes: as if it gave them back, and with none of
  // `avoid`. For the question alone nodes leave their classes and come back:
  // O((grants + avoid) log nodes) beside what Place costs.
  bool PlaceElsewhere(const JobInfo& job, std::span<const NodeId> avoid, Draw& draw,
                      Placement* placement);
  // What a node has left for a job, what it holds there itself included.
  Residual ResidualWithout(JobSlot slot, NodeId node) const;
  // Takes the nodes. The job must be waiting and out of the queue; the placement must fit.
  void TakeNodes(JobSlot slot, const Placement& placement);
  void GiveNodes(JobSlot slot);
  std::span<NodeGrant> mutable_grants(JobSlot slot) {
    GrantList& grants = jobs_[slot.index()].grants;
    return {grants.data(), grants.size()};
  }
  // Files a running job again after its expected end changed.
  void RefreshExpectedEnd(JobSlot slot);
  // The speed of the slowest member on the nodes of a placement, less what they exchange.
  double PlacementSpeed(const JobInfo& job, std::span<const NodeGrant> grants) const;

  // Jobs that hold nodes, in no particular order.
  std::span<const JobSlot> running() const { return running_; }

  void set_now(SimTime now) { now_ = now; }
  const NodeStore& nodes() const { return nodes_; }
  const ClassIndex& classes() const { return classes_; }
  PlacementIndex& index(ShapeId shape) const;
  const TieRule& tie_rule() const { return config_.tie_rule; }
  const Atlas& atlas() const { return config_.atlas; }
  const Requirements& requirements(RequirementsId id) const { return (*config_.requirements)[id]; }

  // What is allocated and what is there (present nodes).
  struct Usage {
    int64_t gpu_milli = 0, cpu_milli = 0, memory_mib = 0;
  };
  const Usage& used() const { return used_; }
  const Usage& present_total() const { return present_total_; }
  // What was there, integrated over time.
  struct Capacity {
    __int128 gpu_milli_ns = 0, cpu_milli_ns = 0, memory_mib_ns = 0;
  };
  const Capacity& CapacityUntil(SimTime now);

  // --- ClusterView.
  SimTime now() const override { return now_; }
  const policies::FleetInfo& fleet() const override { return fleet_; }
  uint32_t node_count() const override { return nodes_.size(); }
  bool present(NodeId node) const override { return nodes_.present(node); }
  const NodeShape& node_shape(NodeId node) const override { return nodes_.shape(node); }
  Residual residual(NodeId node) const override { return nodes_.residual(node); }
  UsdPerHour ask(NodeId node) const override { return nodes_.ask(node); }
  const JobInfo& job(JobSlot slot) const override { return jobs_[slot.index()].info; }
  std::span<const NodeGrant> grants(JobSlot slot) const override {
    const GrantList& grants = jobs_[slot.index()].grants;
    return {grants.data(), grants.size()};
  }
  size_t waiting_count() const override { return queue_.size(); }
  size_t running_count() const override { return running_.size(); }
  void VisitWaiting(policies::JobVisitor& visitor) const override;
  void VisitRunning(policies::JobVisitor& visitor) const override;
  bool Eligible(ShapeId shape, NodeId node) const override;
  bool Fits(const JobInfo& job) const override;
  double Speed(const JobInfo& job, GpuModelId gpu) const override;
  uint64_t freed_epoch() const override { return freed_epoch_; }
  uint64_t fleet_epoch() const override { return fleet_epoch_; }
  std::unique_ptr<policies::FitProbe> MakeProbe() const override;

 private:
  struct ShapeHash {
    size_t operator()(const policies::TaskShape& shape) const;
  };
  struct Shape {
    policies::TaskShape task;
    mutable std::unique_ptr<PlacementIndex> index;
    mutable uint64_t last_use = 0;
    uint64_t empty_capacity = 0;
    uint64_t empty_epoch = 0;  // terms_epoch_ when empty_capacity was counted; 0: not yet
  };
  // A job, and where it is filed while it waits or runs.
  struct Record {
    JobInfo info;
    GrantList grants;
    QueueEntry queued;
    int64_t expected_end_ns = 0;
    uint32_t running_position = UINT32_MAX;
    bool in_use = false;
  };

  ShapeId InternShape(const JobInfo& job);
  uint32_t InternQueueShape(ShapeId shape, uint32_t replicas);
  // Of a gang on GPUs of several models.
  double MixedSpeed(const JobInfo& job, std::span<const NodeGrant> grants) const;
  void IntegrateCapacity();
  void TrimIndices() const;
  void FileRunning(JobSlot slot);
  void UnfileRunning(JobSlot slot);

  ClusterConfig config_;
  policies::PlaceTraits traits_;
  NodeStore nodes_;
  ClassIndex classes_;
  policies::FleetInfo fleet_;
  PlacementContext placement_;
  std::deque<Shape> shapes_;
  absl::flat_hash_map<policies::TaskShape, uint32_t, ShapeHash> shape_ids_;
  absl::flat_hash_map<std::pair<uint32_t, uint32_t>, uint32_t> queue_shapes_;
  std::vector<uint32_t> nodes_of_shape_;  // by node shape id
  Slab<Record> jobs_;                     // by slot
  std::vector<JobSlot> free_slots_;
  JobQueue queue_;
  mutable std::vector<std::unique_ptr<RemainingIndex>> remaining_;  // by queue shape; may be short
  std::vector<JobSlot> running_;
  absl::btree_set<std::pair<int64_t, uint32_t>> running_by_end_;
  Usage used_, present_total_;
  Capacity capacity_;
  SimTime capacity_since_;
  SimTime now_;
  uint64_t freed_epoch_ = 0;
  uint64_t fleet_epoch_ = 0;
  uint64_t terms_epoch_ = 1;  // rises with a changed ask, or a reputation that matters to some job
  mutable uint64_t index_uses_ = 0;
  mutable size_t index_count_ = 0;
};

}  // namespace orrery::cluster
