#include <string>
#include <string_view>
#include <utility>

#include "sim/scenario/checks.h"

namespace orrery::scenario {
namespace {

// A scenario that says `network: off` may be the one arm of a comparison; who says nothing of the
// level has forgotten that there is none. For the same reason keys of `full` may stand beside
// `simple`.
bool Forgotten(const Parser& parser) { return !parser.origins().contains("network.level"); }

void CheckLans(const Scenario& scenario, Parser* parser) {
  for (size_t i = 0; i < scenario.fleet.size(); ++i) {
    const FleetGroup& group = scenario.fleet[i];
    const std::string path = At("fleet", i) + ".lan";
    const bool half = (group.lan.gbs > 0) != (group.lan.latency != Duration::Max());
    if (!group.lan.kind && half) {
      parser->Complain(path, std::string("got ") +
                                 (group.lan.gbs > 0 ? "bandwidth without latency"
                                                    : "latency without bandwidth") +
                                 ", expected both, or a kind");
    } else if (group.lan.given() && group.access.Link(group.nodes.owner_kind).home) {
      parser->Complain(path,
                       "got a network for homes, each of which stands alone; expected none, or "
                       "another owner and access");
    }
  }
}

}  // namespace

void CheckNetwork(const Scenario& scenario, Parser* parser) {
  const Network& network = scenario.network;
  Unique relays(parser, "each region");
  for (size_t i = 0; i < network.relays.size(); ++i) {
    relays.Add(scenario.regions[network.relays[i].index()].id, At("network.relays", i));
  }
  Unique stores(parser, "each region");
  for (size_t i = 0; i < network.stores.others.size(); ++i) {
    stores.Add(scenario.regions[network.stores.others[i].region.index()].id,
               At("network.stores.others", i) + ".region");
  }
  CheckLans(scenario, parser);
  if (!Forgotten(*parser)) return;
  constexpr std::string_view kPrefix = "network.";
  for (const auto& [path, place] : parser->origins()) {
    const bool direct =
        path.starts_with(kPrefix) && path.find_first_of(".[", kPrefix.size()) == std::string::npos;
    if (!direct) continue;
    parser->Complain(path,
                     "got it without a network, expected network: simple or full beside it (or "
                     "off, said so)");
  }
  for (size_t i = 0; i < scenario.fleet.size(); ++i) {
    for (const auto& [key, level] :
         {std::pair(".access", "full"), std::pair(".lan", "simple or full")}) {
      const std::string path = At("fleet", i) + key;
      if (!parser->origins().contains(path)) continue;
      parser->Complain(path, "got it without a network, expected network: " + std::string(level) +
                                 " beside it (or off, said so)");
    }
  }
}

void CheckData(const Scenario& scenario, Parser* parser) {
  if (!Forgotten(*parser)) return;
  const auto complain = [&](const std::string& path) {
    parser->Complain(path + ".data",
                     "got data to move without a network, expected network: simple or full (or "
                     "off, said so, to move nothing)");
  };
  for (size_t i = 0; i < scenario.workload.size(); ++i) {
    const std::string path = At("workload", i);
    if (const auto* trace = std::get_if<JobTrace>(&scenario.workload[i].source)) {
      if (trace->jobs.data) complain(path + ".trace.defaults");
      continue;
    }
    const auto& generator = std::get<workload::GeneratorParams>(scenario.workload[i].source);
    for (size_t p = 0; p < generator.populations.size(); ++p) {
      if (generator.populations[p].data) complain(At(path + ".generator.populations", p));
    }
  }
}

}  // namespace orrery::scenario
