// Random ties: each of several equally good nodes has the same chance. The choice is made for the
// job and attempt at hand; which node a draw stands for depends on the order in which the nodes
// came into their class.
#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <tuple>

#include "sim/cluster/placement_index.h"

namespace orrery::cluster {

using policies::Placement;

namespace {

// Gives the numbers below `size` in random order, each once, without listing them (Fisher-Yates on
// a sparse array).
class RandomOrder {
 public:
  explicit RandomOrder(uint64_t size) : left_(size) {}

  bool empty() const { return left_ == 0; }
  uint64_t Next(Draw& draw) {
    const uint64_t at = left_ == 1 ? 0 : draw.UniformInt(left_);
    const uint64_t chosen = At(at);
    moved_[at] = At(--left_);
    return chosen;
  }

 private:
  uint64_t At(uint64_t at) const {
    const auto found = moved_.find(at);
    return found == moved_.end() ? at : found->second;
  }

  uint64_t left_;
  absl::flat_hash_map<uint64_t, uint64_t> moved_;
};

}  // namespace

bool PlacementIndex::IsBetter(const Member& a, const Member& b) {
  return std::tie(a.score, a.attribute) < std::tie(b.score, b.attribute);
}

bool PlacementIndex::PlaceAmongEquals(uint32_t replicas, Draw& draw, Placement* placement) {
  uint32_t left = replicas;
  std::vector<uint32_t> fits;
  const auto take = [&](NodeId node, uint32_t fit) {
    const uint32_t here = std::min(context_->traits.pack_replicas ? fit : 1u, left);
    placement->push_back({node, here});
    fits.push_back(fit);
    left -= here;
  };
  if (context_->traits.in_class != policies::InClassOrder::kTieRule) {
    // The last node that an ordered placement needs says how good the nodes must be.
    PlaceInOrder(replicas, placement);
    const NodeId last = placement->back().node;
    placement->clear();
    const uint32_t slot = context_->nodes->link(last).slot;
    const std::vector<Member> members =
        MembersUpTo({MemberScore(slot, last), context_->classes->Attribute(last), last, slot});
    for (auto begin = members.begin(); begin != members.end() && left > 0;) {
      const auto end =
          std::find_if(begin, members.end(), [&](const Member& m) { return IsBetter(*begin, m); });
      for (RandomOrder order(static_cast<uint64_t>(end - begin)); left > 0 && !order.empty();) {
        const Member& member = begin[static_cast<std::ptrdiff_t>(order.Next(draw))];
        take(member.node, entries_[member.slot].fit);
      }
      begin = end;
    }
  } else {
    std::vector<uint32_t> equals;  // classes of one score
    const auto take_equals = [&] {
      uint64_t nodes = 0;
      for (uint32_t slot : equals) nodes += entries_[slot].count;
      for (RandomOrder order(nodes); left > 0 && !order.empty();) {
        uint64_t pick = order.Next(draw);
        auto slot = equals.begin();
        for (; pick >= entries_[*slot].count; ++slot) pick -= entries_[*slot].count;
        take(NodeId(context_->classes->at(*slot).members[pick]), entries_[*slot].fit);
      }
      equals.clear();
    };
    EachByScore([&](uint32_t slot) {
      if (!equals.empty() && entries_[slot].score != entries_[equals.front()].score) take_equals();
      if (left > 0) equals.push_back(slot);
      return left > 0;
    });
    take_equals();
  }
  SpreadRest(left, fits, placement);
  return true;
}

// All nodes that are as good as `worst` or better, equals by id. In the heap of a class no member
// is better than its parent.
std::vector<PlacementIndex::Member> PlacementIndex::MembersUpTo(const Member& worst) const {
  std::vector<Member> found;
  std::vector<size_t> open;
  EachByScore([&](uint32_t slot) {
    if (entries_[slot].score > worst.score) return false;
    const std::vector<uint32_t>& heap = context_->classes->at(slot).members;
    open.assign(1, 0);
    while (!open.empty()) {
      const size_t at = open.back();
      open.pop_back();
      const NodeId node(heap[at]);
      const Member member{MemberScore(slot, node), context_->classes->Attribute(node), node, slot};
      if (IsBetter(worst, member)) continue;
      found.push_back(member);
      for (const size_t child : {2 * at + 1, 2 * at + 2}) {
        if (child < heap.size()) open.push_back(child);
      }
    }
    return true;
  });
  std::sort(found.begin(), found.end(), [](const Member& a, const Member& b) {
    return std::tie(a.score, a.attribute, a.node) < std::tie(b.score, b.attribute, b.node);
  });
  return found;
}

}  // namespace orrery::cluster
