#include "sim/driver/fleet_builder.h"

#include <utility>
#include <vector>

#include "models/fleet/groups.h"
#include "models/fleet/openb/openb_nodes.h"
#include "sim/scenario/load.h"
#include "sim/scenario/scale.h"

namespace orrery::driver {

namespace {

using scenario::FleetGroup;
using scenario::Scenario;

policies::NodeShape ShapeOf(const fleet::NodeSpec& spec) {
  policies::NodeShape shape;
  shape.gpu_model = spec.gpu_model;
  shape.gpus = spec.gpus;
  shape.cpu_milli = spec.cpu_milli;
  shape.memory_mib = spec.memory_mib;
  shape.region = spec.region;
  shape.owner_kind = spec.owner_kind;
  shape.tier = spec.tier;
  shape.verified = spec.verified;
  return shape;
}

results::NodeRow RowOf(NodeId node, const fleet::NodeSpec& spec) {
  results::NodeRow row;
  row.node = node.value;
  row.cpu_milli = spec.cpu_milli;
  row.memory_mib = spec.memory_mib;
  row.owner = spec.owner;
  row.ask_usd_micro_h = spec.ask.micros();
  row.gpus = spec.gpus;
  row.gpu_model = spec.gpu_model.value;
  row.region = spec.region.value;
  row.owner_kind = static_cast<uint8_t>(spec.owner_kind);
  row.tier = spec.tier;
  row.verified = spec.verified;
  return row;
}

// Makes a group draw one node for each entry of a list, whatever its hardware.
void MakeRoom(const std::vector<fleet::NodeSpec>& list, fleet::Group* group) {
  group->nodes = static_cast<uint32_t>(list.size());
  group->gpus_per_node = 0;
  group->gpu_model = GpuModelId::None();
  group->cpu_milli = list.front().cpu_milli;
  group->memory_mib = list.front().memory_mib;
}

void TakeHardware(const fleet::NodeSpec& from, fleet::NodeSpec* to) {
  to->gpu_model = from.gpu_model;
  to->gpus = from.gpus;
  to->cpu_milli = from.cpu_milli;
  to->memory_mib = from.memory_mib;
}

}  // namespace

cluster::Atlas MakeAtlas(const Scenario& scenario) {
  cluster::Atlas atlas;
  for (const fleet::GpuModel& gpu : scenario.gpus->rows()) {
    atlas.gpus.push_back({.memory_mib = gpu.memory_mib,
                          .fp16_tflops = static_cast<float>(gpu.fp16_tflops),
                          .bandwidth_gbs = static_cast<float>(gpu.bandwidth_gbs)});
  }
  for (const scenario::Region& region : scenario.regions) {
    atlas.region_country.push_back(region.country);
  }
  return atlas;
}

Result<std::vector<uint32_t>> BuildFleet(const Scenario& scenario, uint32_t replicate,
                                         cluster::ClusterState* state, GangLinks* links,
                                         results::ResultsWriter* writer) {
  // Node lists give the hardware; the groups' draws give the rest.
  std::vector<fleet::Group> groups;
  std::vector<std::vector<fleet::NodeSpec>> lists;
  for (const FleetGroup& group : scenario.fleet) {
    groups.push_back(scenario::Scaled(scenario, group.nodes));
    lists.emplace_back();
    if (!group.trace) continue;
    auto list = fleet::ReadOpenbNodes(scenario::FileOf(*group.trace), *scenario.gpus);
    if (!list) return tl::unexpected<Error>(list.error());
    lists.back() = std::move(*list);
    MakeRoom(lists.back(), &groups.back());
  }
  Result<fleet::NodeStream> nodes = fleet::NodeStream::Make(groups, scenario.seed, replicate);
  if (!nodes) return tl::unexpected<Error>(nodes.error());
  fleet::NodeSpec spec;
  uint32_t group = 0, index = 0;
  std::vector<uint32_t> sizes(scenario.fleet.size());
  for (uint32_t n = 0; nodes->Next(&spec); ++n, ++index) {
    if (nodes->GroupOf(NodeId(n)) != group) {
      group = nodes->GroupOf(NodeId(n));
      index = 0;
    }
    if (!lists[group].empty()) TakeHardware(lists[group][index], &spec);
    const NodeId node = state->AddNode({.shape = ShapeOf(spec),
                                        .ask = spec.ask,
                                        .reputation = spec.reputation,
                                        .hazard_per_h = spec.hazard_per_h,
                                        .owner = spec.owner});
    if (links != nullptr && links->on()) links->AddNode(spec.region, spec.owner, group, index);
    ++sizes[group];
    if (writer != nullptr) writer->Append(RowOf(node, spec));
  }
  state->Open();
  return sizes;
}

}  // namespace orrery::driver
