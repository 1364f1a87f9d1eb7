#include "sim/base/distributions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "sim/base/math.h"

namespace orrery {
namespace {

using Interpolation = EmpiricalDistribution::Interpolation;
using Rows = std::vector<EmpiricalDistribution::Row>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<int> Counts(const DiscreteDistribution& distribution, int draws) {
  Draw draw = RandomStreams(1, 0).Stream("test/discrete").At(0);
  std::vector<int> counts(distribution.size());
  for (int i = 0; i < draws; ++i) ++counts[distribution(draw)];
  return counts;
}

TEST(DiscreteDistributionTest, FollowsItsWeights) {
  const std::vector<double> weights = {1, 0, 4, 2.5, 0.5, 2};
  const auto counts = Counts(*DiscreteDistribution::Create(weights), 40'000);
  for (size_t i = 0; i < weights.size(); ++i) {
    const double expected = weights[i] * 4'000;
    EXPECT_NEAR(counts[i], expected, 4 * std::sqrt(expected)) << i;
  }
  EXPECT_EQ(counts[1], 0);
}

TEST(DiscreteDistributionTest, NeverGivesAnItemOfWeightZero) {
  // 0.1 added ten times is not 1: the columns' rounding must not let an empty item through.
  std::vector<double> weights(21, 0);
  for (size_t i = 0; i < 10; ++i) weights[2 * i] = 0.1;
  const auto counts = Counts(*DiscreteDistribution::Create(weights), 40'000);
  for (size_t i = 0; i < weights.size(); ++i) EXPECT_EQ(counts[i] > 0, weights[i] > 0) << i;
}

TEST(DiscreteDistributionTest, OneItemIsCertain) {
  const std::vector<double> weights = {0.7};
  EXPECT_EQ(Counts(*DiscreteDistribution::Create(weights), 100)[0], 100);
}

TEST(DiscreteDistributionTest, RefusesWhatIsNoDistribution) {
  const auto message = [](const std::vector<double>& weights) {
    return DiscreteDistribution::Create(weights).error().ToString();
  };
  EXPECT_EQ(message({}), "got no weights, expected at least one");
  EXPECT_EQ(message({1, -2}), "weight 1: got -2, expected a finite number of at least 0");
  EXPECT_EQ(message({kInfinity}), "weight 0: got inf, expected a finite number of at least 0");
  EXPECT_EQ(message({0, 0}), "weights sum to 0, expected a finite sum above 0");
}

TEST(EmpiricalDistributionTest, InterpolatesBetweenRows) {
  const Rows rows = {{0, 10}, {0.5, 20}, {1, 100}};
  const auto linear = *EmpiricalDistribution::Create(rows, Interpolation::kLinear);
  EXPECT_EQ(linear.Quantile(0), 10);
  EXPECT_EQ(linear.Quantile(0.25), 15);
  EXPECT_EQ(linear.Quantile(0.5), 20);
  EXPECT_EQ(linear.Quantile(0.75), 60);
  EXPECT_EQ(linear.Quantile(1), 100);
  const auto log = *EmpiricalDistribution::Create(rows, Interpolation::kLog);
  EXPECT_DOUBLE_EQ(log.Quantile(0), 10);
  EXPECT_DOUBLE_EQ(log.Quantile(0.25), std::sqrt(200));
  EXPECT_DOUBLE_EQ(log.Quantile(0.75), std::sqrt(2000));
  EXPECT_DOUBLE_EQ(log.Quantile(1), 100);
}

TEST(EmpiricalDistributionTest, MeanIsThatOfItsDraws) {
  const Rows rows = {{0, 1}, {0.3, 1}, {0.9, 50}, {1, 1000}};
  for (const auto interpolation : {Interpolation::kLinear, Interpolation::kLog}) {
    const auto distribution = *EmpiricalDistribution::Create(rows, interpolation);
    const RandomStream stream = RandomStreams(1, 0).Stream("test/empirical");
    double sum = 0;
    double squares = 0;
    constexpr int kDraws = 20'000;
    for (uint64_t sample = 0; sample < kDraws; ++sample) {
      Draw draw = stream.At(sample);
      const double value = distribution(draw);
      sum += value;
      squares += value * value;
    }
    const double mean = sum / kDraws;
    const double sigma = std::sqrt((squares / kDraws - mean * mean) / kDraws);
    EXPECT_NEAR(distribution.Mean(), mean, 4 * sigma);
  }
  // By hand: ½ × 15 + ½ × 60.
  const Rows simple = {{0, 10}, {0.5, 20}, {1, 100}};
  EXPECT_DOUBLE_EQ(EmpiricalDistribution::Create(simple, Interpolation::kLinear)->Mean(), 37.5);
}

TEST(EmpiricalDistributionTest, RefusesWhatIsNoQuantileTable) {
  const auto message = [](const Rows& rows, Interpolation interpolation) {
    return EmpiricalDistribution::Create(rows, interpolation).error().ToString();
  };
  EXPECT_EQ(message({{0, 1}}, Interpolation::kLinear),
            "got 1 quantile rows, expected at least two, from probability 0 to 1");
  EXPECT_EQ(message({{0.1, 1}, {1, 2}}, Interpolation::kLinear),
            "quantile row 0: got probability 0.1, expected 0");
  EXPECT_EQ(message({{0, 1}, {0.9, 2}}, Interpolation::kLinear),
            "quantile row 1: got probability 0.9, expected 1");
  EXPECT_EQ(message({{0, 1}, {0.5, 2}, {0.5, 3}, {1, 4}}, Interpolation::kLinear),
            "quantile row 2: got probability 0.5 after 0.5, expected a higher one");
  EXPECT_EQ(message({{0, 5}, {1, 2}}, Interpolation::kLinear),
            "quantile row 1: got value 2 after 5, expected one that is not lower");
  EXPECT_EQ(message({{0, 0}, {1, 2}}, Interpolation::kLog),
            "quantile row 0: got value 0, expected a finite number above 0");
}

}  // namespace
}  // namespace orrery
