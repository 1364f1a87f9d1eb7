#include "tests/cuda/smoke.h"

#include <gtest/gtest.h>

#include <vector>

namespace orrery {
namespace {

TEST(CudaSmokeTest, DoublesEveryValueOnTheDevice) {
  std::vector<float> input(1000);
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<float>(i);
  const SmokeResult result = DoubleOnDevice(input);
  if (!result.device_found) GTEST_SKIP() << "no CUDA device here: " << result.error;
  ASSERT_EQ(result.error, "");
  for (std::size_t i = 0; i < input.size(); ++i) {
    ASSERT_EQ(result.values[i], 2.0F * static_cast<float>(i)) << "at " << i;
  }
}

}  // namespace
}  // namespace orrery
