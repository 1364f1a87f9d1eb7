#include "policies/backfill/gains.h"

#include <algorithm>
#include <tuple>

namespace orrery::policies {
namespace {

bool On(const Stay& stay, NodeId node) {
  return std::any_of(stay.parts.begin(), stay.parts.end(),
                     [&](const NodePart& part) { return part.node == node; });
}

}  // namespace

void Gains::BeginSweep() {
  for (const Gain& gain : later_) gains_.Add(gain);
  later_.clear();
  sweeping_ = true;
}

void Gains::EndSweep() {
  sweeping_ = false;
  gains_.clear();
}

// A row that is out of date names no gain, or another node's.
void Gains::List::Add(const Gain& gain) {
  const size_t key = gain.node.valid() ? gain.node.index() + 1 : 0;
  if (key >= row_.size()) row_.resize(key + 1);
  const uint32_t row = row_[key];
  if (row < gains_.size() && gains_[row].node == gain.node) {
    gains_[row].from = std::min(gains_[row].from, gain.from);
    gains_[row].to = std::max(gains_[row].to, gain.to);
  } else {
    row_[key] = static_cast<uint32_t>(gains_.size());
    gains_.push_back(gain);
  }
}

void Gains::List::ForgetNodes() {
  if (gains_.empty()) return;
  Gain all{NodeId::None(), gains_.front().from, gains_.front().to};
  for (const Gain& gain : gains_) {
    all.from = std::min(all.from, gain.from);
    all.to = std::max(all.to, gain.to);
  }
  gains_.clear();
  Add(all);
}

void Gains::Add(NodeId node, SimTime from, SimTime to) {
  if (from >= to) return;
  gains_.Add({node, from, to});
  if (sweeping_) later_.Add({node, from, to});
}

void Gains::Add(const Stay& stay) {
  for (const NodePart& part : stay.parts) Add(part.node, stay.window.start, stay.window.end);
}

void Gains::ForgetNodes() {
  gains_.ForgetNodes();
  later_.ForgetNodes();
}

bool Gains::HelpByCount(const ClusterView& view, const JobInfo& job, const Stay& stay,
                        const Availability& free) const {
  if (gains_.empty()) return false;
  const SimTime limit = free.LatestNeed(view, job, stay.window);
  return std::any_of(gains_.begin(), gains_.end(), [&](const Gain& gain) {
    const SimTime from = std::max(gain.from, view.now());
    const SimTime to = std::min(gain.to, limit);
    if (from >= to) return false;
    // The job would have the room of its own reservation, too.
    const bool in_own = from < stay.window.end && stay.window.start < to;
    return !gain.node.valid() || (in_own && On(stay, gain.node)) ||
           free.HasRoom(view, job, gain.node, from, to);
  });
}

// A window that is there only now reaches into what was gained.
Window Gains::SpanOf(const Gain& gain, const Window& before) {
  return {.start = gain.from, .end = std::min(gain.to, before.start)};
}

bool Gains::HelpBound(const ClusterView& view, const JobInfo& job, const Stay& stay,
                      const Availability& free) const {
  return std::any_of(gains_.begin(), gains_.end(), [&](const Gain& gain) {
    return !gain.node.valid() || On(stay, gain.node) ||
           free.EarliestOn(view, job, gain.node, SpanOf(gain, stay.window));
  });
}

std::optional<Stay> Gains::EarliestBound(const ClusterView& view, const JobInfo& job,
                                         const Window& before, const Availability& free) const {
  std::optional<Stay> best;
  for (const Gain& gain : gains_) {
    const auto window = free.EarliestOn(view, job, gain.node, SpanOf(gain, before));
    if (!window) continue;
    const auto rank = [](const Window& w, NodeId node) { return std::tuple(w.start, w.end, node); };
    if (!best || rank(*window, gain.node) < rank(best->window, best->parts.front().node)) {
      best =
          Stay{.window = *window, .parts = {{.node = gain.node, .replicas = 1, .gpu_milli = {}}}};
    }
  }
  return best;
}

bool Gains::anywhere() const {
  return std::any_of(gains_.begin(), gains_.end(),
                     [](const Gain& gain) { return !gain.node.valid(); });
}

}  // namespace orrery::policies
