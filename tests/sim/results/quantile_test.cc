#include "sim/results/quantile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/sim/results/sample_rows.h"

namespace orrery::results {
namespace {

double ExactQuantile(const std::vector<double>& values, double q, int* passes = nullptr) {
  LogHistogram histogram;
  for (const double value : values) histogram.Add(value);
  const QuantileRanks ranks = RanksOf(q, values.size());
  const uint64_t wanted[] = {ranks.lower, ranks.upper};
  OrderStatistics statistics(histogram, wanted);
  int count = 0;
  while (!statistics.done()) {
    for (const double value : values) statistics.Add(value);
    statistics.EndPass();
    ++count;
  }
  if (passes != nullptr) *passes = count;
  return Interpolate(statistics.At(ranks.lower), statistics.At(ranks.upper), ranks.fraction);
}

double QuantileInMemory(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  const QuantileRanks ranks = RanksOf(q, values.size());
  return Interpolate(values[ranks.lower], values[ranks.upper], ranks.fraction);
}

TEST(QuantileTest, IsNumpysLinearInterpolation) {
  // numpy.quantile([1, 2, 4, 8, 16], q) for q = 0, 0.1, 0.5, 0.9, 0.99, 1.
  const std::vector<double> values = {16, 1, 8, 2, 4};
  EXPECT_DOUBLE_EQ(ExactQuantile(values, 0), 1);
  EXPECT_DOUBLE_EQ(ExactQuantile(values, 0.1), 1.4);
  EXPECT_DOUBLE_EQ(ExactQuantile(values, 0.5), 4);
  EXPECT_DOUBLE_EQ(ExactQuantile(values, 0.9), 12.8);
  EXPECT_DOUBLE_EQ(ExactQuantile(values, 0.99), 15.68);
  EXPECT_DOUBLE_EQ(ExactQuantile(values, 1), 16);
}

TEST(QuantileTest, OfOneValueIsThatValue) {
  for (const double q : {0.0, 0.5, 0.99, 1.0}) EXPECT_EQ(ExactQuantile({42}, q), 42);
}

TEST(QuantileTest, OfZerosNeedsNoPass) {
  int passes = -1;
  EXPECT_EQ(ExactQuantile(std::vector<double>(1000, 0.0), 0.5, &passes), 0);
  EXPECT_EQ(passes, 0);
}

TEST(OrderStatisticsTest, AgreeWithSortingOnEveryShapeOfStream) {
  std::vector<std::vector<double>> streams;
  std::vector<double> wide, narrow, tied, few;
  for (uint32_t i = 0; i < 200'000; ++i) {
    const uint64_t bits = Scramble(i);
    wide.push_back(std::exp2(static_cast<double>(bits % 60'000) / 1000));
    // All in one bucket: more than are collected at once.
    narrow.push_back(1e15 + static_cast<double>(bits % 1'000'000));
    tied.push_back(bits % 10 == 0 ? 1e12 + static_cast<double>(bits % 1000) : 1e12 + 77);
    few.push_back(bits % 2 == 0 ? 0 : 5e9);
  }
  for (const auto& stream : {wide, narrow, tied, few}) {
    for (const double q : {0.0, 0.01, 0.5, 0.9, 0.95, 0.99, 0.999999, 1.0}) {
      int passes = 0;
      EXPECT_EQ(ExactQuantile(stream, q, &passes), QuantileInMemory(stream, q)) << q;
      EXPECT_LE(passes, 5);
    }
  }
}

TEST(LogHistogramTest, IsOffByNoMoreThanItsBound) {
  LogHistogram histogram;
  std::vector<double> values;
  for (uint32_t i = 0; i < 50'000; ++i) {
    values.push_back(std::exp2(static_cast<double>(Scramble(i) % 100'000) / 1000));
    histogram.Add(values.back());
  }
  for (double q = 0; q <= 1; q += 0.01) {
    const double exact = QuantileInMemory(values, q);
    EXPECT_NEAR(histogram.Quantile(q), exact, exact * LogHistogram::kRelativeError) << q;
  }
  EXPECT_EQ(histogram.max(), *std::max_element(values.begin(), values.end()));
}

TEST(LogHistogramTest, MergedIsTheHistogramOfBoth) {
  LogHistogram even, odd, all;
  for (uint32_t i = 0; i < 10'000; ++i) {
    const double value = static_cast<double>(Scramble(i) % 1'000'000);
    (i % 2 == 0 ? even : odd).Add(value);
    all.Add(value);
  }
  LogHistogram merged;
  merged.Merge(even);
  merged.Merge(odd);
  merged.Merge(LogHistogram());
  EXPECT_EQ(merged.count(), all.count());
  EXPECT_EQ(merged.max(), all.max());
  for (uint32_t b = 0; b < LogHistogram::kBuckets; ++b) {
    ASSERT_EQ(merged.CountIn(b), all.CountIn(b));
  }
}

TEST(LogHistogramTest, KeepsHugeValuesInTheLastBucket) {
  LogHistogram histogram;
  histogram.Add(1e300);
  EXPECT_EQ(histogram.CountIn(LogHistogram::kBuckets - 1), 1u);
  EXPECT_EQ(ExactQuantile({1e300, 1e301, 1e302}, 0.5), 1e301);
}

TEST(LogHistogramTest, HasNoQuantileWithoutValues) {
  EXPECT_TRUE(std::isnan(LogHistogram().Quantile(0.5)));
}

TEST(JainIndexTest, IsOneForEqualSharesAndOneNthForAMonopoly) {
  EXPECT_DOUBLE_EQ(JainIndex(std::vector<double>{3, 3, 3, 3}), 1);
  EXPECT_DOUBLE_EQ(JainIndex(std::vector<double>{5, 0, 0, 0}), 0.25);
  // Jain, Chiu, Hawe: k of n users with equal shares, the rest with none, give k/n.
  EXPECT_DOUBLE_EQ(JainIndex(std::vector<double>{1, 1, 0, 0, 0}), 0.4);
  EXPECT_DOUBLE_EQ(JainIndex(std::vector<double>{0, 0}), 1);
  EXPECT_TRUE(std::isnan(JainIndex({})));
}

}  // namespace
}  // namespace orrery::results
