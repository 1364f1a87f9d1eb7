// A small cluster for tests of policies: everything is recounted by brute force at every question.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "policies/api/order.h"
#include "policies/api/view.h"

namespace orrery::policies::testing {

// What a node has left, GPU by GPU.
struct Left {
  uint32_t cpu_milli = 0;
  uint32_t memory_mib = 0;
  std::array<uint16_t, kMaxGpusPerNode> gpu_milli{};

  // How many replicas fit.
  uint32_t Count(const Demand& demand) const;
  // Whole GPUs from the lowest number on, shares to the fullest GPU that holds them. Nothing
  // happens, and no grants come back, if it does not fit.
  std::vector<NodeGrant> Take(NodeId node, const Demand& demand, uint32_t replicas);
  void Give(const NodeGrant& grant, const Demand& demand);
};

class FakeCluster final : public ClusterView {
 public:
  // `order` decides the order of the queue; none: arrival.
  explicit FakeCluster(const OrderPolicy* order = nullptr) : order_(order) {}

  NodeId AddNode(const NodeShape& shape);
  // `count` equal nodes with ample CPU and memory.
  void AddGpuNodes(uint32_t count, uint16_t gpus, GpuModelId model = GpuModelId(0));
  void SetPresent(NodeId node, bool present);
  // 1 USD/h unless set.
  void SetAsk(NodeId node, UsdPerHour ask);
  // The speed of every job on a GPU model; 1 unless set.
  void SetSpeed(GpuModelId model, double speed) { speeds_[model.value] = speed; }
  // Bars nodes of this GPU model for jobs of this user. For jobs entered afterwards.
  void Bar(UserId user, GpuModelId model) { barred_.insert({user.value, model.value}); }

  // Nodes that ask more than this are barred for jobs of this user.
  void SetMaxAsk(UserId user, UsdPerHour ask) { max_ask_[user.value] = ask; }

  void set_now(SimTime now) { now_ = now; }
  // Enters a job into the queue; `id`, demand, times and the like are the caller's.
  JobSlot AddJob(JobInfo job);
  // Takes nodes: the job starts and runs at once.
  void Start(JobSlot slot, const Placement& placement);
  // Gives the nodes back. The job goes back to the queue, or leaves.
  void End(JobSlot slot, bool requeue);
  // A waiting job leaves the queue without a start.
  void Leave(JobSlot slot) { jobs_[slot.index()].gone = true; }
  JobInfo& mutable_job(JobSlot slot) { return jobs_[slot.index()].info; }
  // Where the job would go by first fit; false if it does not fit.
  bool FirstFit(const JobInfo& job, Placement* placement) const;
  // Waiting jobs in queue order.
  std::vector<JobSlot> Queue() const;
  std::vector<JobSlot> Running() const;
  const Left& left(NodeId node) const { return nodes_[node.index()].left; }

  SimTime now() const override { return now_; }
  const FleetInfo& fleet() const override { return fleet_; }
  uint32_t node_count() const override { return static_cast<uint32_t>(nodes_.size()); }
  bool present(NodeId node) const override { return nodes_[node.index()].present; }
  const NodeShape& node_shape(NodeId node) const override { return nodes_[node.index()].shape; }
  Residual residual(NodeId node) const override;
  UsdPerHour ask(NodeId node) const override { return nodes_[node.index()].ask; }
  const JobInfo& job(JobSlot slot) const override { return jobs_[slot.index()].info; }
  std::span<const NodeGrant> grants(JobSlot slot) const override {
    return jobs_[slot.index()].grants;
  }
  size_t waiting_count() const override { return Queue().size(); }
  size_t running_count() const override { return Running().size(); }
  void VisitWaiting(JobVisitor& visitor) const override;
  void VisitRunning(JobVisitor& visitor) const override;
  bool Eligible(ShapeId shape, NodeId node) const override;
  bool Fits(const JobInfo& job) const override;
  double Speed(const JobInfo& job, GpuModelId gpu) const override;
  uint64_t freed_epoch() const override { return freed_epoch_; }
  uint64_t fleet_epoch() const override { return fleet_epoch_; }
  std::unique_ptr<FitProbe> MakeProbe() const override;

 private:
  struct Node {
    NodeShape shape;
    Left left;
    bool present = true;
    UsdPerHour ask = UsdPerHour::FromDollars(1);
  };
  struct Job {
    JobInfo info;
    std::vector<NodeGrant> grants;
    bool gone = false;
  };
  struct Shape {
    Demand demand;
    UserId user;
    auto operator<=>(const Shape&) const = default;
  };

  const OrderPolicy* order_;
  std::deque<Node> nodes_;
  std::deque<Job> jobs_;
  std::vector<Shape> shapes_;
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> queue_shapes_;
  std::map<uint16_t, double> speeds_;
  std::set<std::pair<uint32_t, uint16_t>> barred_;
  std::map<uint32_t, UsdPerHour> max_ask_;
  FleetInfo fleet_;
  SimTime now_;
  uint64_t freed_epoch_ = 0;
  uint64_t fleet_epoch_ = 0;
};

}  // namespace orrery::policies::testing
