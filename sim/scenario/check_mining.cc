#include <algorithm>
#include <array>
#include <cstdio>

#include "sim/base/text.h"
#include "sim/scenario/checks.h"
#include "sim/scenario/scale.h"

namespace orrery::scenario {
namespace {

// The fleet's hash rate [hash/s], and its best GPU's.
struct HashRates {
  double all = 0;
  double best = 0;
};

HashRates HashRatesOf(const Scenario& scenario, const economics::Rig& rig) {
  HashRates rates;
  for (const FleetGroup& group : scenario.fleet) {
    const fleet::Group& nodes = group.nodes;
    if (nodes.gpus_per_node == 0 || !rig.owners[static_cast<int>(nodes.owner_kind)]) continue;
    const double rate = economics::HashRate((*scenario.gpus)[nodes.gpu_model].bandwidth_gbs, rig);
    rates.all += rate * Scaled(scenario, nodes).nodes * nodes.gpus_per_node;
    rates.best = std::max(rates.best, rate);
  }
  return rates;
}

// To three digits, for messages.
std::string Rounded(double value) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.3g", value);
  return text.data();
}

}  // namespace

void CheckMining(const Scenario& scenario, Parser* parser) {
  const economics::SimpleMining* mining = economics::MiningOf(scenario.mining.level);
  if (mining == nullptr) return;
  if (scenario.energy.level == Energy::Level::kOff) {
    parser->Complain("mining.level",
                     "got mining without electricity, expected energy: simple or full beside it: "
                     "a GPU mines while that pays for the power it draws");
    return;
  }
  if (mining->rig.tdp_share <= scenario.energy.power.gpu_idle_share) {
    parser->Complain("mining.power",
                     "got " + FormatDouble(mining->rig.tdp_share) +
                         " of the TDP, expected more than an idle GPU draws, energy.gpu_idle, " +
                         FormatDouble(scenario.energy.power.gpu_idle_share));
  }
  const bool traced = std::any_of(scenario.fleet.begin(), scenario.fleet.end(),
                                  [](const FleetGroup& group) { return group.trace.has_value(); });
  if (traced) return;  // its GPUs are not known yet
  const HashRates rates = HashRatesOf(scenario, mining->rig);
  if (rates.best == 0) {
    parser->Complain("mining.owners",
                     "got no GPU that could mine, expected a fleet group whose owner is of a kind "
                     "that mines (miner: true), with GPUs of known memory bandwidth");
    return;
  }
  const double network = mining->coin.network_ths * 1e12;
  if (rates.all > network) {
    parser->Complain("mining.coin.network", "got " + FormatDouble(mining->coin.network_ths) +
                                                "TH/s, expected more than the fleet's own " +
                                                Rounded(rates.all / 1e12) +
                                                "TH/s: it is the rate of all miners");
    return;
  }
  const double usd =
      economics::CoinsAnHour(rates.best, mining->coin, mining->rig) * mining->coin.usd;
  if (usd > economics::kMostUsdAnHour) {
    parser->Complain("mining.coin", "got a coin of which one GPU mines $" + Rounded(usd) +
                                        " an hour, expected at most $" +
                                        FormatDouble(economics::kMostUsdAnHour) +
                                        ": price times block_reward over "
                                        "block_time, by the GPU's part of the network");
  }
}

}  // namespace orrery::scenario
