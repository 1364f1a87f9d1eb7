#include "sim/driver/devices.h"

#include <algorithm>

#include "sim/base/check.h"

namespace orrery::driver {

using policies::JobInfo;
using policies::NodeGrant;
using policies::NodeShape;
using trust::Cheat;

namespace {

// Where a job's type does not run at all, and to divide by. The longest work at this speed is a
// time still.
constexpr double kSlowest = 1e-3;

}  // namespace

Devices::Devices(const scenario::Scenario& scenario, uint32_t replicate,
                 const cluster::ClusterState* state, const SpeedBelief* speed, GangLinks* links)
    : cheats_(trust::RulesOf(scenario.trust.level)->cheats),
      gpus_(scenario.gpus.get()),
      state_(state),
      speed_(speed),
      links_(links) {
  const RandomStreams random(scenario.seed, replicate);
  const double colluders = trust::RulesOf(scenario.trust.level)->ratings.colluders;
  for (uint32_t n = 0; n < state->node_count(); ++n) {
    const NodeShape& shape = state->node_shape(NodeId(n));
    Node& node = nodes_.emplace_back();
    node.model = shape.gpu_model;
    if (shape.gpus == 0) continue;
    const trust::ByCheat& shares = cheats_.shares[static_cast<int>(shape.owner_kind)];
    Draw draw = random.Stream("trust/device", n).At(0);
    double u = draw.Uniform01();
    const double which = draw.Uniform01();
    node.returns = draw.Uniform01() < cheats_.returns;
    const bool colludes = draw.Uniform01() < colluders;
    int cheat = trust::kCheats - 1;
    while (cheat > 0 && !(u < shares[cheat])) u -= shares[cheat--];
    node.cheat = static_cast<Cheat>(cheat);
    node.colludes = colludes && cheat > 0;
    if (node.cheat == Cheat::kBandwidth) links->Shrink(NodeId(n), cheats_.real_bandwidth);
    if (node.cheat != Cheat::kSpoofedModel) continue;
    node.model = cheats_.real_model.valid() ? cheats_.real_model : Cheaper(shape.gpu_model, which);
    // Of the cheapest model there is nothing to pass off as it.
    if (node.model == shape.gpu_model) node = {.model = node.model};
  }
  ShareCards();
}

// Nodes that sell the same GPUs are of one shape: as many as an owner has names, in their order.
// One that is left over is honest.
void Devices::ShareCards() {
  std::vector<uint32_t> open;  // by node shape: the cards with names to come
  for (uint32_t n = 0; n < nodes_.size(); ++n) {
    if (nodes_[n].cheat != Cheat::kOversold) continue;
    const uint32_t shape = state_->nodes().shape_id(NodeId(n));
    if (shape >= open.size()) open.resize(shape + 1, kItsOwn);
    if (open[shape] == kItsOwn) {
      open[shape] = static_cast<uint32_t>(cards_.size());
      cards_.emplace_back();
    }
    Cards& cards = cards_[open[shape]];
    nodes_[n].cards = open[shape];
    cards.names.push_back(NodeId(n));
    if (cards.names.size() == cheats_.names) open[shape] = kItsOwn;
  }
  for (const uint32_t left : open) {
    if (left == kItsOwn || cards_[left].names.size() > 1) continue;
    Node& node = nodes_[cards_[left].names.front().index()];
    node = {.model = node.model};
  }
}

std::span<const NodeId> Devices::SameCards(NodeId id) const {
  const uint32_t cards = nodes_[id.index()].cards;
  if (cards == kItsOwn) return {};
  return cards_[cards].names;
}

// The model at the place `u`, 0 … 1, among those that cost less and do less.
GpuModelId Devices::Cheaper(GpuModelId claimed, double u) const {
  const fleet::GpuModel& dear = (*gpus_)[claimed];
  std::vector<GpuModelId> models;
  for (size_t i = 0; i < gpus_->size(); ++i) {
    const fleet::GpuModel& gpu = gpus_->rows()[i];
    if (gpu.market_usd_h <= 0 || gpu.market_usd_h >= dear.market_usd_h) continue;
    if (gpu.fp16_tflops <= 0 || gpu.fp16_tflops >= dear.fp16_tflops) continue;
    models.push_back(GpuModelId(static_cast<uint16_t>(i)));
  }
  if (models.empty()) return claimed;
  return models[static_cast<size_t>(u * static_cast<double>(models.size()))];
}

uint32_t Devices::MemoryOf(NodeId id) const {
  const Node& node = nodes_[id.index()];
  const uint32_t memory = (*gpus_)[node.model].memory_mib;
  if (node.cheat != Cheat::kLessMemory) return memory;
  return static_cast<uint32_t>(cheats_.real_memory * memory);
}

fleet::GpuModel Devices::RealGpu(NodeId id) const {
  fleet::GpuModel gpu = (*gpus_)[nodes_[id.index()].model];
  const fleet::GpuModel& claimed = (*gpus_)[state_->node_shape(id).gpu_model];
  gpu.memory_mib = MemoryOf(id);
  if (gpu.fp16_tflops <= 0) gpu.fp16_tflops = claimed.fp16_tflops;
  if (gpu.bandwidth_gbs <= 0) gpu.bandwidth_gbs = claimed.bandwidth_gbs;
  return gpu;
}

trust::Real Devices::RealOf(NodeId id, uint32_t proofs) const {
  trust::Real real;
  const Node& node = nodes_[id.index()];
  if (node.cheat == Cheat::kNone) return real;
  if (node.cheat == Cheat::kBandwidth) real.bandwidth = cheats_.real_bandwidth;
  const GpuModelId claimed = state_->node_shape(id).gpu_model;
  real.compute = std::max(
      speed_->Ratio(JobClass::kBatchTraining, JobTypeId::None(), 1, claimed, node.model), kSlowest);
  real.compute /= proofs;
  const double memory = (*gpus_)[claimed].memory_mib;
  if (memory > 0 && MemoryOf(id) > 0) real.memory = std::min(MemoryOf(id) / memory, 1.0);
  return real;
}

bool Devices::AnyCheat(std::span<const NodeGrant> grants) const {
  return std::any_of(grants.begin(), grants.end(), [this](const NodeGrant& grant) {
    return nodes_[grant.node.index()].cheat != Cheat::kNone;
  });
}

double Devices::Ratio(const JobInfo& job, NodeId node) const {
  return speed_->Ratio(job.job_class, job.type, job.demand.gpus * job.replicas,
                       state_->node_shape(node).gpu_model, real_model(node));
}

double Devices::SpeedOn(const JobInfo& job, std::span<const NodeGrant> grants) const {
  if (job.demand.gpus == 0 || !AnyCheat(grants)) return job.speed;
  return GangSpeed(job, grants, /*shared=*/false);
}

double Devices::GangSpeed(const JobInfo& job, std::span<const NodeGrant> grants,
                          bool shared) const {
  const auto share = [&](NodeId node) { return shared ? SharedBy(node) : 1.0; };
  const NodeId first = grants[0].node;
  if (grants.size() == 1 && grants[0].replicas == 1) {
    return std::max(job.speed * Ratio(job, first) * share(first), kSlowest);
  }
  std::vector<double> speeds;
  std::vector<NodeId> nodes;
  for (const NodeGrant& grant : grants) {
    const double claimed = state_->Speed(job, state_->node_shape(grant.node).gpu_model);
    speeds.insert(speeds.end(), grant.replicas,
                  claimed * Ratio(job, grant.node) * share(grant.node));
    // Grants of one node stand together.
    if (nodes.empty() || nodes.back() != grant.node) nodes.push_back(grant.node);
  }
  const double alone = speed_->GangSpeed(job.job_class, speeds);
  return std::max(links_->RealSpeed(job.job_class, nodes, alone), kSlowest);
}

double Devices::SharedBy(NodeId id) const {
  const uint32_t cards = nodes_[id.index()].cards;
  if (cards == kItsOwn) return 1;
  const auto used = static_cast<double>(cards_[cards].milli_in_use);
  const double there = state_->node_shape(id).gpus * 1000.0;
  return used > there ? there / used : 1;
}

double Devices::ShareUntil(NodeId id, SimTime now) const {
  const Cards& cards = cards_[nodes_[id.index()].cards];
  return cards.share_ns + SharedBy(id) * static_cast<double>((now - cards.since).nanos());
}

void Devices::Use(const JobInfo& job, std::span<const NodeGrant> grants, bool on, SimTime now) {
  const size_t slot = job.slot.index();
  if (slot >= used_.size()) used_.resize(slot + 1);
  if (on) used_[slot].assign(grants.size(), {});
  for (size_t i = 0; i < grants.size(); ++i) {
    const NodeId node = grants[i].node;
    if (nodes_[node.index()].cards == kItsOwn) continue;
    Cards& cards = cards_[nodes_[node.index()].cards];
    const uint64_t milli = uint64_t{job.demand.total_gpu_milli()} * grants[i].replicas;
    ORRERY_CHECK(on || cards.milli_in_use >= milli, node.value, cards.milli_in_use, milli);
    cards.share_ns = ShareUntil(node, now);
    cards.since = now;
    cards.milli_in_use += on ? milli : -milli;
    Used& used = used_[slot][i];
    if (on) {
      used = {.since = now, .began_ns = cards.share_ns};
    } else {
      used.mean = MeanOf(used, node, now);
    }
  }
}

double Devices::MeanShare(const JobInfo& job, std::span<const NodeGrant> grants, size_t grant,
                          SimTime now) const {
  const NodeId node = grants[grant].node;
  if (nodes_[node.index()].cards == kItsOwn) return 1;
  const Used& used = used_[job.slot.index()][grant];
  return used.mean >= 0 ? used.mean : MeanOf(used, node, now);
}

double Devices::MeanOf(const Used& used, NodeId node, SimTime now) const {
  if (now <= used.since) return 1;
  return (ShareUntil(node, now) - used.began_ns) / static_cast<double>((now - used.since).nanos());
}

double Devices::PaceOn(const JobInfo& job, std::span<const NodeGrant> grants) const {
  if (job.demand.gpus == 0) return 1;
  const bool shared = std::any_of(grants.begin(), grants.end(), [this](const NodeGrant& grant) {
    return SharedBy(grant.node) < 1;
  });
  if (!shared) return 1;
  return GangSpeed(job, grants, /*shared=*/true) / GangSpeed(job, grants, /*shared=*/false);
}

bool Devices::Unfit(const JobInfo& job, std::span<const NodeGrant> grants) const {
  if (job.demand.gpus == 0 || !AnyCheat(grants)) return false;
  const uint32_t need = state_->requirements(job.requirements).min_gpu_memory_mib;
  return std::any_of(grants.begin(), grants.end(), [&](const NodeGrant& grant) {
    return MemoryOf(grant.node) < need || Ratio(job, grant.node) == 0;
  });
}

}  // namespace orrery::driver
