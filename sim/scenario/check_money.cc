#include <cmath>

#include "models/trust/rules.h"
#include "sim/base/text.h"
#include "sim/scenario/checks.h"
#include "sim/scenario/scale.h"

namespace orrery::scenario {
namespace {

// An account holds nine trillion dollars.
constexpr double kMostUsd = 1e12;

double Gpus(const Scenario& scenario, const FleetGroup& group) {
  return static_cast<double>(Scaled(scenario, group.nodes).nodes) * group.nodes.gpus_per_node;
}

}  // namespace

void CheckMoney(const Scenario& scenario, Parser* parser) {
  const trust::Rules* rules = trust::RulesOf(scenario.trust.level);
  double stakes = 0, asks = 0;
  for (const FleetGroup& group : scenario.fleet) {
    const double gpus = Gpus(scenario, group);
    const double mean = group.nodes.ask.median.dollars() *
                        std::exp(group.nodes.ask.sigma * group.nodes.ask.sigma / 2);
    if (rules != nullptr) stakes += gpus * rules->stake.per_gpu.dollars();
    if (scenario.horizon != Duration::Max()) asks += gpus * mean * scenario.horizon.hours();
  }
  const auto refuse = [&](const char* path, const char* what, double usd) {
    if (usd <= kMostUsd) return;
    parser->Complain(path, std::string("got ") + what + " that add up to $" + FormatDouble(usd) +
                               ", expected at most $" + FormatDouble(kMostUsd));
  };
  refuse("trust.stake.per_gpu", "stakes of the fleet", stakes);
  refuse("fleet", "asks of all GPUs for the whole run", asks);
}

}  // namespace orrery::scenario
