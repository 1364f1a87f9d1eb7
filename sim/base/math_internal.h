// What the source files of sim/base/math.h share.
#pragma once

#include "sim/base/double_double.h"

namespace orrery::internal {

// log x to about 68 bits, for finite x > 0.
DoubleDouble LogDoubleDouble(double x);

// e^(x + tail), for |tail| < 2^-20.
double ExpDoubleDouble(double x, double tail);

}  // namespace orrery::internal
