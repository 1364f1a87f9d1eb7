#include "sim/ledger/meter.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "sim/base/random.h"

namespace orrery::ledger {
namespace {

SimTime At(double seconds) { return SimTime::FromSeconds(seconds); }

TEST(MeterTest, AnHourCostsItsPrice) {
  Meter meter(UsdPerHour::FromDollars(2.19), 8000, At(100));
  EXPECT_EQ(meter.Charge(At(100)), Usd());
  EXPECT_EQ(meter.Charge(At(3700)), Usd::FromDollars(8 * 2.19));
  EXPECT_EQ(meter.charged(), Usd::FromDollars(8 * 2.19));
}

TEST(MeterTest, InstalmentsCarryTheFractionForward) {
  // A third of a micro-dollar a second: 0, 0, 1, 0, 0, 1, …
  Meter meter(UsdPerHour::Micros(1200), 1000, At(0));
  for (int second = 1; second <= 9; ++second) {
    EXPECT_EQ(meter.Charge(At(second)).micros(), second % 3 == 0 ? 1 : 0) << second;
  }
}

TEST(MeterTest, AnySplitAddsUpToOneCharge) {
  Draw draw = RandomStreams(1, 0).Stream("test/meter").At(0);
  for (int run = 0; run < 200; ++run) {
    const auto price = UsdPerHour::Micros(static_cast<int64_t>(draw.UniformInt(10'000'000)));
    const int64_t thousandths = static_cast<int64_t>(1 + draw.UniformInt(64'000));
    const SimTime start = SimTime::FromNanos(static_cast<int64_t>(draw.UniformInt(1u << 30)));
    Meter meter(price, thousandths, start);
    SimTime now = start;
    Usd sum;
    for (int instalment = 0; instalment < 50; ++instalment) {
      now += Duration::FromSeconds(draw.Exponential(run % 2 == 0 ? 1e-3 : 5000));
      const Usd due = meter.Charge(now);
      EXPECT_GE(due, Usd());
      sum += due;
    }
    EXPECT_EQ(sum, price.For(now - start, thousandths));
    EXPECT_EQ(sum, meter.charged());
    EXPECT_EQ(sum, meter.Total(now));
  }
}

TEST(MeterTest, ChangesOfPriceLoseNoFraction) {
  // Half a micro-dollar at one price and half at another.
  Meter meter(UsdPerHour::Micros(1800), 1000, At(0));
  meter.Change(At(1), UsdPerHour::Micros(900), 1000);
  EXPECT_EQ(meter.Charge(At(2)), Usd());
  EXPECT_EQ(meter.Charge(At(3)), Usd::Micros(1));
  // Changing to the same price changes nothing, however often.
  Draw draw = RandomStreams(1, 0).Stream("test/meter_change").At(0);
  const auto price = UsdPerHour::Micros(1'234'567);
  Meter changed(price, 250, At(0));
  SimTime now;
  for (int i = 0; i < 100; ++i) {
    now += Duration::FromSeconds(draw.Exponential(0.01));
    changed.Change(now, price, 250);
  }
  EXPECT_EQ(changed.Charge(now), price.For(now - SimTime(), 250));
}

TEST(MeterTest, APausedMeterStands) {
  Meter meter(UsdPerHour::FromDollars(1), 1000, At(0));
  meter.Change(At(3600), UsdPerHour::FromDollars(1), 0);
  EXPECT_EQ(meter.Total(At(90'000)), Usd::FromDollars(1));
  meter.Change(At(90'000), UsdPerHour::FromDollars(1), 1000);
  EXPECT_EQ(meter.Total(At(93'600)), Usd::FromDollars(2));
  EXPECT_EQ(meter.price(), UsdPerHour::FromDollars(1));
  EXPECT_EQ(meter.thousandths(), 1000);
}

TEST(MeterDeathTest, TimeRunsForwardAndAmountsFit) {
  Meter meter(UsdPerHour::FromDollars(1), 1000, At(10));
  EXPECT_DEATH(meter.Charge(At(9)), "invariant broken");
  meter.Charge(At(20));
  EXPECT_DEATH(meter.Charge(At(15)), "invariant broken");
  Meter huge(UsdPerHour::Micros(INT64_MAX), 1000, At(0));
  EXPECT_DEATH(huge.Charge(At(7201)), "invariant broken");
  Meter absurd(UsdPerHour::Micros(INT64_MAX), INT64_MAX, At(0));
  EXPECT_DEATH(absurd.Charge(SimTime::Never()), "invariant broken");
  EXPECT_DEATH(Meter(UsdPerHour::Micros(-1), 1000, At(0)), "invariant broken");
}

}  // namespace
}  // namespace orrery::ledger
