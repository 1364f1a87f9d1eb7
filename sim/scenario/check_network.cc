#include <string>
#include <string_view>

#include "sim/scenario/checks.h"

namespace orrery::scenario {
namespace {

// A scenario that says `network: off` may be the one arm of a comparison; who says nothing of the
// level has forgotten that there is none. For the same reason keys of `full` may stand beside
// `simple`.
bool Forgotten(const Parser& parser) { return !parser.origins().contains("network.level"); }

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
    const std::string path = At("fleet", i) + ".access";
    if (!parser->origins().contains(path)) continue;
    parser->Complain(path,
                     "got it without a network, expected network: full beside it (or off, said "
                     "so)");
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
