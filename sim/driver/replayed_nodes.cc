#include "sim/driver/replayed_nodes.h"

#include <utility>

#include "sim/base/units.h"

namespace orrery::driver {

using failure::Replay;
using failure::ReplayParams;
using failure::Spell;

namespace {

constexpr uint32_t kNoTrace = UINT32_MAX;

Result<Replay> OpenTrace(const ReplayParams::Trace& params, Duration from, Duration horizon) {
  auto trace = failure::ReadSpells(params.format, params.file);
  if (!trace) return tl::unexpected<Error>(trace.error());
  const Duration span = trace->span;
  if (from >= span || horizon > span - from) {
    const std::string days = std::to_string(span / Duration::Hours(24));
    const std::string wanted =
        horizon == Duration::Max()
            ? "a `horizon` within that"
            : FormatDuration(horizon) + " after `from`, " + FormatDuration(from);
    return MakeError(params.file, "tells of " + days + " days, expected " + wanted);
  }
  return Replay(std::make_shared<const failure::SpellTrace>(std::move(*trace)), from);
}

class Owners final : public failure::OwnerPresence {
 public:
  Owners(ReplayedNodes nodes, uint32_t count) : nodes_(std::move(nodes)) {
    for (uint32_t n = 0; n < count; ++n) spells_.push_back(nodes_.First(NodeId(n)));
  }
  bool on(NodeId node) const override { return spells_[node.index()].on; }
  SimTime until(NodeId node) const override { return spells_[node.index()].until; }
  void Turn(NodeId node) override {
    spells_[node.index()] = nodes_.Next(node, spells_[node.index()]);
  }
  Duration notice(NodeId) const override { return {}; }
  SimTime shift(RegionId) const override { return SimTime::Never(); }
  void Shift(RegionId) override {}

 private:
  ReplayedNodes nodes_;
  std::vector<Spell> spells_;
};

}  // namespace

Result<ReplayedNodes> ReplayedNodes::Open(const ReplayParams& params,
                                          const scenario::Scenario& scenario, StreamName stream,
                                          uint32_t replicate, const cluster::ClusterState& state) {
  ReplayedNodes replayed;
  std::vector<std::vector<uint32_t>> machines;  // to draw from, by trace
  std::vector<uint32_t> by_region(scenario.regions.size(), kNoTrace);
  uint32_t others = kNoTrace;
  for (uint32_t t = 0; t < params.traces.size(); ++t) {
    const ReplayParams::Trace& trace = params.traces[t];
    auto replay = OpenTrace(trace, params.from, scenario.horizon);
    if (!replay) return tl::unexpected<Error>(replay.error());
    machines.push_back(replay->Seen());
    if (machines.back().empty()) {
      return MakeError(trace.file, "tells of no machine at `from`, " + FormatDuration(params.from) +
                                       ", expected some");
    }
    replayed.traces_.push_back(std::move(*replay));
    (trace.region.valid() ? by_region[trace.region.index()] : others) = t;
  }
  const RandomStreams random(scenario.seed, replicate);
  for (uint32_t n = 0; n < state.node_count(); ++n) {
    uint32_t trace = by_region[state.node_shape(NodeId(n)).region.index()];
    if (trace == kNoTrace) trace = others;
    Follows follows{.trace = trace};
    if (trace != kNoTrace) {
      Draw draw = random.Stream(stream, n).At(0);
      follows.machine = machines[trace][draw.UniformInt(machines[trace].size())];
    }
    replayed.nodes_.push_back(follows);
  }
  return replayed;
}

Spell ReplayedNodes::First(NodeId node) const {
  const Follows& follows = nodes_[node.index()];
  return follows.trace == kNoTrace ? Spell() : traces_[follows.trace].First(follows.machine);
}

Spell ReplayedNodes::Next(NodeId node, const Spell& last) const {
  const Follows& follows = nodes_[node.index()];
  return traces_[follows.trace].Next(follows.machine, last);
}

std::unique_ptr<failure::OwnerPresence> ReplayedOwners(ReplayedNodes nodes, uint32_t node_count) {
  return std::make_unique<Owners>(std::move(nodes), node_count);
}

}  // namespace orrery::driver
