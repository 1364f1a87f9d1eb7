// Groups the present nodes into classes of equal ones and keeps them there as jobs come and go.
//
// A class holds nodes with the same shape and residual (and ask, once any job names a maximum
// price; and on the same side of each least reputation that jobs name). Members form a binary heap
// in the order that the place role asks for, so the first one is at hand. Every change of a class
// is written to a log, from which the placement indices refresh what they have cached. Emptied
// classes are kept for a while: the same residuals come back.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <deque>
#include <vector>

#include "policies/api/node_class.h"
#include "policies/api/place.h"
#include "policies/api/ties.h"
#include "sim/cluster/node_store.h"

namespace orrery::cluster {

using policies::TieRule;

class ClassIndex {
 public:
  // `nodes` must outlive the index. All present nodes are entered by Rebuild().
  ClassIndex(NodeStore* nodes, policies::InClassOrder in_class, TieRule tie_rule);

  // Enters every present node anew. O(n log n).
  void Rebuild();
  // From now on nodes of a class also share their ask. O(n log n) the first time, then O(1).
  void SplitByAsk();
  bool split_by_ask() const { return split_by_ask_; }
  // From now on all nodes of a class have at least this reputation, or none has. O(n log n) the
  // first time for each value, then O(log values).
  void SplitByReputation(float at_least);
  // How many of those values a reputation reaches. O(log values).
  uint16_t ReputationBand(float reputation) const;

  // Takes a node out of its class, for a change of what it has left, and puts it into the class of
  // what it has now. O(log members).
  void Leave(NodeId node);
  void Enter(NodeId node);

  struct Class {
    policies::NodeClass view;
    uint32_t shape_id = 0;
    uint16_t reputation_band = 0;
    std::vector<uint32_t> members;
  };
  // What followers of the log look at first, kept together.
  struct Head {
    uint64_t last_change = 0;  // position in the log
    uint64_t first_key = 0;    // order of the first member, for ties between classes
    uint32_t version = 0;      // changes when the slot gets another shape, residual or ask
    uint32_t count = 0;        // members
  };
  // Slots from 0 to slot_count() − 1; a slot with view.count == 0 is unused at present.
  uint32_t slot_count() const { return static_cast<uint32_t>(classes_.size()); }
  const Class& at(uint32_t slot) const { return classes_[slot]; }
  const Head& head(uint32_t slot) const { return heads_[slot]; }
  // Classes with members.
  uint32_t live_count() const { return live_; }

  // An entry of the change log.
  struct Change {
    uint32_t slot = 0;
    // GpuRoom of the class: a follower whose demand needs more may pass over the change.
    uint32_t gpu_room = 0;
  };
  // Of a change after which the slot holds another class: of interest to every follower that still
  // remembers the old one, even if the slot has changed again since.
  static constexpr uint32_t kRenamed = UINT32_MAX;
  // The change log: positions from log_begin() to log_end() − 1; older ones are gone.
  uint64_t log_end() const { return log_end_; }
  uint64_t log_begin() const { return log_end_ > log_.size() ? log_end_ - log_.size() : 0; }
  const Change& logged(uint64_t position) const { return log_[position & (log_.size() - 1)]; }

  // Members of a class in order, up to `limit` of them. O(limit log limit).
  void FirstMembers(uint32_t slot, size_t limit, std::vector<NodeId>* out) const;

  // What the place role orders the nodes of a class by; equal ones follow the tie rule. 0 where it
  // leaves all to the tie rule.
  uint64_t Attribute(NodeId node) const;
  // Order of a node inside its class, ties settled; unique.
  uint64_t OrderKey(NodeId node) const;

 private:
  struct Key {
    uint32_t shape;
    Residual residual;
    int64_t ask;
    uint16_t reputation_band;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const;
  };

  void RankByHazard();
  Key KeyOf(NodeId node) const;
  uint32_t SlotFor(const Key& key, NodeId node);
  void Retire();
  void Touch(uint32_t slot, uint32_t gpu_room);
  void Push(uint32_t slot, NodeId node);
  void Remove(uint32_t slot, NodeId node);
  void Settle(Class& cls, uint32_t position, NodeId node);
  void RefreshFirst(uint32_t slot);

  NodeStore* nodes_;
  policies::InClassOrder order_;
  TieRule tie_rule_;
  std::vector<uint32_t> ranks_;  // by node: its number in the tie rule's order; empty: its id
  bool split_by_ask_ = false;
  std::vector<float> reputations_;  // that classes are split by, ascending
  std::vector<Class> classes_;      // by slot
  std::vector<Head> heads_;         // by slot
  absl::flat_hash_map<Key, uint32_t, KeyHash> slots_;
  std::vector<uint32_t> free_slots_;
  std::deque<uint32_t> emptied_;  // oldest first; may name slots that live again
  uint32_t live_ = 0;
  uint32_t last_version_ = 0;
  std::vector<Change> log_;
  uint64_t log_end_ = 0;
};

}  // namespace orrery::cluster
