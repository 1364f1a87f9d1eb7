#include "models/workload/distribution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace orrery::workload {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr double kLn2 = 0.69314718055994531;

std::string Mistakes(const Distribution& distribution) {
  std::vector<Finding> findings;
  CheckDistribution(distribution, "duration", &findings);
  return Error(findings).ToString();
}

TEST(SamplerTest, InvertsEachLaw) {
  EXPECT_DOUBLE_EQ(Sampler({.law = Deterministic{42}}).At(0.9), 42);
  EXPECT_DOUBLE_EQ(Sampler({.law = Exponential{10}}).At(0.5), 10 * kLn2);
  EXPECT_DOUBLE_EQ(Sampler({.law = Uniform{2, 6}}).At(0.25), 3);
  EXPECT_DOUBLE_EQ(Sampler({.law = LogNormal{.median = 60, .sigma = 2}}).At(0.5), 60);
  // Φ(1) = 0.841344746…
  EXPECT_NEAR(Sampler({.law = LogNormal{.median = 60, .sigma = 2}}).At(0.8413447460685429),
              60 * std::exp(2.0), 1e-8);
  EXPECT_DOUBLE_EQ(Sampler({.law = Weibull{.shape = 2, .scale = 3}}).At(0.5), 3 * std::sqrt(kLn2));
}

TEST(SamplerTest, WeibullOfShapeOneIsExponential) {
  const Sampler weibull({.law = Weibull{.shape = 1, .scale = 7}});
  const Sampler exponential({.law = Exponential{7}});
  for (double u = 0.05; u < 1; u += 0.1) EXPECT_NEAR(weibull.At(u), exponential.At(u), 1e-12);
}

TEST(SamplerTest, TableIsStraightInTheLogarithmBetweenItsPoints) {
  const Sampler table({.law = Empirical{{{0, 1}, {0.5, 100}, {1, 10'000}}}});
  EXPECT_DOUBLE_EQ(table.At(0.5), 100);
  EXPECT_NEAR(table.At(0.25), 10, 1e-12);
  EXPECT_NEAR(table.At(0.75), 1000, 1e-9);
}

TEST(SamplerTest, TableFromZeroIsStraight) {
  const Sampler table({.law = Empirical{{{0, 0}, {0.5, 10}, {1, 30}}}});
  EXPECT_DOUBLE_EQ(table.At(0.25), 5);
  EXPECT_DOUBLE_EQ(table.At(0.75), 20);
}

TEST(SamplerTest, CutLawIsTheLawOnConditionThatItLiesInside) {
  // P(X < 5) of an exponential with mean 10 is 1 − e^−0.5; the median below 5 is at half of it.
  const Sampler cut({.law = Exponential{10}, .max = 5});
  const double half = (1 - std::exp(-0.5)) / 2;
  EXPECT_NEAR(cut.At(0.5), -10 * std::log(1 - half), 1e-9);
  const Sampler both({.law = Uniform{0, 100}, .min = 20, .max = 40});
  EXPECT_NEAR(both.At(0.25), 25, 1e-9);
  for (const double u : {1e-15, 0.5, 1 - 1e-15}) {
    EXPECT_GE(both.At(u), 20);
    EXPECT_LE(both.At(u), 40);
  }
}

TEST(SamplerTest, RisesWithItsUniformNumber) {
  for (const Law& law : std::vector<Law>{Exponential{1}, LogNormal{1, 2}, Weibull{0.5, 1},
                                         Empirical{{{0, 1}, {0.3, 1}, {1, 9}}}}) {
    const Sampler sampler({.law = law, .max = 8});
    double last = 0;
    for (double u = 0.001; u < 1; u += 0.001) {
      EXPECT_GE(sampler.At(u), last) << LawName(law) << u;
      last = sampler.At(u);
    }
  }
}

TEST(CheckDistributionTest, AcceptsEveryLaw) {
  EXPECT_THAT(Mistakes({.law = Deterministic{0}}), IsEmpty());
  EXPECT_THAT(Mistakes({.law = LogNormal{60, 0}}), IsEmpty());
  EXPECT_THAT(Mistakes({.law = Empirical{{{0, 1}, {1, 1}}}}), IsEmpty());
  EXPECT_THAT(Mistakes({.law = Exponential{1}, .min = 1, .max = 3}), IsEmpty());
}

TEST(CheckDistributionTest, SaysWhatIsWrong) {
  EXPECT_EQ(Mistakes({.law = Exponential{0}}),
            "duration.mean: got 0, expected a finite number above 0");
  EXPECT_EQ(Mistakes({.law = Exponential{std::numeric_limits<double>::quiet_NaN()}}),
            "duration.mean: got nan, expected a finite number above 0");
  EXPECT_EQ(Mistakes({.law = Uniform{5, 2}}), "duration.high: got 2, expected at least low (5)");
  EXPECT_THAT(Mistakes({.law = LogNormal{-1, -2}}), HasSubstr("duration.sigma: got -2"));
  EXPECT_EQ(Mistakes({.law = Exponential{1}, .min = 5, .max = 2}),
            "duration.max: got 2, expected at least min (5)");
  EXPECT_EQ(Mistakes({.law = Uniform{0, 1}, .min = 5}),
            "duration: the uniform law has nothing between min (5) and max (inf)");
  EXPECT_EQ(Mistakes({.law = Deterministic{3}, .min = 5}),
            "duration: the deterministic law has nothing between min (5) and max (inf)");
}

TEST(CheckDistributionTest, SaysWhichPointOfATableIsWrong) {
  EXPECT_THAT(Mistakes({.law = Empirical{{{0, 1}}}}), HasSubstr("got 1 points, expected at least"));
  EXPECT_EQ(Mistakes({.law = Empirical{{{0.1, 1}, {1, 2}}}}),
            "duration.points[0].p: got 0.1, expected 0");
  EXPECT_EQ(Mistakes({.law = Empirical{{{0, 1}, {0.9, 2}}}}),
            "duration.points[1].p: got 0.9, expected 1");
  EXPECT_EQ(Mistakes({.law = Empirical{{{0, 3}, {1, 2}}}}),
            "duration.points[1].value: got 2, expected at least the value before");
}

}  // namespace
}  // namespace orrery::workload
