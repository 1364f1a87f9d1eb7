// What devices draw that are not what they claim.
#include <gtest/gtest.h>

#include "tests/sim/driver/fakes.h"

namespace orrery {
namespace {

using results::EnergyFigures;
using scenario::Scenario;
using testing::Fakes;
using testing::kHour;
using testing::Play;
using testing::Played;
using testing::Spoofed;
using testing::Work;
using trust::Cheat;

// A millijoule a second of an hour is rounding.
constexpr double kRounding = 1e-5;

// Two nodes that cheat, of one GPU each: slow ones of 200 W, fast ones of 400 W, and nothing else
// draws power.
Scenario Metered(Cheat cheat) {
  trust::SimpleTrust rules = Spoofed();
  rules.cheats.shares[static_cast<int>(OwnerKind::kMiner)] = {};
  rules.cheats.shares[static_cast<int>(OwnerKind::kMiner)][static_cast<int>(cheat)] = 1;
  Scenario scenario = Fakes(2, 0, rules);
  std::vector<fleet::GpuModel> rows = scenario.gpus->rows();
  for (fleet::GpuModel& gpu : rows) gpu.tdp_w = gpu.id == "fast" ? 400 : 200;
  scenario.gpus = std::make_shared<fleet::GpuCatalogue>(fleet::GpuCatalogue::FromRows(rows));
  scenario.electricity = testing::TwoTariffs();
  scenario.energy.level = scenario::Energy::Level::kSimple;
  scenario.energy.power.core_idle_w = 0;
  scenario.energy.power.core_busy_w = 0;
  scenario.energy.power.memory_w_per_gib = 0;
  scenario.energy.power.overhead.fill(1);
  scenario.energy.power.pue.fill(1);
  return scenario;
}

// An hour of work for a fast GPU takes the slow one two: at 24 W, and 90% of the 176 W above that.
TEST(FakesEnergyTest, ASpoofedGpuDrawsWhatItReallyIs) {
  const Played played = Play(Metered(Cheat::kSpoofedModel), {Work{.run = kHour, .gpu = "fast"}});
  const EnergyFigures& energy = *played.ran.summary.energy;
  EXPECT_NEAR(energy.busy_kwh, 2 * (0.024 + 0.9 * 0.176), kRounding);
  EXPECT_NEAR(energy.idle_kwh, 2 * 0.024, kRounding);  // the other node
}

// One card is busy from 00:00 to 04:00, under one name or both. Of each hour in which two jobs
// share it, half is each one's.
TEST(FakesEnergyTest, ACardSoldTwiceDrawsPowerOnce) {
  const Played played = Play(Metered(Cheat::kOversold),
                             {Work{.run = 2 * kHour}, Work{.submit = kHour, .run = 2 * kHour}});
  ASSERT_EQ(played.stints, (testing::Stints{{{0, 3 * kHour}}, {{kHour, 4 * kHour}}}));
  const EnergyFigures& energy = *played.ran.summary.energy;
  EXPECT_NEAR(energy.busy_kwh + energy.idle_kwh, 4 * (0.048 + 0.9 * 0.352), kRounding);
  for (const int job : {0, 1}) {
    EXPECT_NEAR(played.row(job).energy_kwh, 2 * 0.9 * 0.352 + 3 * 0.024, kRounding);
  }
}

// Nobody shares what is not in use: alone it has the whole card, and half of what that draws idle.
TEST(FakesEnergyTest, AJobAloneOnACardSoldTwicePaysForAllOfItsWork) {
  const Played played = Play(Metered(Cheat::kOversold), {Work{.run = kHour}});
  EXPECT_NEAR(played.row(0).energy_kwh, 0.9 * 0.352 + 0.024, kRounding);
  EXPECT_NEAR(played.ran.summary.energy->idle_kwh, 0.024, kRounding);
}

}  // namespace
}  // namespace orrery
