#include "models/workload/arrival_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace orrery::workload {
namespace {

using ::testing::HasSubstr;

ArrivalProcess Process(const ArrivalParams& params, const std::vector<RegionShare>& regions = {},
                       uint64_t seed = 1) {
  std::vector<Finding> findings;
  CheckArrivals(params, "", &findings);
  CheckRegionShares(regions, "regions", &findings);
  EXPECT_TRUE(findings.empty()) << Error(findings).ToString();
  return ArrivalProcess(params, regions, RandomStreams(seed, 0), "test/job", "test/burst");
}

struct Moments {
  double mean = 0;
  double scv = 0;  // squared coefficient of variation
};

Moments Gaps(ArrivalProcess process, int n) {
  double sum = 0, squares = 0;
  SimTime last = SimTime::Zero();
  for (int i = 0; i < n; ++i) {
    const SimTime time = process.Next().time;
    const double gap = (time - last).seconds();
    last = time;
    sum += gap;
    squares += gap * gap;
  }
  const double mean = sum / n;
  return {mean, (squares / n - mean * mean) / (mean * mean)};
}

TEST(PoissonTest, GapsAreExponentialWithTheStatedMean) {
  const Moments gaps = Gaps(Process({.rate_per_h = 360}), 400'000);
  EXPECT_NEAR(gaps.mean, 10, 0.05);  // standard error 0.016
  EXPECT_NEAR(gaps.scv, 1, 0.02);
}

TEST(PoissonTest, WithoutAShapeEveryCandidateArrivesAfterItsOwnExponentialGap) {
  ArrivalProcess process = Process({.rate_per_h = 3600});
  const RandomStreams streams(1, 0);
  SimTime time = SimTime::Zero();
  for (uint64_t i = 0; i < 100; ++i) {
    const ArrivalEvent event = process.Next();
    Draw draw = streams.Stream("test/job", i).At(0);
    time += Duration::Nanos(static_cast<int64_t>(draw.Exponential(1e9) + 0.5));
    EXPECT_EQ(event.candidate, i);
    EXPECT_EQ(event.time, time);
  }
}

RateShape OfficeHours() {
  RateShape shape;
  for (int hour = 0; hour < 24; ++hour) shape.daily.push_back(hour >= 9 && hour < 17 ? 5 : 1);
  shape.weekly = {1, 1, 1, 1, 1, 0.5, 0.5};
  return shape;
}

// Arrivals in each hour of the week, over `weeks` weeks of 168 h, on a clock `offset` ahead.
std::array<double, 168> CountHours(ArrivalProcess process, int weeks, Duration offset,
                                   uint32_t region = 0) {
  std::array<double, 168> counts{};
  while (true) {
    const ArrivalEvent event = process.Next();
    if (event.time >= SimTime::Zero() + Duration::Hours(168 * weeks)) return counts;
    if (event.region != region) continue;
    const int64_t hour = (event.time - SimTime::Zero() + offset) / Duration::Hours(1);
    counts[static_cast<size_t>(hour % 168)] += 1.0 / weeks;
  }
}

// Mean of the shape over a week: a day has (8 × 5 + 16) / 24 = 56 / 24, a week 5 + 2 × 0.5 = 6 days
// of 7.
double Expected(double rate, int hour) {
  const int h = hour % 24, day = hour / 24;
  const double shape = (h >= 9 && h < 17 ? 5 : 1) * (day >= 5 ? 0.5 : 1);
  return rate * shape / (56.0 / 24 * 6 / 7);
}

TEST(PoissonTest, FollowsTheHoursOfTheDayAndTheDaysOfTheWeek) {
  const int weeks = 50;
  const auto counts =
      CountHours(Process({.rate_per_h = 100, .shape = OfficeHours()}), weeks, Duration());
  double total = 0;
  for (int hour = 0; hour < 168; ++hour) {
    const double expected = Expected(100, hour);
    EXPECT_NEAR(counts[hour], expected, 4.5 * std::sqrt(expected / weeks)) << hour;
    total += counts[hour];
  }
  EXPECT_NEAR(total / 168, 100, 0.5);  // the rate is the mean over a week
}

TEST(PoissonTest, RunsEachRegionOnItsOwnClock) {
  const std::vector<RegionShare> regions = {
      {RegionId(0), 1, Duration::Hours(9)},
      {RegionId(1), 3, Duration::Minutes(-3 * 60 - 30)},
  };
  const ArrivalParams params{
      .rate_per_h = 400, .shape = OfficeHours(), .start_of_week = Duration::Hours(30)};
  const int weeks = 50;
  for (uint32_t r = 0; r < 2; ++r) {
    const Duration offset = regions[r].utc_offset + Duration::Hours(168 + 30);
    const auto counts = CountHours(Process(params, regions), weeks, offset, r);
    for (int hour = 0; hour < 168; ++hour) {
      const double expected = Expected(400 * regions[r].weight / 4, hour);
      EXPECT_NEAR(counts[hour], expected, 4.5 * std::sqrt(expected / weeks)) << r << ":" << hour;
    }
  }
}

TEST(PoissonTest, WeekendHasItsOwnHoursWhereStated) {
  RateShape shape;
  shape.daily.assign(24, 1);
  shape.weekend_daily.assign(24, 0);
  shape.weekend_daily[12] = 24;
  const auto counts = CountHours(Process({.rate_per_h = 10, .shape = shape}), 20, Duration());
  EXPECT_EQ(counts[5 * 24 + 3], 0);
  EXPECT_NEAR(counts[5 * 24 + 12], 240, 15);
}

TEST(PoissonTest, LowerRateFromTheSameSupersetGivesASubsetOfTheArrivals) {
  ArrivalParams busy{.rate_per_h = 90, .superset_rate_per_h = 120};
  ArrivalParams quiet = busy;
  quiet.rate_per_h = 30;
  ArrivalProcess all = Process(busy), some = Process(quiet);
  std::map<uint64_t, SimTime> times;
  for (int i = 0; i < 9000; ++i) {
    const ArrivalEvent event = all.Next();
    times[event.candidate] = event.time;
  }
  for (int i = 0; i < 2500; ++i) {
    const ArrivalEvent event = some.Next();
    ASSERT_TRUE(times.contains(event.candidate));
    EXPECT_EQ(times[event.candidate], event.time);
  }
  EXPECT_NEAR(Gaps(Process(quiet), 50'000).mean, 120, 3);
}

// For a two-state MMPP whose rate has mean λ, relative variance V and memory τ:
// Var N(w) / E N(w) = 1 + 2 λ V τ (1 − (τ / w)(1 − e^(−w / τ))).
TEST(MmppTest, CountsHaveTheMeanAndTheDispersionOfTheory) {
  MmppArrivals law;
  law.states = {{.rate = 1, .mean_sojourn = Duration::Hours(3)},
                {.rate = 9, .mean_sojourn = Duration::Hours(1)}};
  // Relative to their mean 3: 1/3 and 3, shares 3/4 and 1/4: V = 0.75 · (2/3)² + 0.25 · 2² = 4/3.
  // τ = 1 / (1/3 + 1) = 3/4 h.
  ArrivalProcess process = Process({.rate_per_h = 60, .law = law});
  const int hours = 60'000;
  std::vector<double> counts(hours, 0);
  while (true) {
    const auto hour = (process.Next().time - SimTime::Zero()) / Duration::Hours(1);
    if (hour >= hours) break;
    ++counts[static_cast<size_t>(hour)];
  }
  double sum = 0, squares = 0;
  for (const double count : counts) sum += count, squares += count * count;
  const double mean = sum / hours;
  const double dispersion = (squares / hours - mean * mean) / mean;
  const double tau = 0.75, v = 4.0 / 3;
  const double theory = 1 + 2 * 60 * v * tau * (1 - tau * (1 - std::exp(-1 / tau)));
  EXPECT_NEAR(mean, 60, 1.5);
  EXPECT_NEAR(dispersion / theory, 1, 0.05);
}

TEST(MmppTest, ShapeAndBurstsMultiply) {
  MmppArrivals law;
  law.states = {{.rate = 0, .mean_sojourn = Duration::Minutes(30)},
                {.rate = 1, .mean_sojourn = Duration::Minutes(30)}};
  const int weeks = 200;
  const auto counts = CountHours(Process({.rate_per_h = 50, .law = law, .shape = OfficeHours()}),
                                 weeks, Duration());
  double office = 0, night = 0;
  for (int hour = 0; hour < 120; ++hour) {
    (hour % 24 >= 9 && hour % 24 < 17 ? office : night) += counts[hour];
  }
  EXPECT_NEAR(office / 40 / (night / 80), 5, 0.2);
}

TEST(GammaTest, GapsHaveTheStatedMeanAndVariation) {
  for (const double cv : {0.5, 1.0, 3.0}) {
    const Moments gaps =
        Gaps(Process({.rate_per_h = 360, .law = GammaArrivals{.cv = cv}}), 400'000);
    EXPECT_NEAR(gaps.mean, 10, 10 * cv * 4 / std::sqrt(400'000)) << cv;
    EXPECT_NEAR(gaps.scv / (cv * cv), 1, 0.05) << cv;
  }
}

TEST(GammaTest, WithoutVariationItIsAMetronome) {
  ArrivalProcess process = Process({.rate_per_h = 360, .law = GammaArrivals{.cv = 0}});
  for (int i = 1; i <= 10; ++i) EXPECT_EQ(process.Next().time, SimTime::FromSeconds(10 * i));
}

TEST(GammaTest, FollowsTheShapeOfEachRegion) {
  const std::vector<RegionShare> regions = {{RegionId(0), 1, Duration::Hours(0)},
                                            {RegionId(1), 1, Duration::Hours(8)}};
  const ArrivalParams params{
      .rate_per_h = 200, .law = GammaArrivals{.cv = 2}, .shape = OfficeHours()};
  const int weeks = 50;
  const auto counts = CountHours(Process(params, regions), weeks, Duration::Hours(8), 1);
  for (int hour = 0; hour < 168; ++hour) {
    const double expected = Expected(100, hour);
    // Gaps of cv 2: up to 4 times the variance of a Poisson count.
    EXPECT_NEAR(counts[hour], expected, 4.5 * std::sqrt(4 * expected / weeks)) << hour;
  }
}

// A metronome that would strike as the day's last hour ends, and gaps next to none.
TEST(GammaTest, NothingArrivesInHoursWithoutARate) {
  ArrivalParams params{.rate_per_h = 1, .law = GammaArrivals{.cv = 0}};
  for (int hour = 0; hour < 24; ++hour) {
    params.shape.daily.push_back(hour >= 8 && hour < 20 ? 1 : 0);
  }
  const std::vector<RegionShare> regions = {{RegionId(0), 1, Duration()},
                                            {RegionId(1), 2, Duration()}};
  for (const double cv : {0.0, 1.0, 20.0, 100.0}) {
    params.law = GammaArrivals{.cv = cv};
    ArrivalProcess process = Process(params, regions);
    SimTime last;
    for (int i = 0; i < 2000; ++i) {
      const SimTime time = process.Next().time;
      ASSERT_GE(time, last);
      last = time;
      const int64_t hour = time.nanos() / Duration::Hours(1).nanos() % 24;
      ASSERT_TRUE(hour >= 8 && hour < 20) << hour;
    }
  }
}

TEST(GammaTest, ARegionThatIsAwakeAloneHasTheArrivalsHoweverLittleItsWeight) {
  ArrivalParams params{.rate_per_h = 1, .law = GammaArrivals{.cv = 1}};
  for (int hour = 0; hour < 24; ++hour) params.shape.daily.push_back(hour < 12 ? 1 : 0);
  const std::vector<RegionShare> regions = {{RegionId(0), 1e4, Duration()},
                                            {RegionId(1), 1, Duration::Hours(12)}};
  ArrivalProcess process = Process(params, regions);
  int light = 0;
  for (int i = 0; i < 100'000; ++i) {
    const ArrivalEvent event = process.Next();
    const int64_t hour = event.time.nanos() / Duration::Hours(1).nanos() % 24;
    ASSERT_EQ(event.region, hour < 12 ? 0U : 1U);
    light += event.region == 1;
  }
  EXPECT_GT(light, 0);  // 10 expected
}

TEST(ArrivalProcessTest, EndsAtNeverRatherThanOverflow) {
  ArrivalProcess process = Process({.rate_per_h = 1e-6});
  SimTime last = SimTime::Zero();
  for (int i = 0; i < 10; ++i) {
    const SimTime time = process.Next().time;
    EXPECT_GE(time, last);
    last = time;
  }
  EXPECT_EQ(last, SimTime::Never());
}

std::string Mistakes(const ArrivalParams& params) {
  std::vector<Finding> findings;
  CheckArrivals(params, "arrivals", &findings);
  return Error(findings).ToString();
}

TEST(CheckArrivalsTest, SaysWhatIsWrong) {
  EXPECT_THAT(Mistakes({.rate_per_h = 0}), HasSubstr("arrivals.rate: got 0, expected more than 0"));
  EXPECT_THAT(Mistakes({.rate_per_h = std::nan("")}), HasSubstr("arrivals.rate: got nan"));
  EXPECT_THAT(Mistakes({.rate_per_h = 1, .shape = {.daily = {1, 2, 3}}}),
              HasSubstr("arrivals.shape.daily: got 3 values, expected 24"));
  EXPECT_THAT(Mistakes({.rate_per_h = 1, .shape = {.weekly = {0, 0, 0, 0, 0, 0, 0}}}),
              HasSubstr("arrivals.shape: got a peak"));
  EXPECT_THAT(Mistakes({.rate_per_h = 1, .law = GammaArrivals{.cv = -1}}),
              HasSubstr("arrivals.cv: got -1"));
  MmppArrivals law;
  law.states = {{.rate = 1, .mean_sojourn = Duration()}};
  EXPECT_THAT(Mistakes({.rate_per_h = 1, .law = law}), HasSubstr("expected at least two"));
  law.states.push_back({.rate = 2, .mean_sojourn = Duration::Hours(1)});
  EXPECT_THAT(Mistakes({.rate_per_h = 1, .law = law}),
              HasSubstr("arrivals.states[0].mean_sojourn: got 0 s, expected more than 0"));
  EXPECT_THAT(Mistakes({.rate_per_h = 10, .superset_rate_per_h = 5}),
              HasSubstr("got 5, expected at least 10, the highest rate"));
  EXPECT_THAT(Mistakes({.rate_per_h = 10, .law = GammaArrivals{}, .superset_rate_per_h = 50}),
              HasSubstr("gamma arrivals, which are not thinned"));
}

TEST(CheckArrivalsTest, SaysWhichRegionIsWrong) {
  std::vector<Finding> findings;
  CheckRegionShares({{RegionId(0), -1, Duration::Minutes(7)}}, "regions", &findings);
  const std::string text = Error(findings).ToString();
  EXPECT_THAT(text, HasSubstr("regions[0].weight: got -1"));
  EXPECT_THAT(text, HasSubstr("regions[0].utc_offset: got 0.116"));
}

}  // namespace
}  // namespace orrery::workload
