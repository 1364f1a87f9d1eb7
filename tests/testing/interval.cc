#include "tests/testing/interval.h"

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

}  // namespace orrery::testing
