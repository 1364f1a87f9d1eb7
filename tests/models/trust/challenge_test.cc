// How often a proof of work fails, and when it has failed too often: closed forms against theory
// and against trials.
#include "models/trust/challenge.h"

#include <gtest/gtest.h>

#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>

#include "sim/base/random.h"

namespace orrery::trust {
namespace {

TEST(NormalTailTest, IsTheNormalLaws) {
  const boost::math::normal normal;
  for (double x = -8; x < 30; x += 0.37) {
    const double tail = boost::math::cdf(boost::math::complement(normal, x));
    EXPECT_NEAR(NormalTail(x) / tail, 1, 1e-12) << x;
  }
}

// A card with 60% of the compute takes 1/0.6 of the time agreed: with a tolerance of 1.8 it must be
// ln 1.08 / 0.1 standard deviations late.
TEST(FailureChanceTest, WorkedByHand) {
  const TimeLock lock{.tolerance = 1.8, .jitter = 0.1, .spread = 0, .transfer = 0, .probes = 0};
  EXPECT_NEAR(FailureChance(lock, {.compute = 0.6}, 0), NormalTail(std::log(1.08) / 0.1), 1e-14);
  EXPECT_NEAR(FailureChance(lock, {}, 0), NormalTail(std::log(1.8) / 0.1), 1e-18);
  // A card that is slower by e^0.05, for good.
  EXPECT_NEAR(FailureChance(lock, {}, 0.05), NormalTail((std::log(1.8) - 0.05) / 0.1), 1e-16);
}

TEST(FailureChanceTest, WithoutJitterTheLimitIsSharp) {
  const TimeLock lock{.tolerance = 2, .jitter = 0, .spread = 0, .transfer = 0, .probes = 0};
  EXPECT_EQ(FailureChance(lock, {.compute = 0.49}, 0), 1);
  EXPECT_EQ(FailureChance(lock, {.compute = 0.51}, 0), 0);
}

TEST(FailureChanceTest, PlacesInMemoryAreThereByItsShare) {
  const TimeLock lock{.tolerance = 100, .jitter = 0.1, .spread = 0, .transfer = 0, .probes = 3};
  EXPECT_NEAR(FailureChance(lock, {.memory = 0.5}, 0), 1 - 0.125, 1e-12);
}

// A quarter of the bandwidth makes a fifth of the time four fifths: 1.6 in all.
TEST(FailureChanceTest, DataMoveOverTheRealLink) {
  const TimeLock lock{.tolerance = 2, .jitter = 0.1, .spread = 0, .transfer = 0.2, .probes = 0};
  EXPECT_NEAR(FailureChance(lock, {.bandwidth = 0.25}, 0), NormalTail(std::log(1.25) / 0.1), 1e-14);
}

TEST(FailureChanceTest, IsThatOfTrials) {
  const TimeLock lock{.tolerance = 1.5, .jitter = 0.3, .spread = 0, .transfer = 0, .probes = 2};
  const Real real{.compute = 0.7, .memory = 0.9, .bandwidth = 1};
  const RandomStreams random(5, 0);
  constexpr int kTrials = 200'000;
  int failed = 0;
  for (int i = 0; i < kTrials; ++i) {
    Draw draw = random.Stream("test/proof").At(static_cast<uint64_t>(i));
    const double time = draw.LogNormal(0, lock.jitter) / real.compute;
    bool fails = time > lock.tolerance;
    for (uint32_t probe = 0; probe < lock.probes; ++probe) fails |= draw.Uniform01() >= real.memory;
    failed += fails;
  }
  const double p = FailureChance(lock, real, 0);
  const double sigma = std::sqrt(p * (1 - p) / kTrials);
  EXPECT_NEAR(static_cast<double>(failed) / kTrials, p, 2.576 * sigma);
}

TEST(StreakTest, SurvivalWorkedByHand) {
  const Streak streak(0.5, 2);
  EXPECT_EQ(streak.Survival(0), 1);
  EXPECT_EQ(streak.Survival(1), 1);
  EXPECT_EQ(streak.Survival(2), 0.75);
  EXPECT_EQ(streak.Survival(3), 0.625);  // of eight, those with FF: FF?, PFF
  EXPECT_EQ(streak.Mean(), 6);
}

TEST(StreakTest, MeanIsFellers) {
  // The sum of the survivals, as far as they count.
  for (const double p : {0.3, 0.7, 0.95}) {
    for (const uint32_t row : {1u, 2u, 3u, 5u}) {
      const Streak streak(p, row);
      double sum = 0;
      for (uint64_t n = 0; n < 20'000; ++n) {
        const double left = streak.Survival(n);
        sum += left;
        if (left < 1e-14) break;
      }
      EXPECT_NEAR(sum / streak.Mean(), 1, 1e-9) << p << " " << row;
    }
  }
}

TEST(StreakTest, QuantilesInvertTheSurvival) {
  for (const double p : {0.02, 0.4, 0.999}) {
    const Streak streak(p, 3);
    for (double u = 0.013; u < 1; u += 0.07) {
      const uint64_t n = streak.Quantile(u);
      ASSERT_NE(n, Streak::kNever);
      EXPECT_LE(streak.Survival(n), u);
      EXPECT_GT(streak.Survival(n - 1), u);
    }
  }
}

TEST(StreakTest, DrawsHaveTheMean) {
  const RandomStreams random(9, 0);
  const Streak streak(0.6, 4);
  constexpr int kDraws = 100'000;
  double sum = 0, squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    Draw draw = random.Stream("test/streak").At(static_cast<uint64_t>(i));
    const auto n = static_cast<double>(streak.Quantile(draw.UniformOpen()));
    sum += n;
    squares += n * n;
  }
  const double mean = sum / kDraws;
  const double sigma = std::sqrt((squares / kDraws - mean * mean) / kDraws);
  EXPECT_NEAR(mean, streak.Mean(), 2.576 * sigma);
}

TEST(StreakTest, CertaintiesAreCertain) {
  EXPECT_EQ(Streak(0, 3).Quantile(0.5), Streak::kNever);
  EXPECT_EQ(Streak(0, 3).Mean(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(Streak(1, 3).Quantile(0.5), 3u);
  EXPECT_EQ(Streak(1, 3).Mean(), 3);
  EXPECT_EQ(Streak(1e-9, 8).Quantile(0.5), Streak::kNever) << "not in this world";
}

}  // namespace
}  // namespace orrery::trust
