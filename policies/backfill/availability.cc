#include "policies/backfill/availability.h"

#include <algorithm>

#include "policies/backfill/expected_end.h"
#include "sim/base/check.h"

namespace orrery::policies {

void Availability::AddNodes(const ClusterView& view) {
  for (auto n = static_cast<uint32_t>(nodes_.size()); n < view.node_count(); ++n) {
    nodes_.emplace_back(view.node_shape(NodeId(n)), view.now());
  }
}

void Availability::DropPast(SimTime now) {
  for (NodeTimeline& node : nodes_) node.DropPast(now);
}

// A fleet has many nodes that are the same from the beginning of a search to its end: those go into
// one count.
void Availability::AddStep(SimTime from, SimTime at, int64_t change) const {
  if (at == from) {
    first_count_ += change;
  } else {
    steps_.push_back({at, change});
  }
}

void Availability::BeginSteps() const {
  first_count_ = 0;
  steps_.clear();
}

void Availability::AddFitSteps(const NodeTimeline& node, const Demand& demand, SimTime from,
                               SimTime to) const {
  int64_t count = 0;
  for (size_t i = node.At(from); i < node.size() && node.from(i) < to; ++i) {
    const int64_t fits = node.Fit(demand, i);
    if (fits != count) AddStep(from, std::max(node.from(i), from), fits - count);
    count = fits;
  }
}

// How many replicas could start on a node is constant between two kinds of times: those at which a
// segment begins, and those from which on a stay would reach into another segment.
void Availability::AddStartSteps(const NodeTimeline& node, const Demand& demand, Duration length,
                                 SimTime from, SimTime before) const {
  int64_t count = 0;
  SimTime at = from;
  for (size_t i = node.At(from); at < before;) {
    const int64_t fits = node.FitThroughout(demand, i, EndOf(at, length));
    if (fits != count) AddStep(from, at, fits - count);
    count = fits;
    const SimTime leaves = i + 1 < node.size() ? node.from(i + 1) : SimTime::Never();
    SimTime reaches = SimTime::Never();
    if (node.Fit(demand, i) > 0) {
      size_t next = i + 1;
      while (next < node.size() && node.from(next) - length < at) ++next;
      if (next < node.size()) reaches = node.from(next) - length + Duration::Nanos(1);
    }
    at = std::min(leaves, reaches);
    if (at == leaves) ++i;
  }
}

void Availability::SortSteps() const {
  std::sort(steps_.begin(), steps_.end(), [](const Step& a, const Step& b) { return a.at < b.at; });
}

// The first time from which on enough replicas fit for `length`.
std::optional<SimTime> Availability::FirstLongEnough(uint32_t replicas, Duration length,
                                                     SimTime from) const {
  int64_t fit = first_count_;
  SimTime since = fit >= replicas ? from : SimTime::Never();
  for (size_t i = 0; i < steps_.size();) {
    const SimTime at = steps_[i].at;
    if (since != SimTime::Never() && EndOf(since, length) <= at) break;
    for (; i < steps_.size() && steps_[i].at == at; ++i) fit += steps_[i].change;
    if (fit < replicas) {
      since = SimTime::Never();
    } else if (since == SimTime::Never()) {
      since = at;
    }
  }
  if (since == SimTime::Never()) return std::nullopt;
  return since;
}

// The first time at which enough replicas could start.
std::optional<SimTime> Availability::FirstEnough(uint32_t replicas, SimTime from) const {
  int64_t fit = first_count_;
  if (fit >= replicas) return from;
  for (size_t i = 0; i < steps_.size();) {
    const SimTime at = steps_[i].at;
    for (; i < steps_.size() && steps_[i].at == at; ++i) fit += steps_[i].change;
    if (fit >= replicas) return at;
  }
  return std::nullopt;
}

// Over the speeds of nodes, fastest first: `add` puts in the steps of a node that is fast enough
// for a run of a length, `first` finds the first start before `before` in them.
template <typename Add, typename First>
std::optional<Window> Availability::EarliestOfSpeeds(const ClusterView& view, const JobInfo& job,
                                                     SimTime before, Add add, First first) const {
  const std::vector<NodeId>& eligible = terrain_->Eligible(view, job);
  const std::vector<double> speeds = terrain_->SpeedTable(view, job);
  std::optional<Window> best;
  for (double speed : terrain_->Speeds(view, job)) {
    const Duration length = WholeRunTimeAt(job, speed);
    BeginSteps();
    for (NodeId node : eligible) {
      if (terrain_->SpeedOn(speeds, node) >= speed) add(nodes_[node.index()], length, before);
    }
    SortSteps();
    const std::optional<SimTime> start = first(length);
    if (!start || *start >= before) continue;
    best = Window{.start = *start, .end = EndOf(*start, length)};
    before = *start;  // a slower one must begin earlier to be preferred
  }
  return best;
}

std::optional<Window> Availability::EarliestByCount(const ClusterView& view, const JobInfo& job,
                                                    SimTime from, SimTime before) const {
  return EarliestOfSpeeds(
      view, job, before,
      [&](const NodeTimeline& node, Duration length, SimTime until) {
        AddFitSteps(node, job.demand, from, EndOf(until, length));
      },
      [&](Duration length) { return FirstLongEnough(job.replicas, length, from); });
}

std::optional<Window> Availability::EarliestBound(const ClusterView& view, const JobInfo& job,
                                                  SimTime from, SimTime before) const {
  if (job.replicas == 1) return EarliestOnOneNode(view, job, from, before);
  return EarliestOfSpeeds(
      view, job, before,
      [&](const NodeTimeline& node, Duration length, SimTime until) {
        AddStartSteps(node, job.demand, length, from, until);
      },
      [&](Duration) { return FirstEnough(job.replicas, from); });
}

std::optional<Window> Availability::EarliestOnOneNode(const ClusterView& view, const JobInfo& job,
                                                      SimTime from, SimTime before) const {
  const std::vector<double> speeds = terrain_->SpeedTable(view, job);
  std::optional<Window> best;
  for (NodeId node : terrain_->Eligible(view, job)) {
    const double speed = terrain_->SpeedOn(speeds, node);
    if (!(speed > 0)) continue;
    const Duration length = WholeRunTimeAt(job, speed);
    // A start together with the best so far counts where the run is shorter.
    const bool shorter = best && EndOf(best->start, length) < best->end;
    const SimTime limit = shorter ? best->start + Duration::Nanos(1) : before;
    const SimTime start = nodes_[node.index()].FirstStart(job.demand, length, from, limit);
    if (start >= limit) continue;
    best = Window{.start = start, .end = EndOf(start, length)};
    before = start;
  }
  return best;
}

std::optional<Window> Availability::EarliestOn(const ClusterView& view, const JobInfo& job,
                                               NodeId node, const Window& span) const {
  if (!terrain_->Eligible(view, job.shape, node)) return std::nullopt;
  const double speed = view.Speed(job, terrain_->model(node));
  if (!(speed > 0)) return std::nullopt;
  const Duration length = WholeRunTimeAt(job, speed);
  const SimTime from = std::max(view.now(), span.start - length + Duration::Nanos(1));
  if (from >= span.end) return std::nullopt;
  const SimTime start = nodes_[node.index()].FirstStart(job.demand, length, from, span.end);
  if (start >= span.end) return std::nullopt;
  return Window{.start = start, .end = EndOf(start, length)};
}

std::optional<Stay> Availability::Bind(const ClusterView& view, const JobInfo& job,
                                       const Window& window) const {
  struct Choice {
    SimTime since;
    NodeId node;
    uint32_t replicas;
  };
  const std::vector<double> speeds = terrain_->SpeedTable(view, job);
  std::vector<Choice> choices;
  for (NodeId node : terrain_->Eligible(view, job)) {
    const double speed = terrain_->SpeedOn(speeds, node);
    if (!(speed > 0) || EndOf(window.start, WholeRunTimeAt(job, speed)) > window.end) continue;
    const NodeTimeline& timeline = nodes_[node.index()];
    const uint32_t replicas = std::min(timeline.FitThroughout(job.demand, window), job.replicas);
    if (replicas == 0) continue;
    const SimTime since = timeline.FreeSince(job.demand, replicas, window.start);
    choices.push_back({std::max(since, view.now()), node, replicas});
  }
  std::stable_sort(choices.begin(), choices.end(),
                   [](const Choice& a, const Choice& b) { return a.since > b.since; });
  Stay stay{.window = window, .parts = {}};
  uint32_t missing = job.replicas;
  for (const Choice& choice : choices) {
    if (missing == 0) break;
    const uint32_t replicas = std::min(choice.replicas, missing);
    stay.parts.push_back({.node = choice.node, .replicas = replicas, .gpu_milli = {}});
    missing -= replicas;
  }
  if (missing > 0) return std::nullopt;
  return stay;
}

std::optional<Stay> Availability::BindTo(const ClusterView& view, const JobInfo& job,
                                         const Placement& placement, SimTime from) const {
  const Duration length = WholeRunTimeAt(job, SpeedOn(view, job, placement));
  Stay stay{.window = {.start = from, .end = EndOf(from, length)}, .parts = {}};
  for (const NodeShare& share : placement) {
    const NodeTimeline& timeline = nodes_[share.node.index()];
    if (timeline.FitThroughout(job.demand, stay.window) < share.replicas) return std::nullopt;
    stay.parts.push_back({.node = share.node, .replicas = share.replicas, .gpu_milli = {}});
  }
  return stay;
}

SimTime Availability::LatestNeed(const ClusterView& view, const JobInfo& job,
                                 const Window& window) const {
  // At one speed an earlier window of the same length is free from this one's start on: there this
  // one itself is.
  const std::vector<double> speeds = terrain_->Speeds(view, job);
  if (speeds.size() <= 1) return window.start;
  return EndOf(window.start, WholeRunTimeAt(job, speeds.back()));
}

bool Availability::HasRoom(const ClusterView& view, const JobInfo& job, NodeId node, SimTime from,
                           SimTime to) const {
  if (!terrain_->Eligible(view, job.shape, node)) return false;
  const NodeTimeline& timeline = nodes_[node.index()];
  for (size_t i = timeline.At(from); i < timeline.size() && timeline.from(i) < to; ++i) {
    if (timeline.Fit(job.demand, i) > 0) return true;
  }
  return false;
}

bool Availability::Take(const Demand& demand, Stay* stay) {
  for (size_t p = 0; p < stay->parts.size(); ++p) {
    NodePart& part = stay->parts[p];
    NodeTimeline& timeline = nodes_[part.node.index()];
    if (terrain_->present(part.node) &&
        timeline.FitThroughout(demand, stay->window) >= part.replicas) {
      timeline.ChooseGpus(demand, stay->window, &part);
      if (timeline.Take(demand, part, stay->window)) continue;
    }
    while (p-- > 0) {
      nodes_[stay->parts[p].node.index()].Give(demand, stay->parts[p], stay->window);
    }
    return false;
  }
  return true;
}

void Availability::TakeBack(const Demand& demand, const Stay& stay) {
  for (const NodePart& part : stay.parts) {
    const bool taken = nodes_[part.node.index()].Take(demand, part, stay.window);
    ORRERY_CHECK(taken, part.node.value);
  }
}

void Availability::Give(const Demand& demand, const Stay& stay) {
  for (const NodePart& part : stay.parts) {
    nodes_[part.node.index()].Give(demand, part, stay.window);
  }
}

bool Availability::TakeGrants(const Demand& demand, std::span<const NodeGrant> grants,
                              const Window& window) {
  for (size_t i = 0; i < grants.size(); ++i) {
    NodeTimeline& timeline = nodes_[grants[i].node.index()];
    if (timeline.Take(demand, PartOf(grants[i], demand), window)) continue;
    GiveGrants(demand, grants.first(i), window);
    return false;
  }
  return true;
}

void Availability::GiveGrants(const Demand& demand, std::span<const NodeGrant> grants,
                              const Window& window) {
  for (const NodeGrant& grant : grants) {
    nodes_[grant.node.index()].Give(demand, PartOf(grant, demand), window);
  }
}

}  // namespace orrery::policies
