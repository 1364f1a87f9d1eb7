#include "sim/cluster/remaining_index.h"

#include <algorithm>

#include "sim/base/check.h"

namespace orrery::cluster {
namespace {

constexpr size_t kMaxBlock = 256;

}  // namespace

size_t RemainingIndex::BlockOf(const QueueEntry& entry) const {
  const auto after = std::upper_bound(
      blocks_.begin(), blocks_.end(), entry,
      [](const QueueEntry& e, const Block& block) { return e < block.front().entry; });
  return after == blocks_.begin() ? 0 : static_cast<size_t>(after - blocks_.begin()) - 1;
}

Duration RemainingIndex::LeastOf(const Block& block) {
  Duration least = Duration::Max();
  for (const Item& item : block) least = std::min(least, item.remaining);
  return least;
}

void RemainingIndex::NoteKind(const policies::JobInfo& job) {
  const bool known = std::any_of(kinds_.begin(), kinds_.end(), [&](const policies::JobInfo& kind) {
    return kind.job_class == job.job_class && kind.type == job.type &&
           kind.reference_gpu == job.reference_gpu;
  });
  if (!known) kinds_.push_back(job);
}

void RemainingIndex::Insert(const QueueEntry& entry, const policies::JobInfo& job) {
  NoteKind(job);
  const Duration remaining = RemainingOf(job);
  ++size_;
  if (blocks_.empty()) {
    blocks_.push_back({{entry, remaining}});
    least_.push_back(remaining);
    return;
  }
  const size_t b = BlockOf(entry);
  Block& block = blocks_[b];
  const auto at =
      std::lower_bound(block.begin(), block.end(), entry,
                       [](const Item& item, const QueueEntry& e) { return item.entry < e; });
  block.insert(at, {entry, remaining});
  least_[b] = std::min(least_[b], remaining);
  if (block.size() > kMaxBlock) Split(b);
}

void RemainingIndex::Split(size_t b) {
  const auto middle = blocks_[b].begin() + static_cast<std::ptrdiff_t>(blocks_[b].size() / 2);
  Block back(middle, blocks_[b].end());
  blocks_[b].erase(middle, blocks_[b].end());
  least_[b] = LeastOf(blocks_[b]);
  const auto next = static_cast<std::ptrdiff_t>(b) + 1;
  least_.insert(least_.begin() + next, LeastOf(back));
  blocks_.insert(blocks_.begin() + next, std::move(back));
}

void RemainingIndex::Erase(const QueueEntry& entry) {
  ORRERY_CHECK(!blocks_.empty(), entry.job.value);
  const size_t b = BlockOf(entry);
  Block& block = blocks_[b];
  const auto at =
      std::lower_bound(block.begin(), block.end(), entry,
                       [](const Item& item, const QueueEntry& e) { return item.entry < e; });
  ORRERY_CHECK(at != block.end() && at->entry == entry, entry.job.value);
  const bool was_least = at->remaining == least_[b];
  block.erase(at);
  --size_;
  if (block.empty()) {
    blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(b));
    least_.erase(least_.begin() + static_cast<std::ptrdiff_t>(b));
  } else if (was_least) {
    least_[b] = LeastOf(block);
  }
}

const QueueEntry* RemainingIndex::FirstAfter(const QueueEntry& turn, Duration longest) const {
  if (blocks_.empty()) return nullptr;
  for (size_t b = BlockOf(turn); b < blocks_.size(); ++b) {
    if (least_[b] > longest) continue;
    for (const Item& item : blocks_[b]) {
      if (item.remaining <= longest && turn < item.entry) return &item.entry;
    }
  }
  return nullptr;
}

}  // namespace orrery::cluster
