#include <algorithm>
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

// How often a device may put up its stake at most. Between two times it is out of the market for a
// while, and before that it was judged, or failed some challenges.
double MostDeposits(const trust::Rules& rules, Duration horizon) {
  Duration out = std::min(rules.suspension.length, rules.suspension.appeal);
  if (rules.cheats.returns > 0) out = std::min(out, rules.cheats.returns_after);
  if (out == Duration::Max()) return 1;
  const double failures_s = rules.challenges.every.seconds() * rules.challenges.failures;
  const double in_s = std::min(rules.registration.time.seconds(), failures_s);
  return 1 + horizon.seconds() / (out.seconds() + in_s);
}

}  // namespace

void CheckMoney(const Scenario& scenario, Parser* parser) {
  const trust::Rules* rules = trust::RulesOf(scenario.trust.level);
  double stakes = 0, asks = 0;
  for (const FleetGroup& group : scenario.fleet) {
    const double gpus = Gpus(scenario, group);
    const double mean = group.nodes.ask.median.dollars() *
                        std::exp(group.nodes.ask.sigma * group.nodes.ask.sigma / 2);
    if (rules != nullptr && rules->stake.per_gpu > Usd()) {
      stakes += gpus * rules->stake.per_gpu.dollars() * MostDeposits(*rules, scenario.horizon);
    }
    if (scenario.horizon != Duration::Max()) asks += gpus * mean * scenario.horizon.hours();
  }
  const auto refuse = [&](const char* path, const char* what, double usd) {
    if (usd <= kMostUsd) return;
    parser->Complain(path, std::string("got ") + what + " that add up to $" + FormatDouble(usd) +
                               ", expected at most $" + FormatDouble(kMostUsd));
  };
  refuse("trust.stake.per_gpu", "stakes of the fleet, each as often as it can be put up,", stakes);
  refuse("fleet", "asks of all GPUs for the whole run", asks);
}

}  // namespace orrery::scenario
