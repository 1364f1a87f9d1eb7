#include "tests/policies/testing/fake_cluster.h"

#include <algorithm>
#include <functional>
#include <tuple>

#include "sim/base/check.h"

namespace orrery::policies::testing {
namespace {

class FakeProbe final : public FitProbe {
 public:
  explicit FakeProbe(const FakeCluster* cluster) : cluster_(cluster) {}

  void Reset(const JobInfo& target) override {
    target_ = target;
    overlay_.clear();
  }
  void Release(const JobInfo& job) override {
    for (const NodeGrant& grant : cluster_->grants(job.slot)) {
      Overlay(grant.node).Give(grant, job.demand);
    }
  }
  void Hold(const Placement& placement, const Demand& demand) override {
    for (const NodeShare& share : placement) {
      Overlay(share.node).Take(share.node, demand, share.replicas);
    }
  }
  int64_t CostOf(const Placement& placement, const Demand& demand) override {
    const int64_t before = surplus();
    const auto saved = overlay_;
    Hold(placement, demand);
    const int64_t cost = before - surplus();
    overlay_ = saved;
    return cost;
  }
  void Pin(const Placement& placement) override {
    for (const NodeShare& share : placement) Overlay(share.node);
  }
  int64_t surplus() const override {
    int64_t fit = 0;
    for (uint32_t n = 0; n < cluster_->node_count(); ++n) {
      const NodeId node(n);
      if (!cluster_->present(node) || !cluster_->Eligible(target_.shape, node)) continue;
      const auto found = overlay_.find(n);
      const Left& left = found == overlay_.end() ? cluster_->left(node) : found->second;
      fit += left.Count(target_.demand);
    }
    return fit - target_.replicas;
  }

 private:
  Left& Overlay(NodeId node) {
    return overlay_.try_emplace(node.value, cluster_->left(node)).first->second;
  }

  const FakeCluster* cluster_;
  JobInfo target_;
  std::map<uint32_t, Left> overlay_;
};

}  // namespace

uint32_t Left::Count(const Demand& demand) const {
  uint32_t count = 0xffff;
  if (demand.gpus > 0) {
    uint32_t shares = 0;
    for (uint16_t milli : gpu_milli) shares += milli / demand.gpu_milli;
    count = std::min(count, shares / demand.gpus);
  }
  if (demand.cpu_milli > 0) count = std::min(count, cpu_milli / demand.cpu_milli);
  if (demand.memory_mib > 0) count = std::min(count, memory_mib / demand.memory_mib);
  return count;
}

std::vector<NodeGrant> Left::Take(NodeId node, const Demand& demand, uint32_t replicas) {
  std::vector<NodeGrant> grants;
  if (Count(demand) < replicas) return grants;
  cpu_milli -= demand.cpu_milli * replicas;
  memory_mib -= demand.memory_mib * replicas;
  NodeGrant grant{.node = node, .replicas = 0, .gpu_mask = 0, .price = {}};
  for (uint32_t share = 0; share < demand.gpus * replicas; ++share) {
    size_t best = kMaxGpusPerNode;
    for (size_t g = 0; g < kMaxGpusPerNode; ++g) {
      if (gpu_milli[g] < demand.gpu_milli) continue;
      if (best == kMaxGpusPerNode || gpu_milli[g] < gpu_milli[best]) best = g;
    }
    gpu_milli[best] = static_cast<uint16_t>(gpu_milli[best] - demand.gpu_milli);
    grant.gpu_mask = static_cast<uint16_t>(grant.gpu_mask | (1u << best));
    if (demand.gpu_milli < 1000) {
      grant.replicas = 1;
      grants.push_back(
          std::exchange(grant, {.node = node, .replicas = 0, .gpu_mask = 0, .price = {}}));
    }
  }
  if (demand.gpus == 0 || demand.gpu_milli == 1000) {
    grant.replicas = replicas;
    grants.push_back(grant);
  }
  return grants;
}

void Left::Give(const NodeGrant& grant, const Demand& demand) {
  cpu_milli += demand.cpu_milli * grant.replicas;
  memory_mib += demand.memory_mib * grant.replicas;
  for (size_t g = 0; g < kMaxGpusPerNode; ++g) {
    if (((grant.gpu_mask >> g) & 1) == 0) continue;
    gpu_milli[g] = static_cast<uint16_t>(gpu_milli[g] + demand.gpu_milli);
    ORRERY_CHECK(gpu_milli[g] <= 1000, grant.node.value, g, gpu_milli[g]);
  }
}

NodeId FakeCluster::AddNode(const NodeShape& shape) {
  Node node{.shape = shape, .left = {}};
  node.left.cpu_milli = shape.cpu_milli;
  node.left.memory_mib = shape.memory_mib;
  std::fill_n(node.left.gpu_milli.begin(), shape.gpus, uint16_t{1000});
  nodes_.push_back(node);
  ++fleet_epoch_;
  fleet_.nodes = node_count();
  fleet_.max_gpus = std::max<uint32_t>(fleet_.max_gpus, shape.gpus);
  fleet_.max_cpu_milli = std::max(fleet_.max_cpu_milli, shape.cpu_milli);
  fleet_.max_memory_mib = std::max(fleet_.max_memory_mib, shape.memory_mib);
  return NodeId(node_count() - 1);
}

void FakeCluster::AddGpuNodes(uint32_t count, uint16_t gpus, GpuModelId model) {
  NodeShape shape;
  shape.gpu_model = model;
  shape.gpus = gpus;
  shape.cpu_milli = 1'000'000;
  shape.memory_mib = 1 << 20;
  for (uint32_t n = 0; n < count; ++n) AddNode(shape);
}

void FakeCluster::SetPresent(NodeId node, bool present) {
  nodes_[node.index()].present = present;
  if (present) ++freed_epoch_;
  ++fleet_epoch_;
}

void FakeCluster::SetAsk(NodeId node, UsdPerHour ask) {
  nodes_[node.index()].ask = ask;
  ++freed_epoch_;
  ++fleet_epoch_;
}

JobSlot FakeCluster::AddJob(JobInfo job) {
  const Shape shape{.demand = job.demand, .user = job.user};
  const auto found = std::find(shapes_.begin(), shapes_.end(), shape);
  job.shape = ShapeId(static_cast<uint32_t>(found - shapes_.begin()));
  if (found == shapes_.end()) shapes_.push_back(shape);
  job.queue_shape =
      queue_shapes_
          .try_emplace({job.shape.value, job.replicas}, static_cast<uint32_t>(queue_shapes_.size()))
          .first->second;
  job.slot = JobSlot(static_cast<uint32_t>(jobs_.size()));
  job.phase = JobPhase::kWaiting;
  jobs_.push_back({.info = job, .grants = {}, .gone = false});
  return job.slot;
}

void FakeCluster::Start(JobSlot slot, const Placement& placement) {
  Job& job = jobs_[slot.index()];
  ORRERY_CHECK(job.info.phase == JobPhase::kWaiting && !job.gone, slot.value);
  uint32_t replicas = 0;
  job.info.speed = 0;
  for (const NodeShare& share : placement) {
    Node& node = nodes_[share.node.index()];
    ORRERY_CHECK(node.present && Eligible(job.info.shape, share.node), share.node.value);
    auto grants = node.left.Take(share.node, job.info.demand, share.replicas);
    ORRERY_CHECK(!grants.empty(), slot.value, share.node.value, share.replicas);
    for (NodeGrant& grant : grants) grant.price = node.ask;
    job.grants.insert(job.grants.end(), grants.begin(), grants.end());
    const double speed = Speed(job.info, node.shape.gpu_model);
    if (job.info.speed == 0 || speed < job.info.speed) job.info.speed = speed;
    replicas += share.replicas;
  }
  ORRERY_CHECK(replicas == job.info.replicas, slot.value, replicas);
  job.info.phase = JobPhase::kRunning;
  job.info.attempt_start = now_;
  job.info.run_start = now_;
  ++job.info.attempts;
}

void FakeCluster::End(JobSlot slot, bool requeue) {
  Job& job = jobs_[slot.index()];
  const Duration ran = job.info.RunTime(now_);
  job.info.done = job.info.Progress(now_);
  job.info.attained_gpu_s += job.info.size() * ran.seconds();
  for (const NodeGrant& grant : job.grants) {
    nodes_[grant.node.index()].left.Give(grant, job.info.demand);
  }
  job.grants.clear();
  job.info.phase = JobPhase::kWaiting;
  job.gone = !requeue;
  ++freed_epoch_;
}

bool FakeCluster::FirstFit(const JobInfo& job, Placement* placement) const {
  placement->clear();
  uint32_t missing = job.replicas;
  for (uint32_t n = 0; n < node_count() && missing > 0; ++n) {
    if (!present(NodeId(n)) || !Eligible(job.shape, NodeId(n))) continue;
    const uint32_t replicas = std::min(nodes_[n].left.Count(job.demand), missing);
    if (replicas > 0) placement->push_back({NodeId(n), replicas});
    missing -= replicas;
  }
  return missing == 0;
}

std::vector<JobSlot> FakeCluster::Queue() const {
  std::vector<JobSlot> slots;
  for (const Job& job : jobs_) {
    if (!job.gone && job.info.phase == JobPhase::kWaiting) slots.push_back(job.info.slot);
  }
  const auto key = [&](JobSlot slot) {
    const JobInfo& info = job(slot);
    const OrderKey order =
        order_ != nullptr ? order_->Key(info, now_) : OrderKey{info.submit.nanos(), 0};
    return std::tuple(order, info.id);
  };
  std::stable_sort(slots.begin(), slots.end(),
                   [&](JobSlot a, JobSlot b) { return key(a) < key(b); });
  return slots;
}

std::vector<JobSlot> FakeCluster::Running() const {
  std::vector<JobSlot> slots;
  for (const Job& job : jobs_) {
    if (!job.grants.empty()) slots.push_back(job.info.slot);
  }
  return slots;
}

Residual FakeCluster::residual(NodeId node) const {
  const Left& left = nodes_[node.index()].left;
  Residual residual;
  residual.cpu_milli = left.cpu_milli;
  residual.memory_mib = left.memory_mib;
  for (uint16_t milli : left.gpu_milli) {
    if (milli == 1000) ++residual.whole_gpus;
    if (milli > 0 && milli < 1000) residual.partial_milli[residual.partial_gpus++] = milli;
  }
  std::sort(residual.partial_milli.begin(), residual.partial_milli.end(), std::greater<>());
  return residual;
}

void FakeCluster::VisitWaiting(JobVisitor& visitor) const {
  for (JobSlot slot : Queue()) {
    if (!visitor.Visit(job(slot))) return;
  }
}

void FakeCluster::VisitRunning(JobVisitor& visitor) const {
  std::vector<JobSlot> slots = Running();
  std::stable_sort(slots.begin(), slots.end(), [&](JobSlot a, JobSlot b) {
    return job(a).ExpectedEnd(SimTime::Zero()) < job(b).ExpectedEnd(SimTime::Zero());
  });
  for (JobSlot slot : slots) {
    if (!visitor.Visit(job(slot))) return;
  }
}

bool FakeCluster::Eligible(ShapeId shape, NodeId node) const {
  const uint32_t user = shapes_[shape.index()].user.value;
  const Node& n = nodes_[node.index()];
  const auto limit = max_ask_.find(user);
  return !barred_.contains({user, n.shape.gpu_model.value}) &&
         (limit == max_ask_.end() || n.ask <= limit->second);
}

bool FakeCluster::Fits(const JobInfo& job) const {
  Placement placement;
  return FirstFit(job, &placement);
}

double FakeCluster::Speed(const JobInfo& job, GpuModelId gpu) const {
  const auto found = speeds_.find(gpu.value);
  return job.demand.gpus == 0 || found == speeds_.end() ? 1 : found->second;
}

std::unique_ptr<FitProbe> FakeCluster::MakeProbe() const {
  return std::make_unique<FakeProbe>(this);
}

}  // namespace orrery::policies::testing
