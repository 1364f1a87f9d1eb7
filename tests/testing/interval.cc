#include "tests/testing/interval.h"

#include <gtest/gtest.h>

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

namespace orrery::testing {

Interval IntervalOf(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const boost::math::students_t law(n - 1);
  return {mean, boost::math::quantile(law, 0.995) * std::sqrt(squares / (n - 1) / n)};
}

void ExpectTheory(const Interval& measured, double theory, double widest) {
  EXPECT_LE(std::abs(measured.mean - theory), measured.half_width)
      << "measured " << measured.mean << " ± " << measured.half_width << ", theory " << theory;
  EXPECT_LT(measured.half_width, widest * theory)
      << "half-width " << measured.half_width / theory * 100 << "% of the theory's value";
  ::testing::Test::RecordProperty("measured", std::to_string(measured.mean));
  ::testing::Test::RecordProperty("half_width", std::to_string(measured.half_width));
  ::testing::Test::RecordProperty("theory", std::to_string(theory));
}

Interval ExpectAboveZero(const std::vector<double>& values, const std::string& what) {
  const Interval measured = IntervalOf(values);
  const std::string text =
      std::to_string(measured.mean) + " ± " + std::to_string(measured.half_width);
  EXPECT_GT(measured.mean, measured.half_width) << text;
  ::testing::Test::RecordProperty(what, text);
  return measured;
}

}  // namespace orrery::testing
