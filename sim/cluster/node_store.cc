#include "sim/cluster/node_store.h"

#include <algorithm>
#include <bit>
#include <functional>

#include "sim/base/check.h"

namespace orrery::cluster {

using policies::kMaxGpusPerNode;

size_t NodeStore::ShapeHash::operator()(const NodeShape& shape) const {
  uint64_t hash = 0x9e3779b97f4a7c15ull;
  const auto mix = [&hash](uint64_t value) {
    hash = (hash ^ value) * 0xff51afd7ed558ccdull;
    hash ^= hash >> 32;
  };
  mix((uint64_t{shape.cpu_milli} << 32) | shape.memory_mib);
  mix((uint64_t{shape.gpu_model.value} << 48) | (uint64_t{shape.gpus} << 32) |
      (uint64_t{shape.region.value} << 16) | (static_cast<uint64_t>(shape.owner_kind) << 9) |
      (uint64_t{shape.tier} << 1) | (shape.verified ? 1 : 0));
  return static_cast<size_t>(hash);
}

NodeId NodeStore::Add(const NodeListing& listing) {
  const NodeShape& shape = listing.shape;
  ORRERY_CHECK(shape.gpus <= kMaxGpusPerNode, shape.gpus);
  // Groups add their nodes in a row, so the last shape is nearly always the right one.
  if (shapes_.empty() || shapes_[last_shape_] != shape) {
    last_shape_ =
        shape_ids_.try_emplace(shape, static_cast<uint32_t>(shapes_.size())).first->second;
    if (last_shape_ == shapes_.size()) shapes_.push_back(shape);
  }
  Row row;
  row.ask = listing.ask;
  row.shape = last_shape_;
  row.cpu_milli = shape.cpu_milli;
  row.memory_mib = shape.memory_mib;
  row.owner = listing.owner;
  row.reputation = listing.reputation;
  row.hazard_per_h = listing.hazard_per_h;
  row.free_mask = static_cast<uint16_t>((1u << shape.gpus) - 1);
  rows_.push_back(row);
  max_gpus_ = std::max<uint32_t>(max_gpus_, shape.gpus);
  max_cpu_milli_ = std::max(max_cpu_milli_, shape.cpu_milli);
  max_memory_mib_ = std::max(max_memory_mib_, shape.memory_mib);
  return NodeId(static_cast<uint32_t>(rows_.size() - 1));
}

Residual NodeStore::residual(NodeId node) const {
  const Row& row = rows_[node.index()];
  Residual residual;
  residual.cpu_milli = row.cpu_milli;
  residual.memory_mib = row.memory_mib;
  residual.whole_gpus = static_cast<uint8_t>(std::popcount(row.free_mask));
  for (unsigned mask = row.shared_mask; mask != 0; mask &= mask - 1) {
    const uint16_t left = shares_[row.shares][static_cast<size_t>(std::countr_zero(mask))];
    if (left > 0) residual.partial_milli[residual.partial_gpus++] = left;
  }
  if (residual.partial_gpus > 1) {
    std::sort(residual.partial_milli.begin(),
              residual.partial_milli.begin() + residual.partial_gpus, std::greater<>());
  }
  return residual;
}

void NodeStore::FreeByGpu(NodeId node, std::array<uint16_t, kMaxGpusPerNode>* gpu_milli) const {
  const Row& row = rows_[node.index()];
  gpu_milli->fill(0);
  for (unsigned mask = row.free_mask; mask != 0; mask &= mask - 1) {
    (*gpu_milli)[static_cast<size_t>(std::countr_zero(mask))] = 1000;
  }
  for (unsigned mask = row.shared_mask; mask != 0; mask &= mask - 1) {
    const auto gpu = static_cast<size_t>(std::countr_zero(mask));
    (*gpu_milli)[gpu] = shares_[row.shares][gpu];
  }
}

void NodeStore::Take(NodeId node, const Demand& demand, uint32_t replicas, GrantList* grants) {
  Row& row = rows_[node.index()];
  ORRERY_CHECK(row.cpu_milli >= uint64_t{demand.cpu_milli} * replicas &&
                   row.memory_mib >= uint64_t{demand.memory_mib} * replicas,
               node.value, row.cpu_milli, row.memory_mib, replicas);
  row.cpu_milli -= demand.cpu_milli * replicas;
  row.memory_mib -= demand.memory_mib * replicas;
  if (demand.gpus == 1 && demand.gpu_milli < 1000) {
    for (uint32_t r = 0; r < replicas; ++r) {
      NodeGrant grant = TakeShare(row, demand.gpu_milli);
      grant.node = node;
      grants->push_back(grant);
    }
    return;
  }
  NodeGrant grant{.node = node, .replicas = replicas, .gpu_mask = 0, .price = {}};
  for (uint32_t g = 0; g < uint32_t{demand.gpus} * replicas; ++g) {
    ORRERY_CHECK(row.free_mask != 0, node.value, demand.gpus, replicas);
    const unsigned lowest = row.free_mask & (~row.free_mask + 1u);
    grant.gpu_mask = static_cast<uint16_t>(grant.gpu_mask | lowest);
    row.free_mask = static_cast<uint16_t>(row.free_mask & ~lowest);
  }
  grants->push_back(grant);
}

void NodeStore::Give(const NodeGrant& grant, const Demand& demand) {
  Row& row = rows_[grant.node.index()];
  row.cpu_milli += demand.cpu_milli * grant.replicas;
  row.memory_mib += demand.memory_mib * grant.replicas;
  if (demand.gpus == 1 && demand.gpu_milli < 1000) {
    GiveShare(row, std::countr_zero(unsigned{grant.gpu_mask}), demand.gpu_milli);
  } else {
    ORRERY_CHECK((row.free_mask & grant.gpu_mask) == 0, grant.node.value, row.free_mask,
                 grant.gpu_mask);
    row.free_mask = static_cast<uint16_t>(row.free_mask | grant.gpu_mask);
  }
  ORRERY_CHECK(row.cpu_milli <= shapes_[row.shape].cpu_milli &&
                   row.memory_mib <= shapes_[row.shape].memory_mib,
               grant.node.value, row.cpu_milli, row.memory_mib);
}

void NodeStore::TakeBack(const NodeGrant& grant, const Demand& demand) {
  Row& row = rows_[grant.node.index()];
  row.cpu_milli -= demand.cpu_milli * grant.replicas;
  row.memory_mib -= demand.memory_mib * grant.replicas;
  if (demand.gpus == 1 && demand.gpu_milli < 1000) {
    TakeShareOf(row, std::countr_zero(unsigned{grant.gpu_mask}), demand.gpu_milli);
  } else {
    row.free_mask = static_cast<uint16_t>(row.free_mask & ~grant.gpu_mask);
  }
}

Residual NodeStore::ResidualWithout(NodeId node, std::span<const NodeGrant> grants,
                                    const Demand& demand) const {
  std::array<uint16_t, kMaxGpusPerNode> milli;
  FreeByGpu(node, &milli);
  Residual residual;
  residual.cpu_milli = cpu_left(node);
  residual.memory_mib = memory_left(node);
  for (const NodeGrant& grant : grants) {
    residual.cpu_milli += demand.cpu_milli * grant.replicas;
    residual.memory_mib += demand.memory_mib * grant.replicas;
    for (unsigned mask = grant.gpu_mask; mask != 0; mask &= mask - 1) {
      milli[static_cast<size_t>(std::countr_zero(mask))] += demand.gpu_milli;
    }
  }
  for (const uint16_t left : milli) {
    if (left == 1000) ++residual.whole_gpus;
    if (left > 0 && left < 1000) residual.partial_milli[residual.partial_gpus++] = left;
  }
  std::sort(residual.partial_milli.begin(), residual.partial_milli.begin() + residual.partial_gpus,
            std::greater<>());
  return residual;
}

int NodeStore::PickSharedGpu(const Row& row, uint16_t gpu_milli) const {
  int best = -1;
  uint16_t best_left = 1001;
  for (unsigned mask = row.shared_mask; mask != 0; mask &= mask - 1) {
    const int gpu = std::countr_zero(mask);
    const uint16_t left = shares_[row.shares][static_cast<size_t>(gpu)];
    if (left >= gpu_milli && left < best_left) {
      best = gpu;
      best_left = left;
    }
  }
  return best;
}

NodeGrant NodeStore::TakeShare(Row& row, uint16_t gpu_milli) {
  int gpu = PickSharedGpu(row, gpu_milli);
  if (gpu < 0) {
    ORRERY_CHECK(row.free_mask != 0, gpu_milli);
    gpu = std::countr_zero(unsigned{row.free_mask});
  }
  TakeShareOf(row, gpu, gpu_milli);
  return {.node = {}, .replicas = 1, .gpu_mask = static_cast<uint16_t>(1u << gpu), .price = {}};
}

void NodeStore::TakeShareOf(Row& row, int gpu, uint16_t gpu_milli) {
  if (((row.shared_mask >> gpu) & 1u) == 0) {
    if (row.shared_mask == 0) {
      if (free_shares_.empty()) {
        free_shares_.push_back(static_cast<uint32_t>(shares_.size()));
        shares_.emplace_back();
      }
      row.shares = free_shares_.back();
      free_shares_.pop_back();
    }
    row.free_mask = static_cast<uint16_t>(row.free_mask & ~(1u << gpu));
    row.shared_mask = static_cast<uint16_t>(row.shared_mask | (1u << gpu));
    shares_[row.shares][static_cast<size_t>(gpu)] = 1000;
  }
  uint16_t& left = shares_[row.shares][static_cast<size_t>(gpu)];
  left = static_cast<uint16_t>(left - gpu_milli);
}

void NodeStore::GiveShare(Row& row, int gpu, uint16_t gpu_milli) {
  ORRERY_CHECK((row.shared_mask >> gpu) & 1u, gpu, row.shared_mask);
  uint16_t& left = shares_[row.shares][static_cast<size_t>(gpu)];
  left = static_cast<uint16_t>(left + gpu_milli);
  ORRERY_CHECK(left <= 1000, gpu, left);
  if (left < 1000) return;
  row.shared_mask = static_cast<uint16_t>(row.shared_mask & ~(1u << gpu));
  row.free_mask = static_cast<uint16_t>(row.free_mask | (1u << gpu));
  if (row.shared_mask == 0) {
    free_shares_.push_back(row.shares);
    row.shares = UINT32_MAX;
  }
}

}  // namespace orrery::cluster
