#pragma once

#include <string>
#include <vector>

namespace orrery {

/// What one round trip to the device gave.
struct SmokeResult {
  bool device_found = false;
  std::string error;          ///< Empty where every call succeeded.
  std::vector<float> values;  ///< The input with each value doubled.
};

/// Doubles each value on the first CUDA device.
SmokeResult DoubleOnDevice(const std::vector<float>& input);

}  // namespace orrery
