// The scores of all node classes for one task shape, kept as a tournament tree.
//
// A score is computed once for a class and again only when the class became another one; the tree
// is refreshed from the class index's change log when a question is asked. With C classes and k of
// them changed since the last question a refresh costs O(k log C), whatever the number of nodes.
#pragma once

#include <bit>
#include <cstdint>
#include <functional>
#include <vector>

#include "policies/api/decision.h"
#include "policies/api/place.h"
#include "sim/base/demand.h"
#include "sim/base/random.h"
#include "sim/cluster/class_index.h"
#include "sim/cluster/eligibility.h"

namespace orrery::cluster {

// What all placement indices of a cluster share.
struct PlacementContext {
  const policies::PlacePolicy* policy = nullptr;
  policies::PlaceTraits traits;
  TieRule tie_rule = TieRule::kLowestId;
  const ClassIndex* classes = nullptr;
  const NodeStore* nodes = nullptr;
  const Atlas* atlas = nullptr;
  const policies::FleetInfo* fleet = nullptr;
};

class PlacementIndex {
 public:
  PlacementIndex(const PlacementContext* context, const policies::TaskShape& shape,
                 const Requirements& requirements);

  // Takes in all changes of the classes. Every question below does so first.
  void Refresh();
  // Replicas that would fit now, all nodes together.
  uint64_t Capacity();
  // Replicas that all nodes together would hold if they were empty and all there: one that is away
  // may come back. Asks and reputations are taken as they are now.
  uint64_t EmptyCapacity() const;
  // Puts `replicas` replicas; false (and `placement` empty) if they do not fit. O(log C) for one;
  // with random ties also O(equally good nodes × log) where they have an order inside a class.
  // `draw` serves random choices: a new one for each attempt of each job, so that they do not
  // depend on what else happened.
  bool Place(uint32_t replicas, Draw& draw, policies::Placement* placement);

  // Whether a node meets the requirements, with the maximum price and the least reputation,
  // whatever it has left.
  bool EligibleNode(NodeId node) const;

  const policies::TaskShape& shape() const { return shape_; }

 private:
  struct Entry {
    double score = 0;
    uint64_t tie = 0;
    uint32_t fit = 0;       // replicas that one node of the class holds; 0: none, or no members
    uint32_t count = 0;     // members
    uint32_t version = 0;   // of the class when it was scored
    uint32_t full_fit = 0;  // as fit, members or not
    double class_score = 0;
  };
  enum : uint8_t { kUnknown, kBarred, kAllowed };
  struct ShapeVerdict {
    uint8_t eligible = kUnknown;
    double penalty = 0;  // preferences and pair score
  };

  const ShapeVerdict& Verdict(uint32_t shape_id, const policies::NodeShape& shape) const;
  bool Runs(const policies::NodeShape& shape) const;
  bool Near(const policies::NodeShape& shape) const;
  bool AskAllowed(UsdPerHour ask) const { return ask <= requirements_.max_price; }
  void Grow();
  void Resync();
  void Replay(uint64_t end);
  void Update(uint32_t slot);
  void Score(uint32_t slot, Entry& entry);
  void Meet(uint32_t slot, uint32_t version, Entry& entry);
  double PolicyScore(const ClassIndex::Class& cls) const;
  void Propagate(uint32_t slot);
  // A class's (score, tie) as one number, the best ones first: it is compared without a branch, for
  // who wins is as good as random. Among classes without room it does not matter who does.
  using Rank = unsigned __int128;
  Rank RankOf(uint32_t slot) const {
    const auto bits = std::bit_cast<uint64_t>(entries_[slot].score + 0.0);  // -0 is 0
    const auto sign = static_cast<uint64_t>(static_cast<int64_t>(bits) >> 63);
    return (static_cast<Rank>(bits ^ (sign | uint64_t{1} << 63)) << 64) | entries_[slot].tie;
  }
  bool Better(uint32_t a, uint32_t b) const { return RankOf(a) < RankOf(b); }
  uint32_t Best() const { return tree_.empty() ? kNoSlot : tree_[1]; }
  bool Live(uint32_t slot) const { return slot != kNoSlot && entries_[slot].fit > 0; }

  bool PlaceInOrder(uint32_t replicas, policies::Placement* placement);
  bool PlaceAtRandom(uint32_t replicas, Draw& draw, policies::Placement* placement);
  // As PlaceInOrder, with nodes of equal score in random order.
  bool PlaceAmongEquals(uint32_t replicas, Draw& draw, policies::Placement* placement);
  void SpreadRest(uint32_t left, const std::vector<uint32_t>& fits,
                  policies::Placement* placement) const;
  struct Member {
    double score;
    uint64_t attribute;  // ClassIndex::Attribute
    NodeId node;
    uint32_t slot;
  };
  static bool IsBetter(const Member& a, const Member& b);
  std::vector<Member> MembersUpTo(const Member& worst) const;
  void EachByScore(const std::function<bool(uint32_t slot)>& visit) const;
  NodeId RandomMember(uint32_t slot, Draw& draw) const;
  uint32_t RandomSlot(Draw& draw) const;
  // Calls visit(slot) for classes by ascending (score, tie) until it returns false.
  template <typename Visit>
  void VisitByScore(Visit visit) const;
  // Calls visit(node, slot) for nodes by ascending (score, order) until it returns false;
  // wanted(slot): members of a class that are looked at, at most.
  template <typename Wanted, typename Visit>
  void VisitNodesByScore(Wanted wanted, Visit visit) const;
  double MemberScore(uint32_t slot, NodeId node) const;

  static constexpr uint32_t kNoSlot = UINT32_MAX;

  const PlacementContext* context_;
  policies::TaskShape shape_;
  uint32_t room_needed_;
  Requirements requirements_;
  bool asks_matter_;     // the first member's ask may bar a class or change its score
  uint64_t cursor_ = 0;  // position in the change log
  uint64_t capacity_ = 0;
  std::vector<Entry> entries_;  // by slot
  std::vector<uint32_t> tree_;  // winners; leaves are implied: node i has children 2i and 2i + 1
  std::vector<uint32_t> nodes_below_;  // fitting nodes under each tree node, for random selection
  uint32_t leaves_ = 0;                // power of two
  mutable std::vector<ShapeVerdict> verdicts_;  // by node shape
};

}  // namespace orrery::cluster
