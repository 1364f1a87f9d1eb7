#include "sim/cluster/placement_index.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <utility>

#include "sim/base/check.h"

namespace orrery::cluster {

using policies::Placement;
using policies::Selection;

namespace {

constexpr double kWorst = std::numeric_limits<double>::infinity();
constexpr uint32_t kFirstLeaves = 16;
constexpr uint64_t kReplayBlock = 256;

bool KeepsSums(const PlacementContext& context) {
  return context.traits.selection != Selection::kBest;
}

}  // namespace

PlacementIndex::PlacementIndex(const PlacementContext* context, const policies::TaskShape& shape,
                               const Requirements& requirements)
    : context_(context),
      shape_(shape),
      room_needed_(shape.demand.total_gpu_milli()),
      requirements_(requirements) {
  // Asks are for GPUs.
  if (shape.demand.gpus == 0) requirements_.max_price = Requirements().max_price;
  asks_matter_ = context->traits.uses_first || requirements_.HasMaxPrice();
}

// Whether the job's type runs on the node's GPU model at all.
bool PlacementIndex::Runs(const policies::NodeShape& shape) const {
  if (shape_.demand.gpus == 0 || !shape_.type.valid() || context_->fleet->speed == nullptr)
    return true;
  return context_->fleet->speed->Speed(shape_.job_class, shape_.type, shape_.reference_gpu,
                                       shape_.demand.gpus, shape.gpu_model) > 0;
}

bool PlacementIndex::Near(const policies::NodeShape& shape) const {
  if (!requirements_.HasMaxRtt() || context_->fleet->rtt == nullptr) return true;
  return context_->fleet->rtt->RttMs(shape_.client, shape) <= 1e3 * requirements_.max_rtt.seconds();
}

const PlacementIndex::ShapeVerdict& PlacementIndex::Verdict(
    uint32_t shape_id, const policies::NodeShape& shape) const {
  if (shape_id >= verdicts_.size()) verdicts_.resize(std::max<size_t>(shape_id + 1, 16));
  ShapeVerdict& verdict = verdicts_[shape_id];
  if (verdict.eligible == kUnknown) {
    verdict.eligible = Eligible(shape, shape_.demand, requirements_, *context_->atlas) &&
                               Runs(shape) && Near(shape)
                           ? kAllowed
                           : kBarred;
    verdict.penalty = PreferencePenalty(shape, requirements_);
    if (context_->traits.uses_client) {
      verdict.penalty += context_->policy->PairScore(shape_.client, shape, *context_->fleet);
    }
  }
  return verdict;
}

bool PlacementIndex::EligibleNode(NodeId node) const {
  const NodeStore& nodes = *context_->nodes;
  return Verdict(nodes.shape_id(node), nodes.shape(node)).eligible == kAllowed &&
         AskAllowed(nodes.ask(node)) && nodes.reputation(node) >= requirements_.min_reputation;
}

uint64_t PlacementIndex::EmptyCapacity() const {
  const NodeStore& nodes = *context_->nodes;
  std::vector<uint32_t> fit_of_shape(nodes.shapes().size(), UINT32_MAX);
  uint64_t total = 0;
  for (uint32_t n = 0; n < nodes.size(); ++n) {
    const NodeId node(n);
    if (!EligibleNode(node)) continue;
    uint32_t& fit = fit_of_shape[nodes.shape_id(node)];
    if (fit == UINT32_MAX) {
      const policies::NodeShape& shape = nodes.shape(node);
      fit = policies::FitCount({.cpu_milli = shape.cpu_milli,
                                .memory_mib = shape.memory_mib,
                                .whole_gpus = static_cast<uint8_t>(shape.gpus)},
                               shape_.demand);
    }
    total += fit;
  }
  return total;
}

void PlacementIndex::Refresh() {
  const ClassIndex& classes = *context_->classes;
  const uint64_t end = classes.log_end();
  if (cursor_ == end) return;
  if (classes.slot_count() > leaves_ || cursor_ < classes.log_begin()) {
    Resync();
    cursor_ = end;
  }
  while (cursor_ < end) Replay(std::min(end, cursor_ + kReplayBlock));
}

// Takes in the log's next changes, kReplayBlock of them at most. Of the changes of a class only the
// last one matters; it comes later in the log. Which ones pass is as good as random, so that none
// of them is worth a branch.
void PlacementIndex::Replay(uint64_t end) {
  const ClassIndex& classes = *context_->classes;
  std::array<uint32_t, kReplayBlock> slots;
  size_t count = 0;
  for (; cursor_ < end; ++cursor_) {
    const ClassIndex::Change& change = classes.logged(cursor_);
    const bool last = classes.head(change.slot).last_change == cursor_;
    const bool renamed = change.gpu_room == ClassIndex::kRenamed;
    slots[count] = change.slot;
    count += static_cast<size_t>(change.gpu_room >= room_needed_) & (last | renamed);
  }
  for (size_t i = 0; i < count; ++i) Update(slots[i]);
}

void PlacementIndex::Grow() {
  const uint32_t leaves = std::max(kFirstLeaves, std::bit_ceil(context_->classes->slot_count()));
  if (leaves == leaves_) return;
  leaves_ = leaves;
  entries_.resize(leaves_);
  tree_.assign(leaves_, kNoSlot);
  if (KeepsSums(*context_)) nodes_below_.assign(2 * size_t{leaves_}, 0);
}

void PlacementIndex::Resync() {
  Grow();
  const ClassIndex& classes = *context_->classes;
  capacity_ = 0;
  for (uint32_t slot = 0; slot < leaves_; ++slot) {
    Entry& entry = entries_[slot];
    if (slot < classes.slot_count()) {
      Score(slot, entry);
    } else {
      entry = Entry{};
      entry.score = kWorst;
    }
    capacity_ += uint64_t{entry.fit} * entry.count;
    if (KeepsSums(*context_)) nodes_below_[leaves_ + slot] = entry.fit > 0 ? entry.count : 0;
  }
  for (uint32_t i = leaves_ - 1; i > 0; --i) {
    const uint32_t left = 2 * i >= leaves_ ? 2 * i - leaves_ : tree_[2 * i];
    const uint32_t right = 2 * i + 1 >= leaves_ ? 2 * i + 1 - leaves_ : tree_[2 * i + 1];
    tree_[i] = Better(left, right) ? left : right;
    if (KeepsSums(*context_)) nodes_below_[i] = nodes_below_[2 * i] + nodes_below_[2 * i + 1];
  }
}

// Brings an entry up to date. The score itself is computed only for a class that it has not seen.
void PlacementIndex::Score(uint32_t slot, Entry& entry) {
  const ClassIndex::Head& head = context_->classes->head(slot);
  if (entry.version != head.version) Meet(slot, head.version, entry);
  entry.count = head.count;
  entry.fit = 0;
  entry.score = kWorst;
  if (entry.full_fit == 0 || head.count == 0) return;
  if (asks_matter_) {
    const ClassIndex::Class& cls = context_->classes->at(slot);
    if (!AskAllowed(cls.view.first_ask)) return;
    if (context_->traits.uses_first) entry.class_score = PolicyScore(cls);
  }
  entry.fit = entry.full_fit;
  entry.score = entry.class_score;
  entry.tie = head.first_key;
}

// Scores a class that the slot did not hold before.
void PlacementIndex::Meet(uint32_t slot, uint32_t version, Entry& entry) {
  const ClassIndex::Class& cls = context_->classes->at(slot);
  entry.version = version;
  entry.full_fit = 0;
  if (cls.view.shape == nullptr || Verdict(cls.shape_id, *cls.view.shape).eligible != kAllowed) {
    return;
  }
  if (requirements_.HasMinReputation() &&
      cls.reputation_band < context_->classes->ReputationBand(requirements_.min_reputation)) {
    return;
  }
  entry.full_fit = policies::FitCount(cls.view.residual, shape_.demand);
  if (entry.full_fit > 0 && !context_->traits.uses_first) entry.class_score = PolicyScore(cls);
}

double PlacementIndex::PolicyScore(const ClassIndex::Class& cls) const {
  return context_->policy->Score(shape_, cls.view, *context_->fleet) +
         verdicts_[cls.shape_id].penalty;
}

void PlacementIndex::Update(uint32_t slot) {
  Entry& entry = entries_[slot];
  // A class that holds no replica stays without effect as its members come and go.
  if (entry.full_fit == 0 && entry.version == context_->classes->head(slot).version) return;
  const double score = entry.score;
  const uint64_t tie = entry.tie;
  capacity_ -= uint64_t{entry.fit} * entry.count;
  Score(slot, entry);
  capacity_ += uint64_t{entry.fit} * entry.count;
  if (KeepsSums(*context_)) {
    const uint32_t before = nodes_below_[leaves_ + slot];
    const uint32_t after = entry.fit > 0 ? entry.count : 0;
    if (before != after) {
      for (uint32_t i = leaves_ + slot; i > 0; i /= 2) nodes_below_[i] += after - before;
    }
  }
  if (entry.score != score || (entry.tie != tie && entry.score < kWorst)) Propagate(slot);
}

void PlacementIndex::Propagate(uint32_t slot) {
  uint32_t winner = slot;
  Rank best = RankOf(slot);
  uint32_t other = slot ^ 1u;
  for (uint32_t i = (leaves_ + slot) / 2;; i /= 2) {
    const Rank rank = RankOf(other);
    const bool beaten = rank < best;
    winner = beaten ? other : winner;
    best = beaten ? rank : best;
    const uint32_t before = std::exchange(tree_[i], winner);
    // Where the winner stays another slot, nothing above has heard of this one.
    if ((winner == before && winner != slot) || i == 1) return;
    other = tree_[i ^ 1u];
  }
}

uint64_t PlacementIndex::Capacity() {
  Refresh();
  return capacity_;
}

bool PlacementIndex::Place(uint32_t replicas, Draw& draw, Placement* placement) {
  placement->clear();
  Refresh();
  if (capacity_ < replicas || replicas == 0) return false;
  if (context_->traits.selection != Selection::kBest) {
    return PlaceAtRandom(replicas, draw, placement);
  }
  if (context_->tie_rule == TieRule::kRandom) return PlaceAmongEquals(replicas, draw, placement);
  if (replicas == 1) {
    const uint32_t slot = Best();
    ORRERY_CHECK(Live(slot), slot, capacity_);
    placement->push_back({context_->classes->at(slot).view.first, 1});
    return true;
  }
  return PlaceInOrder(replicas, placement);
}

template <typename Visit>
void PlacementIndex::VisitByScore(Visit visit) const {
  const auto winner = [this](uint32_t i) { return i >= leaves_ ? i - leaves_ : tree_[i]; };
  const auto worse = [&](uint32_t a, uint32_t b) { return Better(winner(b), winner(a)); };
  std::vector<uint32_t> frontier{1};
  while (!frontier.empty()) {
    std::pop_heap(frontier.begin(), frontier.end(), worse);
    uint32_t i = frontier.back();
    frontier.pop_back();
    const uint32_t slot = winner(i);
    if (!Live(slot)) return;
    // Down to the leaf, leaving the losers on the way for later.
    while (i < leaves_) {
      const uint32_t left = 2 * i;
      const uint32_t loser = winner(left) == slot ? left + 1 : left;
      if (Live(winner(loser))) {
        frontier.push_back(loser);
        std::push_heap(frontier.begin(), frontier.end(), worse);
      }
      i = loser ^ 1u;
    }
    if (!visit(slot)) return;
  }
}

// The score of a member, where it may differ from the first one's.
double PlacementIndex::MemberScore(uint32_t slot, NodeId node) const {
  if (!context_->traits.uses_first) return entries_[slot].score;
  const ClassIndex::Class& cls = context_->classes->at(slot);
  policies::NodeClass member = cls.view;
  member.first = node;
  member.first_ask = context_->nodes->ask(node);
  member.first_reputation = context_->nodes->reputation(node);
  return context_->policy->Score(shape_, member, *context_->fleet) +
         verdicts_[cls.shape_id].penalty;
}

// Classes are merged: the second node of one may come after the first node of the next.
template <typename Wanted, typename Visit>
void PlacementIndex::VisitNodesByScore(Wanted wanted, Visit visit) const {
  struct Next {
    double score;
    uint64_t order;
    uint32_t slot;
    size_t list, member;
  };
  const auto later = [](const Next& a, const Next& b) {
    return a.score != b.score ? a.score > b.score : a.order > b.order;
  };
  std::vector<Next> frontier;  // a heap: of each class met so far, the member whose turn is next
  std::vector<std::vector<NodeId>> lists;
  const auto push = [&](uint32_t slot, size_t list, size_t member) {
    if (member == lists[list].size()) return;
    const NodeId node = lists[list][member];
    frontier.push_back({member == 0 ? entries_[slot].score : MemberScore(slot, node),
                        context_->classes->OrderKey(node), slot, list, member});
    std::push_heap(frontier.begin(), frontier.end(), later);
  };
  bool more = true;
  const auto visit_before = [&](double score, uint64_t order) {
    while (more && !frontier.empty()) {
      const Next next = frontier.front();
      if (!later({score, order, 0, 0, 0}, next)) return;
      std::pop_heap(frontier.begin(), frontier.end(), later);
      frontier.pop_back();
      more = visit(lists[next.list][next.member], next.slot);
      push(next.slot, next.list, next.member + 1);
    }
  };
  VisitByScore([&](uint32_t slot) {
    visit_before(entries_[slot].score, entries_[slot].tie);
    if (!more) return false;
    lists.emplace_back();
    context_->classes->FirstMembers(slot, wanted(slot), &lists.back());
    push(slot, lists.size() - 1, 0);
    return true;
  });
  visit_before(kWorst, 0);
}

bool PlacementIndex::PlaceInOrder(uint32_t replicas, Placement* placement) {
  uint32_t left = replicas;
  std::vector<uint32_t> fits;  // of each node in `placement`
  const auto each = [&](uint32_t slot) {
    return context_->traits.pack_replicas ? entries_[slot].fit : 1;
  };
  VisitNodesByScore([&](uint32_t slot) { return (left + each(slot) - 1) / each(slot); },
                    [&](NodeId node, uint32_t slot) {
                      const uint32_t here = std::min(each(slot), left);
                      placement->push_back({node, here});
                      fits.push_back(entries_[slot].fit);
                      left -= here;
                      return left > 0;
                    });
  SpreadRest(left, fits, placement);
  return true;
}

// Where there are fewer nodes than replicas, further rounds over the same nodes.
void PlacementIndex::SpreadRest(uint32_t left, const std::vector<uint32_t>& fits,
                                Placement* placement) const {
  while (left > 0) {
    const uint32_t before = left;
    for (size_t i = 0; i < placement->size() && left > 0; ++i) {
      if ((*placement)[i].replicas == fits[i]) continue;
      ++(*placement)[i].replicas;
      --left;
    }
    ORRERY_CHECK(left < before, left, capacity_);
  }
}

NodeId PlacementIndex::RandomMember(uint32_t slot, Draw& draw) const {
  const std::vector<uint32_t>& members = context_->classes->at(slot).members;
  return NodeId(members[members.size() == 1 ? 0 : draw.UniformInt(members.size())]);
}

uint32_t PlacementIndex::RandomSlot(Draw& draw) const {
  uint64_t pick = draw.UniformInt(nodes_below_[1]);
  uint32_t i = 1;
  while (i < leaves_) {
    i *= 2;
    if (pick >= nodes_below_[i]) {
      pick -= nodes_below_[i];
      ++i;
    }
  }
  return i - leaves_;
}

bool PlacementIndex::PlaceAtRandom(uint32_t replicas, Draw& draw, Placement* placement) {
  const auto sample = [&] {
    const uint32_t slot = RandomSlot(draw);
    return std::pair(slot, RandomMember(slot, draw));
  };
  const uint32_t tries =
      context_->traits.selection == Selection::kPowerOfD ? std::max(context_->traits.d, 1u) : 1;
  const bool random_ties = context_->tie_rule == TieRule::kRandom;
  uint32_t left = replicas;
  // Nodes drawn twice are passed over; when most of the fleet is taken, the rest goes in order.
  for (uint32_t misses = 0; left > 0 && misses < 8 + replicas;) {
    auto [slot, node] = sample();
    for (uint32_t t = 1; t < tries; ++t) {
      const auto [other_slot, other] = sample();
      const Entry& a = entries_[other_slot];
      const Entry& b = entries_[slot];
      // Where ties are random, the one drawn first is as good as any.
      if (a.score < b.score ||
          (a.score == b.score && !random_ties &&
           context_->classes->OrderKey(other) < context_->classes->OrderKey(node))) {
        slot = other_slot;
        node = other;
      }
    }
    const auto taken = std::find_if(placement->begin(), placement->end(),
                                    [&](const auto& share) { return share.node == node; });
    if (taken != placement->end()) {
      ++misses;
      continue;
    }
    const uint32_t here = std::min(context_->traits.pack_replicas ? entries_[slot].fit : 1u, left);
    placement->push_back({node, here});
    left -= here;
  }
  if (left == 0) return true;
  placement->clear();
  return random_ties ? PlaceAmongEquals(replicas, draw, placement)
                     : PlaceInOrder(replicas, placement);
}

void PlacementIndex::EachByScore(const std::function<bool(uint32_t slot)>& visit) const {
  VisitByScore([&](uint32_t slot) { return visit(slot); });
}

}  // namespace orrery::cluster
