// Intervals of measured means, and what tests expect of them.
#pragma once

#include <string>
#include <vector>

namespace orrery::testing {

struct Interval {
  double mean = 0;
  double half_width = 0;
};

// 99% interval of the mean by Student's t. At least two values.
Interval IntervalOf(const std::vector<double>& values);

// Theory's value lies in the interval, whose half-width is below `widest` of it. Recorded.
void ExpectTheory(const Interval& measured, double theory, double widest);

// The mean is above 0 by more than its interval, which is returned. Recorded as `what`.
Interval ExpectAboveZero(const std::vector<double>& values, const std::string& what);

}  // namespace orrery::testing
