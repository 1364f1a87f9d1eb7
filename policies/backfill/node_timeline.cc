#include "policies/backfill/node_timeline.h"

#include <algorithm>

#include "policies/backfill/expected_end.h"
#include "sim/base/check.h"

namespace orrery::policies {
namespace {

// Set bits. The instruction for it is not in the baseline that we compile for.
constexpr uint32_t BitCount(uint32_t bits) {
  bits = bits - ((bits >> 1) & 0x5555);
  bits = (bits & 0x3333) + ((bits >> 2) & 0x3333);
  bits = (bits + (bits >> 4)) & 0x0f0f;
  return (bits + (bits >> 8)) & 0x1f;
}

bool TakesShares(const Demand& demand) { return demand.gpus > 0 && demand.gpu_milli < 1000; }

}  // namespace

NodePart PartOf(const NodeGrant& grant, const Demand& demand) {
  NodePart part{.node = grant.node, .replicas = grant.replicas, .gpu_milli = {}};
  for (size_t g = 0; g < kMaxGpusPerNode; ++g) {
    if ((grant.gpu_mask >> g) & 1) part.gpu_milli[g] = demand.gpu_milli;
  }
  return part;
}

NodeTimeline::NodeTimeline(const NodeShape& shape, SimTime now) {
  Free free{.cpu_milli = shape.cpu_milli,
            .memory_mib = shape.memory_mib,
            .whole_gpus = static_cast<uint16_t>((1u << shape.gpus) - 1),
            .gpu_milli = {}};
  std::fill_n(free.gpu_milli.begin(), shape.gpus, uint16_t{1000});
  segments_.push_back({now, free});
}

void NodeTimeline::DropPast(SimTime now) {
  segments_.erase(segments_.begin(), segments_.begin() + static_cast<std::ptrdiff_t>(At(now)));
}

size_t NodeTimeline::At(SimTime time) const {
  if (segments_.size() == 1 || time < segments_[1].from) return 0;
  const auto after = std::upper_bound(segments_.begin(), segments_.end(), time,
                                      [](SimTime t, const Segment& s) { return t < s.from; });
  return static_cast<size_t>(after - segments_.begin()) - 1;
}

uint32_t NodeTimeline::Count(const Free& free, const Demand& demand) {
  uint32_t count = 0xffff;
  if (demand.gpus > 0) {
    if (demand.gpu_milli == 1000) {
      count = BitCount(free.whole_gpus) / demand.gpus;
    } else {
      count = 0;
      for (uint16_t left : free.gpu_milli) count += left / uint32_t{demand.gpu_milli};
    }
    if (count == 0) return 0;
  }
  if (demand.cpu_milli > 0) count = std::min(count, free.cpu_milli / demand.cpu_milli);
  if (demand.memory_mib > 0) count = std::min(count, free.memory_mib / demand.memory_mib);
  return count;
}

uint32_t NodeTimeline::Fit(const Demand& demand, size_t segment) const {
  return Count(segments_[segment].free, demand);
}

void NodeTimeline::Narrow(const Free& free, bool shares, Free* least) {
  least->cpu_milli = std::min(least->cpu_milli, free.cpu_milli);
  least->memory_mib = std::min(least->memory_mib, free.memory_mib);
  least->whole_gpus &= free.whole_gpus;
  if (!shares) return;
  for (size_t g = 0; g < kMaxGpusPerNode; ++g) {
    least->gpu_milli[g] = std::min(least->gpu_milli[g], free.gpu_milli[g]);
  }
}

NodeTimeline::Free NodeTimeline::Least(size_t segment, SimTime to, bool shares) const {
  Free least = segments_[segment].free;
  for (size_t i = segment + 1; i < segments_.size() && segments_[i].from < to; ++i) {
    Narrow(segments_[i].free, shares, &least);
  }
  return least;
}

uint32_t NodeTimeline::FitThroughout(const Demand& demand, size_t segment, SimTime to) const {
  if (Fit(demand, segment) == 0) return 0;
  return Count(Least(segment, to, TakesShares(demand)), demand);
}

// A start in a segment is best at its beginning. Where a stay from there meets a segment in which
// nothing fits, none that begins before that one can do.
SimTime NodeTimeline::FirstStart(const Demand& demand, Duration length, SimTime from,
                                 SimTime before) const {
  const bool shares = TakesShares(demand);
  for (size_t i = At(from); i < segments_.size();) {
    const SimTime at = std::max(segments_[i].from, from);
    if (at >= before) break;
    const SimTime end = EndOf(at, length);
    Free least = segments_[i].free;
    size_t last = i;
    while (Count(least, demand) > 0) {
      if (++last == segments_.size() || segments_[last].from >= end) return at;
      Narrow(segments_[last].free, shares, &least);
    }
    i = Fit(demand, last) == 0 ? last + 1 : i + 1;
  }
  return SimTime::Never();
}

SimTime NodeTimeline::FreeSince(const Demand& demand, uint32_t count, SimTime time) const {
  size_t i = At(time);
  while (i > 0 && Fit(demand, i - 1) >= count) --i;
  return segments_[i].from;
}

void NodeTimeline::ChooseGpus(const Demand& demand, const Window& window, NodePart* part) const {
  Free least = Least(At(window.start), window.end, /*shares=*/true);
  part->gpu_milli.fill(0);
  for (uint32_t share = 0; share < uint32_t{demand.gpus} * part->replicas; ++share) {
    size_t best = kMaxGpusPerNode;
    for (size_t g = 0; g < kMaxGpusPerNode; ++g) {
      if (least.gpu_milli[g] < demand.gpu_milli) continue;
      if (best == kMaxGpusPerNode || least.gpu_milli[g] < least.gpu_milli[best]) best = g;
    }
    ORRERY_CHECK(best < kMaxGpusPerNode, part->node.value, part->replicas);
    least.gpu_milli[best] = static_cast<uint16_t>(least.gpu_milli[best] - demand.gpu_milli);
    part->gpu_milli[best] = static_cast<uint16_t>(part->gpu_milli[best] + demand.gpu_milli);
  }
}

size_t NodeTimeline::Split(SimTime time) {
  const size_t at = At(time);
  if (segments_[at].from >= time) return at;
  const Segment rest{time, segments_[at].free};
  segments_.insert(segments_.begin() + static_cast<std::ptrdiff_t>(at) + 1, rest);
  return at + 1;
}

void NodeTimeline::Change(const Demand& demand, const NodePart& part, const Window& window,
                          int sign) {
  const size_t first = Split(window.start);
  const size_t last = window.end == SimTime::Never() ? segments_.size() : Split(window.end);
  const uint32_t replicas = static_cast<uint32_t>(sign) * part.replicas;
  for (size_t i = first; i < last; ++i) {
    Free& free = segments_[i].free;
    free.cpu_milli += replicas * demand.cpu_milli;
    free.memory_mib += replicas * demand.memory_mib;
    for (size_t g = 0; g < kMaxGpusPerNode; ++g) {
      if (part.gpu_milli[g] == 0) continue;
      uint16_t& left = free.gpu_milli[g];
      left = static_cast<uint16_t>(left + sign * part.gpu_milli[g]);
      ORRERY_CHECK(left <= 1000, part.node.value, g, left);
      const unsigned bit = 1u << g;
      free.whole_gpus =
          static_cast<uint16_t>(left == 1000 ? free.whole_gpus | bit : free.whole_gpus & ~bit);
    }
  }
  if (last < segments_.size()) Join(last);
  Join(first);
}

void NodeTimeline::Join(size_t segment) {
  if (segment == 0 || !(segments_[segment].free == segments_[segment - 1].free)) return;
  segments_.erase(segments_.begin() + static_cast<std::ptrdiff_t>(segment));
}

bool NodeTimeline::Take(const Demand& demand, const NodePart& part, const Window& window) {
  if (window.start >= window.end) return true;
  const Free least = Least(At(window.start), window.end, /*shares=*/true);
  bool free = uint64_t{demand.cpu_milli} * part.replicas <= least.cpu_milli &&
              uint64_t{demand.memory_mib} * part.replicas <= least.memory_mib;
  for (size_t g = 0; g < kMaxGpusPerNode; ++g) free &= part.gpu_milli[g] <= least.gpu_milli[g];
  if (free) Change(demand, part, window, -1);
  return free;
}

void NodeTimeline::Give(const Demand& demand, const NodePart& part, const Window& window) {
  if (window.start < window.end) Change(demand, part, window, 1);
}

}  // namespace orrery::policies
