#include "sim/driver/fleet_builder.h"

#include <utility>
#include <vector>

#include "models/fleet/groups.h"

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

Result<uint32_t> BuildFleet(const Scenario& scenario, uint32_t replicate,
                            cluster::ClusterState* state, results::ResultsWriter* writer) {
  std::vector<fleet::Group> groups;
  for (const FleetGroup& group : scenario.fleet) groups.push_back(group.nodes);
  Result<fleet::NodeStream> nodes = fleet::NodeStream::Make(groups, scenario.seed, replicate);
  if (!nodes) return tl::unexpected<Error>(nodes.error());
  fleet::NodeSpec spec;
  while (nodes->Next(&spec)) {
    const NodeId node = state->AddNode({.shape = ShapeOf(spec),
                                        .ask = spec.ask,
                                        .reputation = spec.reputation,
                                        .hazard_per_h = spec.hazard_per_h,
                                        .owner = spec.owner});
    if (writer != nullptr) writer->Append(RowOf(node, spec));
  }
  state->Open();
  return nodes->owners();
}

}  // namespace orrery::driver
