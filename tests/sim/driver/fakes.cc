#include "tests/sim/driver/fakes.h"

namespace orrery::testing {

std::vector<fleet::GpuModel> SlowAndFast() {
  std::vector<fleet::GpuModel> gpus(2);
  const char* ids[] = {"slow", "fast"};
  for (size_t i = 0; i < 2; ++i) {
    gpus[i].id = ids[i];
    const double scale = i == 0 ? 1 : 2;
    gpus[i].fp16_tflops = 100 * scale;
    gpus[i].fp32_tflops = 25 * scale;
    gpus[i].bandwidth_gbs = 900 * scale;
    gpus[i].memory_mib = i == 0 ? 16 * 1024 : 80 * 1024;
    gpus[i].market_usd_h = 0.5 * scale;
  }
  return gpus;
}

scenario::Scenario Fakes(uint32_t fakes, uint32_t honest, const trust::SimpleTrust& rules) {
  std::vector<Nodes> fleet;
  if (fakes > 0) fleet.push_back({.nodes = fakes, .gpu = "fast"});
  if (honest > 0) fleet.push_back({.nodes = honest, .gpu = "fast"});
  scenario::Scenario scenario = MakeScenario(fleet, SlowAndFast());
  if (fakes > 0) scenario.fleet[0].nodes.owner_kind = OwnerKind::kMiner;
  scenario.trust.level = rules;
  scenario.scheduler.retries = UINT32_MAX;
  return scenario;
}

trust::SimpleTrust Spoofed() {
  trust::SimpleTrust rules;
  rules.cheats.shares = {};
  rules.cheats.shares[static_cast<int>(OwnerKind::kMiner)] = {0, 1, 0};
  rules.registration = {.time = Duration(), .passes = {1, 1, 1, 1, 1}, .refuses = 0};
  rules.cheats.returns = 0;
  rules.ratings = {
      .share = 0, .noise = 0, .remembered = 1, .prior = 0, .colluders = 0, .praise = 3};
  rules.stake.per_gpu = Usd();
  rules.challenges.time = Duration();
  rules.fails = {};
  return rules;
}

const results::TrustFigures& TrustOf(const results::Summary& summary) {
  EXPECT_TRUE(summary.trust.has_value());
  return *summary.trust;
}

}  // namespace orrery::testing
