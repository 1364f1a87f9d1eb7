#include "models/fleet/groups.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "sim/base/check.h"
#include "sim/base/distributions.h"
#include "sim/base/math.h"
#include "sim/base/random.h"
#include "sim/base/text.h"

namespace orrery::fleet {
namespace {

class Checker {
 public:
  std::vector<Finding> findings;

  void Check(const Group& group, const std::string& place) {
    place_ = place;
    if (group.name.empty()) Report("name", "got nothing, expected a name");
    if (group.gpus_per_node > kMaxGpusPerNode) {
      Report("gpus_per_node", "got " + std::to_string(group.gpus_per_node) + ", expected at most " +
                                  std::to_string(kMaxGpusPerNode));
    }
    if (group.gpus_per_node > 0 && !group.gpu_model.valid()) {
      Report("gpu_model", "got none, expected the model of the group's GPUs");
    }
    if (group.gpus_per_node == 0 && group.gpu_model.valid()) {
      Report("gpu_model", "got one for nodes without GPUs, expected none");
    }
    CheckRegions(group.regions);
    Number("verified_share", group.verified_share, 0, 1);
    Number("reputation_low", group.reputation_low, 0, 1);
    Number("reputation_high", group.reputation_high, group.reputation_low, 1);
    Number("hazard_per_h", group.hazard_per_h, 0, 1e3);
    Number("ask.sigma", group.ask.sigma, 0, 5);
    // $1 million an hour is a slip of the units.
    Number("ask.median", group.ask.median.dollars(), 0, 1e6);
    if (group.ask.tick < UsdPerHour::Micros(1)) {
      Report("ask.tick", "got none, expected at least $0.000001/h");
    }
  }

 private:
  void Report(const std::string& key, std::string what) {
    findings.push_back({place_ + "." + key, std::move(what)});
  }
  void Number(const std::string& key, double value, double least, double most) {
    if (value >= least && value <= most) return;  // false for NaN
    Report(key, "got " + FormatDouble(value) + ", expected " + FormatDouble(least) + " … " +
                    FormatDouble(most));
  }
  void CheckRegions(const std::vector<RegionWeight>& regions) {
    double sum = 0;
    for (size_t i = 0; i < regions.size(); ++i) {
      const std::string key = "regions[" + std::to_string(i) + "]";
      if (!regions[i].region.valid()) Report(key + ".region", "got none, expected a region");
      Number(key + ".weight", regions[i].weight, 0, 1e12);
      sum += regions[i].weight;
    }
    if (!(sum > 0)) Report("regions", "got no region with a weight above 0");
  }

  std::string place_;
};

// A group made ready for drawing.
struct Source {
  Source(const Group& group, NodeId first_node, uint32_t first_owner)
      : first(first_node.value),
        owner(first_owner),
        nodes_per_owner(group.nodes_per_owner == 0 ? std::max(1u, group.nodes)
                                                   : group.nodes_per_owner),
        stream(StreamName::FromText("fleet/" + group.name)),
        verified_share(group.verified_share),
        reputation_low(group.reputation_low),
        reputation_span(group.reputation_high - group.reputation_low),
        ask(group.ask) {
    base.gpu_model = group.gpu_model;
    base.gpus = group.gpus_per_node;
    base.cpu_milli = group.cpu_milli;
    base.memory_mib = group.memory_mib;
    base.owner_kind = group.owner_kind;
    base.tier = group.tier;
    base.hazard_per_h = static_cast<float>(group.hazard_per_h);
    std::vector<double> weights;
    for (const RegionWeight& row : group.regions) {
      regions.push_back(row.region);
      weights.push_back(row.weight);
    }
    if (regions.size() == 1) return;
    region_mix = DiscreteDistribution::Of(weights);
  }

  // Sample 0 of a node: region, verified, reputation, ask.
  NodeSpec Node(const RandomStreams& streams, uint32_t index) const {
    NodeSpec node = base;
    node.owner = owner + index / nodes_per_owner;
    Draw draw = streams.Stream(stream, index).At(0);
    if (region_mix) {
      node.region = regions[(*region_mix)(draw)];
    } else {
      draw.Bits();
      node.region = regions[0];
    }
    node.verified = draw.Uniform01() < verified_share;
    node.reputation = static_cast<float>(reputation_low + reputation_span * draw.Uniform01());
    node.ask = Ask(draw.UniformOpen());
    return node;
  }

  UsdPerHour Ask(double u) const {
    if (ask.sigma == 0) return ask.median;
    const double micros =
        static_cast<double>(ask.median.micros()) * Exp(ask.sigma * NormalQuantile(u));
    const auto tick = static_cast<double>(ask.tick.micros());
    const double ticks = std::clamp(std::floor(micros / tick + 0.5), 1.0, 9e18 / tick);
    return UsdPerHour::Micros(static_cast<int64_t>(ticks) * ask.tick.micros());
  }

  uint32_t first;  // node
  uint32_t owner;  // of the first node
  uint32_t nodes_per_owner;
  StreamName stream;
  NodeSpec base;
  std::vector<RegionId> regions;
  std::optional<DiscreteDistribution> region_mix;
  double verified_share, reputation_low, reputation_span;
  AskParams ask;
};

}  // namespace

std::vector<Finding> CheckGroups(const std::vector<Group>& groups) {
  Checker checker;
  uint64_t nodes = 0;
  for (size_t i = 0; i < groups.size(); ++i) {
    const std::string place = "[" + std::to_string(i) + "]";
    checker.Check(groups[i], place);
    for (size_t j = 0; j < i; ++j) {
      if (groups[j].name != groups[i].name || groups[i].name.empty()) continue;
      checker.findings.push_back(
          {place + ".name", "got '" + groups[i].name + "', which is the name of another group"});
    }
    nodes += groups[i].nodes;
  }
  if (nodes >= NodeId::kNone) {
    checker.findings.push_back(
        {"", "got " + std::to_string(nodes) + " nodes in all, expected fewer than 4294967295"});
  }
  return std::move(checker.findings);
}

struct NodeStream::Impl {
  RandomStreams streams;
  std::vector<Source> sources;
  uint32_t nodes = 0;
  uint64_t gpus = 0;
  uint32_t owners = 0;
  uint32_t next = 0;
  size_t next_source = 0;
};

NodeStream::NodeStream(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
NodeStream::NodeStream(NodeStream&&) noexcept = default;
NodeStream& NodeStream::operator=(NodeStream&&) noexcept = default;
NodeStream::~NodeStream() = default;

Result<NodeStream> NodeStream::Make(const std::vector<Group>& groups, uint64_t seed,
                                    uint64_t replicate) {
  std::vector<Finding> findings = CheckGroups(groups);
  if (!findings.empty()) return tl::unexpected<Error>(Error(std::move(findings)));
  auto impl = std::make_unique<Impl>(Impl{.streams = RandomStreams(seed, replicate),
                                          .sources = {},
                                          .nodes = 0,
                                          .gpus = 0,
                                          .owners = 0,
                                          .next = 0,
                                          .next_source = 0});
  for (const Group& group : groups) {
    if (group.nodes == 0) continue;
    const Source& source = impl->sources.emplace_back(group, NodeId(impl->nodes), impl->owners);
    impl->nodes += group.nodes;
    impl->gpus += uint64_t{group.nodes} * group.gpus_per_node;
    impl->owners += (group.nodes - 1) / source.nodes_per_owner + 1;
  }
  return NodeStream(std::move(impl));
}

uint32_t NodeStream::nodes() const { return impl_->nodes; }
uint64_t NodeStream::gpus() const { return impl_->gpus; }
uint32_t NodeStream::owners() const { return impl_->owners; }

uint32_t NodeStream::GroupOf(NodeId id) const {
  ORRERY_CHECK(id.value < impl_->nodes, id.value, impl_->nodes);
  const auto after =
      std::upper_bound(impl_->sources.begin(), impl_->sources.end(), id.value,
                       [](uint32_t node, const Source& source) { return node < source.first; });
  return static_cast<uint32_t>(after - impl_->sources.begin() - 1);
}

NodeSpec NodeStream::At(NodeId id) const {
  const Source& source = impl_->sources[GroupOf(id)];
  return source.Node(impl_->streams, id.value - source.first);
}

bool NodeStream::Next(NodeSpec* node) {
  Impl& impl = *impl_;
  if (impl.next == impl.nodes) return false;
  if (impl.next_source + 1 < impl.sources.size() &&
      impl.next == impl.sources[impl.next_source + 1].first) {
    ++impl.next_source;
  }
  const Source& source = impl.sources[impl.next_source];
  *node = source.Node(impl.streams, impl.next++ - source.first);
  return true;
}

}  // namespace orrery::fleet
