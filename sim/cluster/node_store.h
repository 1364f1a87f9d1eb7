// All nodes as the scheduler believes them to be: their shapes and what each of them has left.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/inlined_vector.h>

#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "policies/api/node_class.h"
#include "policies/api/view.h"
#include "sim/base/demand.h"
#include "sim/base/ids.h"
#include "sim/base/money.h"

namespace orrery::cluster {

using policies::NodeGrant;
using policies::NodeShape;
using policies::Residual;

// What a job holds. Most jobs stand on one node.
using GrantList = absl::InlinedVector<NodeGrant, 2>;

// A node as it joins the cluster.
struct NodeListing {
  NodeShape shape;
  UsdPerHour ask;          // per whole GPU
  float reputation = 1;    // 0 … 1
  float hazard_per_h = 0;  // believed failures an hour
  uint32_t owner = 0;
};

// Flat rows, 64 bytes a node or fewer. Not thread-safe.
class NodeStore {
 public:
  // Adds a node, present and empty. O(1) expected.
  NodeId Add(const NodeListing& listing);

  uint32_t size() const { return static_cast<uint32_t>(rows_.size()); }
  const NodeShape& shape(NodeId node) const { return shapes_[rows_[node.index()].shape]; }
  uint32_t shape_id(NodeId node) const { return rows_[node.index()].shape; }
  const std::deque<NodeShape>& shapes() const { return shapes_; }
  bool present(NodeId node) const { return rows_[node.index()].present; }
  void set_present(NodeId node, bool present) { rows_[node.index()].present = present; }
  UsdPerHour ask(NodeId node) const { return rows_[node.index()].ask; }
  void set_ask(NodeId node, UsdPerHour ask) { rows_[node.index()].ask = ask; }
  float reputation(NodeId node) const { return rows_[node.index()].reputation; }
  void set_reputation(NodeId node, float reputation) {
    rows_[node.index()].reputation = reputation;
  }
  float hazard_per_h(NodeId node) const { return rows_[node.index()].hazard_per_h; }
  uint32_t owner(NodeId node) const { return rows_[node.index()].owner; }

  Residual residual(NodeId node) const;
  // What a node would have left if these grants of `demand`, all of them its own, were given back.
  Residual ResidualWithout(NodeId node, std::span<const NodeGrant> grants,
                           const Demand& demand) const;
  uint32_t cpu_left(NodeId node) const { return rows_[node.index()].cpu_milli; }
  uint32_t memory_left(NodeId node) const { return rows_[node.index()].memory_mib; }
  // Thousandths left on each GPU; zero past the last one.
  void FreeByGpu(NodeId node, std::array<uint16_t, policies::kMaxGpusPerNode>* gpu_milli) const;

  // Takes `replicas` × `demand` from a node and appends what was taken: one grant of whole GPUs, or
  // one grant for each fractional replica. A share goes to the fullest GPU that can hold it, lowest
  // number first. The caller has checked that it fits.
  void Take(NodeId node, const Demand& demand, uint32_t replicas, GrantList* grants);
  // Gives one grant of `demand` back.
  void Give(const NodeGrant& grant, const Demand& demand);
  // Takes what has just been given back: the same GPUs.
  void TakeBack(const NodeGrant& grant, const Demand& demand);

  // Place in the class index; owned by ClassIndex.
  struct ClassLink {
    uint32_t slot = UINT32_MAX;
    uint32_t position = 0;
  };
  ClassLink& link(NodeId node) { return rows_[node.index()].link; }
  const ClassLink& link(NodeId node) const { return rows_[node.index()].link; }

  // Bounds over all nodes ever added.
  uint32_t max_gpus() const { return max_gpus_; }
  uint32_t max_cpu_milli() const { return max_cpu_milli_; }
  uint32_t max_memory_mib() const { return max_memory_mib_; }

 private:
  struct Row {
    UsdPerHour ask;
    ClassLink link;
    uint32_t shape = 0;
    uint32_t cpu_milli = 0;
    uint32_t memory_mib = 0;
    uint32_t owner = 0;
    float reputation = 1;
    float hazard_per_h = 0;
    uint32_t shares = UINT32_MAX;  // row of shares_ while shared_mask is not zero
    uint16_t free_mask = 0;        // bit g: nobody uses GPU g
    uint16_t shared_mask = 0;      // bit g: GPU g is used in thousandths
    bool present = true;
  };
  // Thousandths left on each shared GPU of a node.
  using Shares = std::array<uint16_t, policies::kMaxGpusPerNode>;

  int PickSharedGpu(const Row& row, uint16_t gpu_milli) const;
  NodeGrant TakeShare(Row& row, uint16_t gpu_milli);
  void TakeShareOf(Row& row, int gpu, uint16_t gpu_milli);
  void GiveShare(Row& row, int gpu, uint16_t gpu_milli);

  std::vector<Row> rows_;
  struct ShapeHash {
    size_t operator()(const NodeShape& shape) const;
  };

  std::deque<NodeShape> shapes_;  // addresses stay valid
  absl::flat_hash_map<NodeShape, uint32_t, ShapeHash> shape_ids_;
  std::vector<Shares> shares_;
  std::vector<uint32_t> free_shares_;
  uint32_t last_shape_ = 0;
  uint32_t max_gpus_ = 0, max_cpu_milli_ = 0, max_memory_mib_ = 0;
};

}  // namespace orrery::cluster
