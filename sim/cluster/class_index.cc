#include "sim/cluster/class_index.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <queue>

#include "sim/base/check.h"

namespace orrery::cluster {

using policies::GpuRoom;
using policies::InClassOrder;

namespace {

constexpr size_t kFirstLogSize = 4096;
// Emptied classes kept beyond as many as are live.
constexpr uint32_t kSpareClasses = 1024;
constexpr int kIdBits = 24;

uint64_t Mix(uint64_t hash, uint64_t value) {
  const unsigned __int128 product =
      static_cast<unsigned __int128>(hash ^ value) * 0x9e3779b97f4a7c15ull;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace

size_t ClassIndex::KeyHash::operator()(const Key& key) const {
  const Residual& r = key.residual;
  uint64_t hash = Mix(0x243f6a8885a308d3ull + key.shape + (uint64_t{key.reputation_band} << 32),
                      (uint64_t{r.cpu_milli} << 32) | r.memory_mib);
  hash = Mix(hash, (uint64_t{r.whole_gpus} << 8) | r.partial_gpus);
  for (int g = 0; g < r.partial_gpus; ++g)
    hash = Mix(hash, r.partial_milli[static_cast<size_t>(g)]);
  return static_cast<size_t>(Mix(hash, static_cast<uint64_t>(key.ask)));
}

ClassIndex::ClassIndex(NodeStore* nodes, InClassOrder in_class, TieRule tie_rule)
    : nodes_(nodes), order_(in_class), tie_rule_(tie_rule), log_(kFirstLogSize) {}

uint64_t ClassIndex::Attribute(NodeId node) const {
  const auto float_order = [](float value) { return uint64_t{std::bit_cast<uint32_t>(value)}; };
  switch (order_) {
    case InClassOrder::kTieRule:
      return 0;
    case InClassOrder::kNodeId:
      return node.value;
    case InClassOrder::kAsk:
      return static_cast<uint64_t>(nodes_->ask(node).micros());
    case InClassOrder::kReputation:  // higher is better
      return float_order(2.0f) - float_order(nodes_->reputation(node));
    case InClassOrder::kHazard:
      return float_order(nodes_->hazard_per_h(node));
  }
  return 0;
}

uint64_t ClassIndex::OrderKey(NodeId node) const {
  return (Attribute(node) << kIdBits) | (ranks_.empty() ? node.value : ranks_[node.index()]);
}

// Numbers the nodes by hazard, equal ones by id. Hazards do not change.
void ClassIndex::RankByHazard() {
  std::vector<uint32_t> order(nodes_->size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [this](uint32_t a, uint32_t b) {
    const float x = nodes_->hazard_per_h(NodeId(a)), y = nodes_->hazard_per_h(NodeId(b));
    return x != y ? x < y : a < b;
  });
  ranks_.resize(order.size());
  for (uint32_t rank = 0; rank < order.size(); ++rank) ranks_[order[rank]] = rank;
}

ClassIndex::Key ClassIndex::KeyOf(NodeId node) const {
  return {.shape = nodes_->shape_id(node),
          .residual = nodes_->residual(node),
          .ask = split_by_ask_ ? nodes_->ask(node).micros() : -1,
          .reputation_band = ReputationBand(nodes_->reputation(node))};
}

uint16_t ClassIndex::ReputationBand(float reputation) const {
  const auto above = std::upper_bound(reputations_.begin(), reputations_.end(), reputation);
  return static_cast<uint16_t>(above - reputations_.begin());
}

void ClassIndex::Rebuild() {
  ORRERY_CHECK(nodes_->size() < (1u << kIdBits), nodes_->size());
  if (tie_rule_ == TieRule::kMostReliable) RankByHazard();
  classes_.clear();
  heads_.clear();
  slots_.clear();
  free_slots_.clear();
  emptied_.clear();
  live_ = 0;
  log_.assign(kFirstLogSize, {});
  log_end_ += 2 * kFirstLogSize;  // whoever follows the log sees that it lost the thread
  for (uint32_t n = 0; n < nodes_->size(); ++n) {
    nodes_->link(NodeId(n)).slot = UINT32_MAX;
    if (nodes_->present(NodeId(n))) Enter(NodeId(n));
  }
}

void ClassIndex::SplitByAsk() {
  if (split_by_ask_) return;
  split_by_ask_ = true;
  Rebuild();
}

void ClassIndex::SplitByReputation(float at_least) {
  const auto at = std::lower_bound(reputations_.begin(), reputations_.end(), at_least);
  if (at != reputations_.end() && *at == at_least) return;
  ORRERY_CHECK(reputations_.size() < UINT16_MAX, at_least);
  reputations_.insert(at, at_least);
  Rebuild();
}

void ClassIndex::Enter(NodeId node) {
  const uint32_t slot = SlotFor(KeyOf(node), node);
  if (heads_[slot].count == 0) ++live_;
  Push(slot, node);
  Touch(slot, GpuRoom(classes_[slot].view.residual));
}

void ClassIndex::Leave(NodeId node) {
  const uint32_t slot = nodes_->link(node).slot;
  ORRERY_CHECK(slot < classes_.size(), node.value, slot);
  Remove(slot, node);
  nodes_->link(node).slot = UINT32_MAX;
  if (heads_[slot].count == 0) {
    --live_;
    emptied_.push_back(slot);
    if (emptied_.size() > 2 * (size_t{live_} + kSpareClasses)) Retire();
  }
  Touch(slot, GpuRoom(classes_[slot].view.residual));
}

uint32_t ClassIndex::SlotFor(const Key& key, NodeId node) {
  const auto found = slots_.find(key);
  if (found != slots_.end()) return found->second;
  if (emptied_.size() > size_t{live_} + kSpareClasses) Retire();
  uint32_t slot;
  if (free_slots_.empty()) {
    slot = static_cast<uint32_t>(classes_.size());
    classes_.emplace_back();
    heads_.emplace_back();
    // The log must hold every slot a few times over, or followers would often start from scratch.
    if (log_.size() < classes_.size() * 4) {
      log_.assign(log_.size() * 2, {});
      log_end_ += 2 * log_.size();
    }
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
  }
  Class& cls = classes_[slot];
  cls.view.shape = &nodes_->shape(node);
  cls.view.residual = key.residual;
  cls.shape_id = key.shape;
  cls.reputation_band = key.reputation_band;
  heads_[slot].version = ++last_version_;
  Touch(slot, kRenamed);
  slots_.emplace(key, slot);
  return slot;
}

// Frees the emptied classes that were emptied longest ago, down to half of what may be kept.
void ClassIndex::Retire() {
  const size_t keep = (size_t{live_} + kSpareClasses) / 2;
  while (emptied_.size() > keep) {
    const uint32_t slot = emptied_.front();
    emptied_.pop_front();
    Class& cls = classes_[slot];
    if (cls.view.count > 0 || cls.view.shape == nullptr) continue;
    const Key key{cls.shape_id, cls.view.residual, split_by_ask_ ? cls.view.first_ask.micros() : -1,
                  cls.reputation_band};
    slots_.erase(key);
    cls.view.shape = nullptr;
    free_slots_.push_back(slot);
  }
}

void ClassIndex::Touch(uint32_t slot, uint32_t gpu_room) {
  heads_[slot].last_change = log_end_;
  log_[log_end_ & (log_.size() - 1)] = {slot, gpu_room};
  ++log_end_;
}

void ClassIndex::Push(uint32_t slot, NodeId node) {
  Class& cls = classes_[slot];
  nodes_->link(node) = {slot, static_cast<uint32_t>(cls.members.size())};
  cls.members.push_back(node.value);
  Settle(cls, static_cast<uint32_t>(cls.members.size() - 1), node);
  heads_[slot].count = ++cls.view.count;
  RefreshFirst(slot);
}

void ClassIndex::Remove(uint32_t slot, NodeId node) {
  Class& cls = classes_[slot];
  const uint32_t position = nodes_->link(node).position;
  const NodeId last(cls.members.back());
  cls.members.pop_back();
  heads_[slot].count = --cls.view.count;
  if (last != node) Settle(cls, position, last);
  // An emptied class keeps its first_ask: it is part of its key where asks split classes.
  if (cls.view.count > 0) RefreshFirst(slot);
}

// Puts `node` at `position` of the heap and moves it up or down to where it belongs.
void ClassIndex::Settle(Class& cls, uint32_t position, NodeId node) {
  std::vector<uint32_t>& heap = cls.members;
  const uint64_t key = OrderKey(node);
  const auto put = [&](uint32_t at, uint32_t member) {
    heap[at] = member;
    nodes_->link(NodeId(member)).position = at;
  };
  while (position > 0) {
    const uint32_t parent = (position - 1) / 2;
    if (OrderKey(NodeId(heap[parent])) <= key) break;
    put(position, heap[parent]);
    position = parent;
  }
  const uint32_t size = static_cast<uint32_t>(heap.size());
  for (uint32_t child = 2 * position + 1; child < size; child = 2 * position + 1) {
    if (child + 1 < size && OrderKey(NodeId(heap[child + 1])) < OrderKey(NodeId(heap[child]))) {
      ++child;
    }
    if (OrderKey(NodeId(heap[child])) >= key) break;
    put(position, heap[child]);
    position = child;
  }
  heap[position] = node.value;
  nodes_->link(node).position = position;
}

void ClassIndex::RefreshFirst(uint32_t slot) {
  Class& cls = classes_[slot];
  const NodeId first(cls.members.front());
  if (cls.view.first == first && cls.view.count > 1) return;
  cls.view.first = first;
  cls.view.first_ask = nodes_->ask(first);
  cls.view.first_reputation = nodes_->reputation(first);
  heads_[slot].first_key = OrderKey(first);
}

void ClassIndex::FirstMembers(uint32_t slot, size_t limit, std::vector<NodeId>* out) const {
  const std::vector<uint32_t>& heap = classes_[slot].members;
  using Item = std::pair<uint64_t, uint32_t>;  // order, position
  std::priority_queue<Item, std::vector<Item>, std::greater<>> frontier;
  if (!heap.empty()) frontier.emplace(OrderKey(NodeId(heap[0])), 0);
  while (!frontier.empty() && limit-- > 0) {
    const uint32_t position = frontier.top().second;
    frontier.pop();
    out->push_back(NodeId(heap[position]));
    for (uint32_t child : {2 * position + 1, 2 * position + 2}) {
      if (child < heap.size()) frontier.emplace(OrderKey(NodeId(heap[child])), child);
    }
  }
}

}  // namespace orrery::cluster
