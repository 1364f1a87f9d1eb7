#include "sim/cli/scenario_options.h"

#include "sim/cli/home.h"

namespace orrery::cli {

void DeclareScenario(Options& options) {
  options.Positional("FILE", Options::Need::kRequired, "the scenario, a YAML file");
  options.List("set", "KEY=VALUE",
               "another value for a key of the scenario: --set seed=7, --set fleet[0].count=20, "
               "--set scheduler.place=cheapest");
}

Result<scenario::Loaded> LoadGivenScenario(const Arguments& arguments,
                                           const std::vector<std::string>& more) {
  const Result<scenario::Tables> tables = LoadTables();
  if (!tables) return tl::unexpected<Error>(tables.error());
  std::vector<std::string> settings = arguments.GetAll("set");
  settings.insert(settings.end(), more.begin(), more.end());
  return scenario::LoadScenario(arguments.Get("FILE"), settings, *tables);
}

}  // namespace orrery::cli
