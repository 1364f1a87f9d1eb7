#include "models/energy/heat.h"

#include <gtest/gtest.h>

#include <cmath>

namespace orrery::energy {
namespace {

SimTime At(double hours) { return SimTime::FromSeconds(hours * 3600); }

Board InStillAir() {
  return {.air = {.mean_c = 20, .swing_c = 0, .peak_h = 0},
          .resistance_k_per_w = 0.1,
          .time_constant_s = 100};
}

TEST(HeatTest, BoardWarmsExponentially) {
  const Board board = InStillAir();
  EXPECT_DOUBLE_EQ(board.Steady(400, At(5)), 60);
  // 60 − 40/e after one time constant, 60 − 40/e² after two.
  EXPECT_NEAR(board.After(20, 400, At(0), SimTime::FromSeconds(100)), 60 - 40 / std::exp(1), 1e-9);
  EXPECT_NEAR(board.After(20, 400, At(7), At(7) + Duration::Seconds(200)), 60 - 40 / std::exp(2),
              1e-9);
  EXPECT_DOUBLE_EQ(board.After(20, 400, At(7), At(7)), 20);
  EXPECT_DOUBLE_EQ(board.Peak(75, 400, At(0), At(1)), 75);  // it cools down
}

// Against Runge and Kutta's rule at steps of a second, over a day of swinging air.
TEST(HeatTest, ClosedFormSolvesTheEquation) {
  const Board board = {.air = {.mean_c = 15, .swing_c = 8, .peak_h = 14},
                       .resistance_k_per_w = 0.12,
                       .time_constant_s = 1800};
  const double watts = 300;
  const auto slope = [&](double t, double temperature) {
    return (board.air.At(SimTime::FromSeconds(t)) + board.resistance_k_per_w * watts -
            temperature) /
           board.time_constant_s;
  };
  double temperature = 30;
  for (int t = 3600; t < 86400; ++t) {
    const double k1 = slope(t, temperature);
    const double k2 = slope(t + 0.5, temperature + k1 / 2);
    const double k3 = slope(t + 0.5, temperature + k2 / 2);
    const double k4 = slope(t + 1, temperature + k3);
    temperature += (k1 + 2 * k2 + 2 * k3 + k4) / 6;
    if (t % 7200 != 0) continue;
    EXPECT_NEAR(board.After(30, watts, At(1), SimTime::FromSeconds(t + 1)), temperature, 1e-6) << t;
  }
}

TEST(HeatTest, PeakIsAtTheDaysCrest) {
  Board board = InStillAir();
  board.air = {.mean_c = 20, .swing_c = 5, .peak_h = 15};
  EXPECT_NEAR(board.Peak(20, 400, At(1), At(47)), 65, 0.01);
  EXPECT_LT(board.Peak(20, 400, At(16), At(24)), 65);
  // Still warming up at the first crest: the next one counts.
  const SimTime just_before = SimTime::FromSeconds(15 * 3600 - 30);
  EXPECT_NEAR(board.Peak(20, 400, just_before, At(15 + 60)), 65, 0.01);
}

TEST(HeatTest, ThrottledBoardSettlesAtTheLimit) {
  // 22.5 + 0.25 × 364.8 = 113.7: 242 W are left, of dynamic power 194 of 316.8.
  const Throttle throttle = ThrottleFor(22.5, 83, 0.25, 48, 364.8);
  EXPECT_DOUBLE_EQ(throttle.effort, 194 / 316.8);
  EXPECT_NEAR(throttle.speed, std::cbrt(194 / 316.8), 1e-15);
  EXPECT_NEAR(22.5 + 0.25 * (48 + 316.8 * throttle.effort), 83, 1e-9);
  EXPECT_EQ(ThrottleFor(22.5, 83, 0.1, 48, 364.8).speed, 1);
  EXPECT_DOUBLE_EQ(ThrottleFor(90, 83, 0.1, 48, 364.8).effort, 0.1);
}

TEST(HeatTest, AirFollowsLatitudeSeasonAndOwner) {
  const Duration utc;
  const auto mean = [&](OwnerKind owner, double lat, int month) {
    return AirAt(owner, lat, month, utc).mean_c;
  };
  EXPECT_NEAR(mean(OwnerKind::kMiner, 0, 0), 28.97, 1e-9);  // 14.97 + 14
  EXPECT_GT(mean(OwnerKind::kMiner, 35, 6), mean(OwnerKind::kMiner, 35, 0) + 10);
  EXPECT_GT(mean(OwnerKind::kMiner, -35, 0), mean(OwnerKind::kMiner, -35, 6) + 10);
  EXPECT_EQ(mean(OwnerKind::kConsumer, 60, 0), 21);
  EXPECT_EQ(mean(OwnerKind::kMiner, 60, 0), 10);
  EXPECT_EQ(mean(OwnerKind::kDatacentre, 0, 6), 22.5);
  // 15:00 in Tokyo is 06:00 UTC.
  EXPECT_DOUBLE_EQ(AirAt(OwnerKind::kMiner, 35.7, 6, Duration::Hours(9)).At(At(6)),
                   mean(OwnerKind::kMiner, 35.7, 6) + 5);
}

}  // namespace
}  // namespace orrery::energy
