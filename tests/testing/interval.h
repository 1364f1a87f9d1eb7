// Intervals of measured means.
#pragma once

#include <vector>

namespace orrery::testing {

struct Interval {
  double mean = 0;
  double half_width = 0;
};

// 99% interval of the mean by Student's t. At least two values.
Interval IntervalOf(const std::vector<double>& values);

}  // namespace orrery::testing
