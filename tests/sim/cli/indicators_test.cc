#include "sim/cli/indicators.h"

#include <gtest/gtest.h>

#include <cmath>

namespace orrery::cli {
namespace {

TEST(MeanIntervalTest, AgreesWithTheTableOfStudentsT) {
  // Mean 5, standard deviation 2, n = 4: t(0.975, 3) = 3.18245 (any table).
  const std::vector<double> values = {3, 5 - std::sqrt(2.0), 5 + std::sqrt(2.0), 7};
  const Interval interval = MeanInterval(values);
  EXPECT_EQ(interval.count, 4u);
  EXPECT_DOUBLE_EQ(interval.mean, 5);
  EXPECT_NEAR(interval.half_width, 3.18245 * 2 / 2, 1e-5);
}

TEST(MeanIntervalTest, LeavesOutWhatDoesNotExist) {
  const std::vector<double> values = {1, std::nan(""), 3};
  const Interval interval = MeanInterval(values);
  EXPECT_EQ(interval.count, 2u);
  EXPECT_DOUBLE_EQ(interval.mean, 2);
}

TEST(PlusMinusTest, WhatSummingInAnotherOrderLeavesIsNoWidth) {
  EXPECT_EQ(PlusMinus({3, 3.86, 3e-16}, {1, " USD"}, /*sign=*/true), "+3.86 ± 0.00 USD");
  EXPECT_EQ(PlusMinus({3, 3.86, 0.012}, {1, " USD"}), "3.860 ± 0.012 USD");
}

TEST(MeanIntervalTest, OneValueHasNoWidth) {
  const std::vector<double> values = {4};
  EXPECT_DOUBLE_EQ(MeanInterval(values).mean, 4);
  EXPECT_TRUE(std::isnan(MeanInterval(values).half_width));
}

}  // namespace
}  // namespace orrery::cli
