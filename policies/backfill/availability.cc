#include "policies/backfill/availability.h"

#include <algorithm>
#include <functional>

#include "policies/backfill/expected_end.h"
#include "sim/base/check.h"

namespace orrery::policies {
namespace {

// Takes what running jobs hold now off their nodes, and gives it back at their expected ends, which
// the view goes through in order.
class Replay final : public JobVisitor {
 public:
  using Hold = std::function<void(const JobInfo&, SimTime end)>;
  Replay(SimTime now, Hold hold) : now_(now), hold_(std::move(hold)) {}
  bool Visit(const JobInfo& job) override {
    hold_(job, ExpectedEndOf(job, now_));
    return true;
  }

 private:
  SimTime now_;
  Hold hold_;
};

Stay::Part PartOf(const NodeGrant& grant, const Demand& demand) {
  Stay::Part part{.node = grant.node, .replicas = grant.replicas, .gpu_milli = {}};
  for (size_t g = 0; g < kMaxGpusPerNode; ++g) {
    if ((grant.gpu_mask >> g) & 1) part.gpu_milli[g] = demand.gpu_milli;
  }
  return part;
}

}  // namespace

void Availability::Rebuild(const ClusterView& view) {
  const SimTime now = view.now();
  nodes_.resize(view.node_count());
  present_.resize(view.node_count());
  models_.clear();
  for (std::vector<NodeId>& nodes : eligible_) nodes.clear();
  for (uint32_t n = 0; n < view.node_count(); ++n) {
    const NodeId node(n);
    const NodeShape& shape = view.node_shape(node);
    Free free{.cpu_milli = shape.cpu_milli, .memory_mib = shape.memory_mib, .gpu_milli = {}};
    std::fill_n(free.gpu_milli.begin(), shape.gpus, uint16_t{1000});
    nodes_[n].assign(1, {now, free});
    present_[n] = view.present(node);
    if (present_[n] &&
        std::find(models_.begin(), models_.end(), shape.gpu_model) == models_.end()) {
      models_.push_back(shape.gpu_model);
    }
  }
  first_end_ = SimTime::Never();
  Replay replay(now, [&](const JobInfo& job, SimTime end) {
    const bool taken = TakeGrants(job, view.grants(job.slot), end);
    ORRERY_CHECK(taken, job.id.value);
  });
  view.VisitRunning(replay);
}

bool Availability::TakeGrants(const JobInfo& job, std::span<const NodeGrant> grants, SimTime end) {
  for (size_t i = 0; i < grants.size(); ++i) {
    const Stay::Part part = PartOf(grants[i], job.demand);
    const Window window{.start = nodes_[part.node.index()].front().from, .end = end};
    if (Change(job.demand, part, window, -1)) continue;
    for (size_t taken = 0; taken < i; ++taken) {
      Change(job.demand, PartOf(grants[taken], job.demand), window, 1);
    }
    return false;
  }
  first_end_ = std::min(first_end_, end);
  return true;
}

uint32_t Availability::FitCount(const Free& free, const Demand& demand) {
  uint32_t count = UINT32_MAX;
  if (demand.gpus > 0) {
    count = 0;
    if (demand.gpu_milli == 1000) {
      for (uint16_t left : free.gpu_milli) count += left == 1000;
    } else {
      for (uint16_t left : free.gpu_milli) count += left / uint32_t{demand.gpu_milli};
    }
    count /= demand.gpus;
  }
  if (demand.cpu_milli > 0) count = std::min(count, free.cpu_milli / demand.cpu_milli);
  if (demand.memory_mib > 0) count = std::min(count, free.memory_mib / demand.memory_mib);
  return std::min(count, uint32_t{0xffff});
}

size_t Availability::SegmentAt(const Timeline& timeline, SimTime time) {
  const auto after = std::upper_bound(timeline.begin(), timeline.end(), time,
                                      [](SimTime t, const Segment& s) { return t < s.from; });
  return after == timeline.begin() ? 0 : static_cast<size_t>(after - timeline.begin()) - 1;
}

size_t Availability::Split(Timeline& timeline, SimTime time) {
  const size_t at = SegmentAt(timeline, time);
  if (timeline[at].from >= time) return at;
  const Segment rest{time, timeline[at].free};
  timeline.insert(timeline.begin() + static_cast<std::ptrdiff_t>(at) + 1, rest);
  return at + 1;
}

Availability::Free Availability::Least(const Timeline& timeline, SimTime from, SimTime to) {
  size_t i = SegmentAt(timeline, from);
  Free least = timeline[i].free;
  for (++i; i < timeline.size() && timeline[i].from < to; ++i) {
    const Free& free = timeline[i].free;
    least.cpu_milli = std::min(least.cpu_milli, free.cpu_milli);
    least.memory_mib = std::min(least.memory_mib, free.memory_mib);
    for (size_t g = 0; g < kMaxGpusPerNode; ++g) {
      least.gpu_milli[g] = std::min(least.gpu_milli[g], free.gpu_milli[g]);
    }
  }
  return least;
}

double Availability::NodeSpeed(const ClusterView& view, const JobInfo& job, NodeId node) {
  return view.Speed(job, view.node_shape(node).gpu_model);
}

// The different speeds of a job on this fleet, fastest first.
std::vector<double> Availability::Speeds(const ClusterView& view, const JobInfo& job) const {
  std::vector<double> speeds;
  for (GpuModelId model : models_) {
    const double speed = view.Speed(job, model);
    if (speed > 0) speeds.push_back(speed);
  }
  std::sort(speeds.begin(), speeds.end(), std::greater<>());
  speeds.erase(std::unique(speeds.begin(), speeds.end()), speeds.end());
  return speeds;
}

const std::vector<NodeId>& Availability::Eligible(const ClusterView& view,
                                                  const JobInfo& job) const {
  if (job.shape.index() >= eligible_.size()) eligible_.resize(job.shape.index() + 1);
  std::vector<NodeId>& eligible = eligible_[job.shape.index()];
  if (!eligible.empty()) return eligible;
  for (uint32_t n = 0; n < nodes_.size(); ++n) {
    if (present_[n] && view.Eligible(job.shape, NodeId(n))) eligible.push_back(NodeId(n));
  }
  return eligible;
}

void Availability::AddFitSteps(const Timeline& timeline, const Demand& demand, SimTime from,
                               SimTime to) const {
  int64_t count = 0;
  for (size_t i = SegmentAt(timeline, from); i < timeline.size(); ++i) {
    if (timeline[i].from >= to) return;
    const auto fits = static_cast<int64_t>(FitCount(timeline[i].free, demand));
    if (fits != count) steps_.push_back({std::max(timeline[i].from, from), fits - count});
    count = fits;
  }
}

// How many replicas could start on a node is constant between two kinds of times: those at which a
// segment begins, and those from which on a stay would reach into another segment.
void Availability::AddStartSteps(const Timeline& timeline, const Demand& demand, Duration length,
                                 SimTime from, SimTime before) const {
  int64_t count = 0;
  SimTime at = from;
  while (at < before) {
    const Free least = Least(timeline, at, EndOf(at, length));
    const auto fits = static_cast<int64_t>(FitCount(least, demand));
    if (fits != count) steps_.push_back({at, fits - count});
    count = fits;
    SimTime next = SimTime::Never();
    for (size_t i = SegmentAt(timeline, at) + 1; i < timeline.size(); ++i) {
      const SimTime begin = timeline[i].from;
      next = std::min(next, begin);
      if (begin - length >= at) {
        next = std::min(next, begin - length + Duration::Nanos(1));
        break;
      }
    }
    at = next;
  }
}

void Availability::SortSteps() const {
  std::sort(steps_.begin(), steps_.end(), [](const Step& a, const Step& b) { return a.at < b.at; });
}

// The first time from which on enough replicas fit for `length`.
std::optional<SimTime> Availability::FirstLongEnough(uint32_t replicas, Duration length,
                                                     SimTime before) const {
  int64_t fit = 0;
  SimTime since = SimTime::Never();
  for (size_t i = 0; i < steps_.size();) {
    const SimTime at = steps_[i].at;
    if (since != SimTime::Never() && EndOf(since, length) <= at) return since;
    for (; i < steps_.size() && steps_[i].at == at; ++i) fit += steps_[i].change;
    if (fit < replicas) {
      since = SimTime::Never();
    } else if (since == SimTime::Never()) {
      since = at;
    }
    if (since == SimTime::Never() && at >= before) return std::nullopt;
  }
  if (since == SimTime::Never()) return std::nullopt;
  return since;
}

// The first time at which enough replicas could start.
std::optional<SimTime> Availability::FirstEnough(uint32_t replicas) const {
  int64_t fit = 0;
  for (size_t i = 0; i < steps_.size();) {
    const SimTime at = steps_[i].at;
    for (; i < steps_.size() && steps_[i].at == at; ++i) fit += steps_[i].change;
    if (fit >= replicas) return at;
  }
  return std::nullopt;
}

std::optional<Window> Availability::EarliestByCount(const ClusterView& view, const JobInfo& job,
                                                    SimTime from, SimTime before) const {
  const std::vector<NodeId>& eligible = Eligible(view, job);
  std::optional<Window> best;
  for (double speed : Speeds(view, job)) {
    const Duration length = RunTimeAt(job, speed);
    steps_.clear();
    for (NodeId node : eligible) {
      if (NodeSpeed(view, job, node) < speed) continue;
      AddFitSteps(nodes_[node.index()], job.demand, from, EndOf(before, length));
    }
    SortSteps();
    const std::optional<SimTime> start = FirstLongEnough(job.replicas, length, before);
    if (!start || *start >= before) continue;
    best = Window{.start = *start, .end = EndOf(*start, length)};
    before = *start;  // a slower one must begin earlier to be preferred
  }
  return best;
}

std::optional<Window> Availability::EarliestBound(const ClusterView& view, const JobInfo& job,
                                                  SimTime from, SimTime before) const {
  const std::vector<NodeId>& eligible = Eligible(view, job);
  std::optional<Window> best;
  for (double speed : Speeds(view, job)) {
    const Duration length = RunTimeAt(job, speed);
    steps_.clear();
    for (NodeId node : eligible) {
      if (NodeSpeed(view, job, node) < speed) continue;
      AddStartSteps(nodes_[node.index()], job.demand, length, from, before);
    }
    SortSteps();
    const std::optional<SimTime> start = FirstEnough(job.replicas);
    if (!start) continue;
    best = Window{.start = *start, .end = EndOf(*start, length)};
    before = *start;
  }
  return best;
}

SimTime Availability::FreeSince(const Timeline& timeline, const Demand& demand, uint32_t count,
                                SimTime time) {
  size_t i = SegmentAt(timeline, time);
  while (i > 0 && FitCount(timeline[i - 1].free, demand) >= count) --i;
  return timeline[i].from;
}

std::optional<Stay> Availability::Bind(const ClusterView& view, const JobInfo& job,
                                       const Window& window) const {
  struct Choice {
    SimTime since;
    NodeId node;
    uint32_t replicas;
  };
  std::vector<Choice> choices;
  for (NodeId node : Eligible(view, job)) {
    const double speed = NodeSpeed(view, job, node);
    if (!(speed > 0) || EndOf(window.start, RunTimeAt(job, speed)) > window.end) continue;
    const Timeline& timeline = nodes_[node.index()];
    const uint32_t replicas =
        std::min(FitCount(Least(timeline, window.start, window.end), job.demand), job.replicas);
    if (replicas == 0) continue;
    choices.push_back({FreeSince(timeline, job.demand, replicas, window.start), node, replicas});
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
  const Duration length = RunTimeAt(job, SpeedOn(view, job, placement));
  Stay stay{.window = {.start = from, .end = EndOf(from, length)}, .parts = {}};
  for (const NodeShare& share : placement) {
    const Free least = Least(nodes_[share.node.index()], from, stay.window.end);
    if (FitCount(least, job.demand) < share.replicas) return std::nullopt;
    stay.parts.push_back({.node = share.node, .replicas = share.replicas, .gpu_milli = {}});
  }
  return stay;
}

SimTime Availability::LatestNeed(const ClusterView& view, const JobInfo& job,
                                 const Window& window) const {
  // At one speed an earlier window of the same length is free from this one's start on: there this
  // one itself is.
  const std::vector<double> speeds = Speeds(view, job);
  if (speeds.size() <= 1) return window.start;
  return EndOf(window.start, RunTimeAt(job, speeds.back()));
}

bool Availability::HasRoom(const ClusterView& view, const JobInfo& job, NodeId node, SimTime from,
                           SimTime to) const {
  if (!present_[node.index()] || !view.Eligible(job.shape, node)) return false;
  const Timeline& timeline = nodes_[node.index()];
  for (size_t i = SegmentAt(timeline, from); i < timeline.size() && timeline[i].from < to; ++i) {
    if (FitCount(timeline[i].free, job.demand) > 0) return true;
  }
  return false;
}

bool Availability::ChooseGpus(const Demand& demand, const Window& window, Stay::Part* part) const {
  if (!present_[part->node.index()]) return false;
  Free least = Least(nodes_[part->node.index()], window.start, window.end);
  if (FitCount(least, demand) < part->replicas) return false;
  part->gpu_milli.fill(0);
  for (uint32_t share = 0; share < uint32_t{demand.gpus} * part->replicas; ++share) {
    size_t best = kMaxGpusPerNode;
    for (size_t g = 0; g < kMaxGpusPerNode; ++g) {
      if (least.gpu_milli[g] < demand.gpu_milli) continue;
      if (best == kMaxGpusPerNode || least.gpu_milli[g] < least.gpu_milli[best]) best = g;
    }
    least.gpu_milli[best] = static_cast<uint16_t>(least.gpu_milli[best] - demand.gpu_milli);
    part->gpu_milli[best] = static_cast<uint16_t>(part->gpu_milli[best] + demand.gpu_milli);
  }
  return true;
}

bool Availability::Change(const Demand& demand, const Stay::Part& part, const Window& window,
                          int sign) {
  const uint32_t cpu_milli = demand.cpu_milli * part.replicas;
  const uint32_t memory_mib = demand.memory_mib * part.replicas;
  Timeline& timeline = nodes_[part.node.index()];
  if (sign < 0) {
    const Free least = Least(timeline, window.start, window.end);
    bool free = cpu_milli <= least.cpu_milli && memory_mib <= least.memory_mib;
    for (size_t g = 0; g < kMaxGpusPerNode; ++g) free &= part.gpu_milli[g] <= least.gpu_milli[g];
    if (!free) return false;
  }
  const size_t first = Split(timeline, window.start);
  const size_t last =
      window.end == SimTime::Never() ? timeline.size() : Split(timeline, window.end);
  const auto factor = static_cast<uint32_t>(sign);
  for (size_t i = first; i < last; ++i) {
    Free& free = timeline[i].free;
    free.cpu_milli += factor * cpu_milli;
    free.memory_mib += factor * memory_mib;
    for (size_t g = 0; g < kMaxGpusPerNode; ++g) {
      free.gpu_milli[g] = static_cast<uint16_t>(free.gpu_milli[g] + sign * part.gpu_milli[g]);
      ORRERY_CHECK(free.gpu_milli[g] <= 1000, part.node.value, g, free.gpu_milli[g]);
    }
  }
  return true;
}

bool Availability::Take(const Demand& demand, Stay* stay) {
  for (size_t p = 0; p < stay->parts.size(); ++p) {
    if (ChooseGpus(demand, stay->window, &stay->parts[p])) {
      Change(demand, stay->parts[p], stay->window, -1);
      continue;
    }
    for (size_t taken = 0; taken < p; ++taken) Change(demand, stay->parts[taken], stay->window, 1);
    return false;
  }
  return true;
}

void Availability::Give(const Demand& demand, const Stay& stay) {
  for (const Stay::Part& part : stay.parts) Change(demand, part, stay.window, 1);
}

}  // namespace orrery::policies
