#include "sim/cluster/state.h"

#include <algorithm>

#include "sim/base/check.h"
#include "sim/cluster/fit_probe.h"

namespace orrery::cluster {

using policies::JobVisitor;
using policies::TaskShape;

namespace {

// Cached scores of all placement indices together; beyond, those used longest ago are dropped.
constexpr size_t kMaxCachedScores = size_t{1} << 22;
// Waiting jobs of one queue shape from which on they are indexed by how long they take.
constexpr size_t kIndexedJobs = 8;

}  // namespace

size_t ClusterState::ShapeHash::operator()(const TaskShape& shape) const {
  uint64_t hash = 0x2545f4914f6cdd1dull;
  const auto mix = [&hash](uint64_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15ull;
    hash ^= hash >> 32;
  };
  const Demand& d = shape.demand;
  mix((uint64_t{d.cpu_milli} << 32) | d.memory_mib);
  mix((uint64_t{shape.requirements.value} << 32) | (uint64_t{d.gpus} << 16) | d.gpu_milli);
  mix((uint64_t{shape.client.value} << 40) | (uint64_t{shape.reference_gpu.value} << 24) |
      (uint64_t{shape.type.value} << 8) | static_cast<uint64_t>(shape.job_class));
  return static_cast<size_t>(hash);
}

ClusterState::ClusterState(const ClusterConfig& config)
    : config_(config),
      traits_(config.place->traits()),
      classes_(&nodes_, traits_.in_class, config.tie_rule) {
  fleet_.speed = config.speed;
  fleet_.rtt = config.rtt;
  fleet_.gpu_models = static_cast<uint16_t>(config_.atlas.gpus.size());
  placement_ = {.policy = config.place,
                .traits = traits_,
                .tie_rule = config.tie_rule,
                .classes = &classes_,
                .nodes = &nodes_,
                .atlas = &config_.atlas,
                .fleet = &fleet_};
}

NodeId ClusterState::AddNode(const NodeListing& listing) {
  const NodeId node = nodes_.Add(listing);
  const uint32_t shape = nodes_.shape_id(node);
  if (shape >= nodes_of_shape_.size()) nodes_of_shape_.resize(shape + 1);
  ++nodes_of_shape_[shape];
  ++fleet_epoch_;
  present_total_.gpu_milli += listing.shape.gpus * 1000;
  present_total_.cpu_milli += listing.shape.cpu_milli;
  present_total_.memory_mib += listing.shape.memory_mib;
  return node;
}

void ClusterState::Open() {
  fleet_.nodes = nodes_.size();
  fleet_.max_gpus = nodes_.max_gpus();
  fleet_.max_cpu_milli = nodes_.max_cpu_milli();
  fleet_.max_memory_mib = nodes_.max_memory_mib();
  classes_.Rebuild();
}

void ClusterState::SetPresent(NodeId node, bool present) {
  if (nodes_.present(node) == present) return;
  ++fleet_epoch_;
  IntegrateCapacity();
  const NodeShape& shape = nodes_.shape(node);
  const int64_t sign = present ? 1 : -1;
  present_total_.gpu_milli += sign * shape.gpus * 1000;
  present_total_.cpu_milli += sign * int64_t{shape.cpu_milli};
  present_total_.memory_mib += sign * int64_t{shape.memory_mib};
  if (!present) classes_.Leave(node);
  nodes_.set_present(node, present);
  if (present) {
    classes_.Enter(node);
    ++freed_epoch_;
  }
}

void ClusterState::SetAsk(NodeId node, UsdPerHour ask) {
  if (nodes_.ask(node) == ask) return;
  ++fleet_epoch_;
  if (nodes_.present(node)) classes_.Leave(node);
  nodes_.set_ask(node, ask);
  ++terms_epoch_;
  if (nodes_.present(node)) classes_.Enter(node);
  ++freed_epoch_;  // a lower ask may let a job with a maximum price in
}

void ClusterState::SetReputation(NodeId node, float reputation) {
  if (nodes_.reputation(node) == reputation) return;
  const uint16_t before = classes_.ReputationBand(nodes_.reputation(node));
  const uint16_t after = classes_.ReputationBand(reputation);
  const bool orders = traits_.in_class == policies::InClassOrder::kReputation;
  const bool filed = nodes_.present(node) && (orders || before != after);
  if (filed) classes_.Leave(node);
  nodes_.set_reputation(node, reputation);
  if (filed) classes_.Enter(node);
  if (before == after) return;
  // As with asks: who may run here has changed.
  ++fleet_epoch_;
  ++terms_epoch_;
  ++freed_epoch_;
}

void ClusterState::IntegrateCapacity() {
  const __int128 ns = (now_ - capacity_since_).nanos();
  capacity_.gpu_milli_ns += ns * present_total_.gpu_milli;
  capacity_.cpu_milli_ns += ns * present_total_.cpu_milli;
  capacity_.memory_mib_ns += ns * present_total_.memory_mib;
  capacity_since_ = now_;
}

const ClusterState::Capacity& ClusterState::CapacityUntil(SimTime now) {
  set_now(now);
  IntegrateCapacity();
  return capacity_;
}

ShapeId ClusterState::InternShape(const JobInfo& job) {
  TaskShape task;
  task.demand = job.demand;
  task.requirements = job.requirements;
  const bool near = config_.rtt != nullptr && requirements(job.requirements).HasMaxRtt();
  if (traits_.uses_client || near) task.client = job.region;
  // A throughput table may say that a type does not run on some GPU at all.
  if (traits_.uses_speed || job.type.valid()) {
    task.reference_gpu = job.reference_gpu;
    task.type = job.type;
    task.job_class = job.job_class;
  }
  const auto [found, added] = shape_ids_.try_emplace(task, static_cast<uint32_t>(shapes_.size()));
  if (added) {
    shapes_.emplace_back();
    shapes_.back().task = task;
    const Requirements& needs = requirements(task.requirements);
    if (needs.HasMaxPrice()) classes_.SplitByAsk();
    if (needs.HasMinReputation()) classes_.SplitByReputation(needs.min_reputation);
  }
  return ShapeId(found->second);
}

uint32_t ClusterState::InternQueueShape(ShapeId shape, uint32_t replicas) {
  return queue_shapes_
      .try_emplace({shape.value, replicas}, static_cast<uint32_t>(queue_shapes_.size()))
      .first->second;
}

JobSlot ClusterState::AddJob(const JobInfo& job) {
  JobSlot slot;
  if (free_slots_.empty()) {
    slot = JobSlot(static_cast<uint32_t>(jobs_.size()));
    jobs_.Add();
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
  }
  jobs_[slot.index()].in_use = true;
  JobInfo& own = jobs_[slot.index()].info;
  own = job;
  own.slot = slot;
  own.phase = JobPhase::kWaiting;
  own.shape = InternShape(job);
  own.queue_shape = InternQueueShape(own.shape, own.replicas);
  return slot;
}

void ClusterState::RemoveJob(JobSlot slot) {
  ORRERY_CHECK(HasJob(slot) && jobs_[slot.index()].grants.empty(), slot.value);
  jobs_[slot.index()].in_use = false;
  free_slots_.push_back(slot);
}

bool ClusterState::EverFits(const JobInfo& job) {
  Shape& shape = shapes_[job.shape.index()];
  const Requirements& needs = requirements(shape.task.requirements);
  const bool on_terms = needs.HasMaxPrice() || needs.HasMinReputation();
  if (shape.empty_epoch == 0 || (on_terms && shape.empty_epoch != terms_epoch_)) {
    shape.empty_capacity = index(job.shape).EmptyCapacity();
    shape.empty_epoch = terms_epoch_;
  }
  return shape.empty_capacity >= job.replicas;
}

bool ClusterState::WouldEverFit(JobInfo job) {
  job.shape = InternShape(job);
  return EverFits(job);
}

void ClusterState::Enqueue(JobSlot slot, policies::OrderKey key) {
  Record& record = jobs_[slot.index()];
  record.queued = {.key = key, .tie = record.info.tie, .job = record.info.id, .slot = slot};
  const uint32_t shape = record.info.queue_shape;
  queue_.Insert(record.queued, shape);
  if (shape < remaining_.size() && remaining_[shape] != nullptr) {
    remaining_[shape]->Insert(record.queued, record.info);
  }
}

JobSlot ClusterState::Dequeue(JobSlot slot) {
  const Record& record = jobs_[slot.index()];
  const uint32_t shape = record.info.queue_shape;
  if (shape < remaining_.size() && remaining_[shape] != nullptr) {
    remaining_[shape]->Erase(record.queued);
    if (remaining_[shape]->size() < kIndexedJobs / 2) remaining_[shape].reset();
  }
  return queue_.Erase(record.queued, shape);
}

const RemainingIndex* ClusterState::remaining_index(uint32_t queue_shape) const {
  if (queue_shape < remaining_.size() && remaining_[queue_shape] != nullptr) {
    return remaining_[queue_shape].get();
  }
  const JobQueue::Set& jobs = queue_.OfShape(queue_shape);
  if (jobs.size() < kIndexedJobs) return nullptr;
  if (queue_shape >= remaining_.size()) remaining_.resize(queue_shape + 1);
  remaining_[queue_shape] = std::make_unique<RemainingIndex>();
  for (const QueueEntry& entry : jobs) {
    remaining_[queue_shape]->Insert(entry, jobs_[entry.slot.index()].info);
  }
  return remaining_[queue_shape].get();
}

PlacementIndex& ClusterState::index(ShapeId id) const {
  const Shape& shape = shapes_[id.index()];
  shape.last_use = ++index_uses_;
  if (shape.index == nullptr) {
    if ((++index_count_ * classes_.slot_count()) > kMaxCachedScores) TrimIndices();
    shape.index = std::make_unique<PlacementIndex>(&placement_, shape.task,
                                                   requirements(shape.task.requirements));
  }
  return *shape.index;
}

// Drops the half of the indices that was used longest ago. They come back when asked for.
void ClusterState::TrimIndices() const {
  std::vector<uint64_t> uses;
  for (const Shape& shape : shapes_) {
    if (shape.index != nullptr) uses.push_back(shape.last_use);
  }
  if (uses.empty()) return;
  const auto middle = uses.begin() + static_cast<std::ptrdiff_t>(uses.size() / 2);
  std::nth_element(uses.begin(), middle, uses.end());
  index_count_ = 1;
  for (const Shape& shape : shapes_) {
    if (shape.index != nullptr && shape.last_use < *middle) shape.index.reset();
    if (shape.index != nullptr) ++index_count_;
  }
}

bool ClusterState::Place(const JobInfo& job, Draw& draw, Placement* placement) const {
  return index(job.shape).Place(job.replicas, draw, placement);
}

void ClusterState::TakeNodes(JobSlot slot, const Placement& placement) {
  JobInfo& job = jobs_[slot.index()].info;
  GrantList& grants = jobs_[slot.index()].grants;
  ORRERY_CHECK(job.phase == JobPhase::kWaiting && grants.empty(), slot.value);
  for (const policies::NodeShare& share : placement) {
    classes_.Leave(share.node);
    nodes_.Take(share.node, job.demand, share.replicas, &grants);
    classes_.Enter(share.node);
  }
  used_.gpu_milli += int64_t{job.demand.total_gpu_milli()} * job.replicas;
  used_.cpu_milli += int64_t{job.demand.cpu_milli} * job.replicas;
  used_.memory_mib += int64_t{job.demand.memory_mib} * job.replicas;
  job.phase = JobPhase::kStarting;
  job.attempt_start = now_;
  job.run_start = now_;
  job.speed = PlacementSpeed(job, this->grants(slot));
  ++job.attempts;
  FileRunning(slot);
}

void ClusterState::GiveNodes(JobSlot slot) {
  JobInfo& job = jobs_[slot.index()].info;
  GrantList& grants = jobs_[slot.index()].grants;
  for (size_t i = 0; i < grants.size();) {
    // Grants of one node stand together; it changes its class once.
    const NodeId node = grants[i].node;
    const bool present = nodes_.present(node);
    if (present) classes_.Leave(node);
    for (; i < grants.size() && grants[i].node == node; ++i) nodes_.Give(grants[i], job.demand);
    if (present) classes_.Enter(node);
  }
  grants.clear();
  used_.gpu_milli -= int64_t{job.demand.total_gpu_milli()} * job.replicas;
  used_.cpu_milli -= int64_t{job.demand.cpu_milli} * job.replicas;
  used_.memory_mib -= int64_t{job.demand.memory_mib} * job.replicas;
  UnfileRunning(slot);
  job.phase = JobPhase::kWaiting;
  ++freed_epoch_;
}

void ClusterState::FileRunning(JobSlot slot) {
  Record& record = jobs_[slot.index()];
  record.running_position = static_cast<uint32_t>(running_.size());
  running_.push_back(slot);
  if (config_.running_by_end) {
    record.expected_end_ns = jobs_[slot.index()].info.ExpectedEnd(SimTime::Zero()).nanos();
    running_by_end_.insert({record.expected_end_ns, slot.value});
  }
}

void ClusterState::UnfileRunning(JobSlot slot) {
  Record& record = jobs_[slot.index()];
  const JobSlot last = running_.back();
  running_[record.running_position] = last;
  jobs_[last.index()].running_position = record.running_position;
  running_.pop_back();
  record.running_position = UINT32_MAX;
  if (config_.running_by_end) running_by_end_.erase({record.expected_end_ns, slot.value});
}

void ClusterState::RefreshExpectedEnd(JobSlot slot) {
  if (!config_.running_by_end) return;
  Record& record = jobs_[slot.index()];
  const JobInfo& job = record.info;
  const bool stops = job.phase == JobPhase::kStopping;
  const int64_t end = stops ? 0 : job.ExpectedEnd(SimTime::Zero()).nanos();
  if (end == record.expected_end_ns) return;
  running_by_end_.erase({record.expected_end_ns, slot.value});
  record.expected_end_ns = end;
  running_by_end_.insert({end, slot.value});
}

double ClusterState::PlacementSpeed(const JobInfo& job, std::span<const NodeGrant> grants) const {
  const GpuModelId first = nodes_.shape(grants.front().node).gpu_model;
  const bool mixed = std::any_of(grants.begin(), grants.end(), [&](const NodeGrant& grant) {
    return nodes_.shape(grant.node).gpu_model != first;
  });
  if (config_.speed == nullptr) return Speed(job, first);
  const double alone = mixed ? MixedSpeed(job, grants) : Speed(job, first);
  // Grants of one node stand together.
  if (grants.front().node == grants.back().node || !config_.speed->prices_links()) return alone;
  std::vector<NodeId> nodes;
  for (const NodeGrant& grant : grants) {
    if (nodes.empty() || nodes.back() != grant.node) nodes.push_back(grant.node);
  }
  return config_.speed->LinkedSpeed(job.job_class, nodes, alone);
}

double ClusterState::MixedSpeed(const JobInfo& job, std::span<const NodeGrant> grants) const {
  std::vector<double> speeds;
  for (const NodeGrant& grant : grants) {
    speeds.insert(speeds.end(), grant.replicas, Speed(job, nodes_.shape(grant.node).gpu_model));
  }
  return config_.speed->GangSpeed(job.job_class, speeds);
}

void ClusterState::VisitWaiting(JobVisitor& visitor) const {
  JobQueue::Walk walk(queue_);
  while (const QueueEntry* entry = walk.Next()) {
    if (!visitor.Visit(jobs_[entry->slot.index()].info)) return;
  }
}

void ClusterState::VisitRunning(JobVisitor& visitor) const {
  if (config_.running_by_end) {
    for (const auto& [end, slot] : running_by_end_) {
      if (!visitor.Visit(jobs_[slot].info)) return;
    }
    return;
  }
  // `running_` is in no stable order: a departure moves its last entry.
  std::vector<JobSlot> slots = running_;
  std::sort(slots.begin(), slots.end());
  for (JobSlot slot : slots) {
    if (!visitor.Visit(jobs_[slot.index()].info)) return;
  }
}

bool ClusterState::Eligible(ShapeId shape, NodeId node) const {
  return index(shape).EligibleNode(node);
}

bool ClusterState::Fits(const JobInfo& job) const {
  return index(job.shape).Capacity() >= job.replicas;
}

double ClusterState::Speed(const JobInfo& job, GpuModelId gpu) const {
  if (config_.speed == nullptr || job.demand.gpus == 0) return 1;
  return config_.speed->Speed(job.job_class, job.type, job.reference_gpu,
                              job.demand.gpus * job.replicas, gpu);
}

std::unique_ptr<policies::FitProbe> ClusterState::MakeProbe() const {
  return std::make_unique<ClusterProbe>(this);
}

}  // namespace orrery::cluster
