#include "models/workload/serving/cold_start.h"

#include <gtest/gtest.h>

namespace orrery::workload {
namespace {

TEST(ColdStartTest, HasItsMeanAndItsNinetyFifthPercentile) {
  for (const ColdStart& start : {ColdStart{Duration::Seconds(32), Duration::Seconds(58)},
                                 ColdStart{Duration::Seconds(52), Duration::Seconds(95)},
                                 ColdStart{Duration::Seconds(10), Duration::Seconds(10)}}) {
    EXPECT_NEAR(start.At(0.95).seconds(), start.p95.seconds(), 1e-6);
    double sum = 0;
    constexpr int kPoints = 100'000;
    for (int i = 0; i < kPoints; ++i) sum += start.At((i + 0.5) / kPoints).seconds();
    EXPECT_NEAR(sum / kPoints, start.mean.seconds(), 0.001 * start.mean.seconds());
  }
  EXPECT_EQ((ColdStart{}.At(0.5)), Duration());
}

TEST(ColdStartTest, GpusTakeAfterTheOneThatIsNearerByMemory) {
  fleet::GpuModel gpu;
  gpu.memory_mib = 24 * 1024;
  EXPECT_EQ(ColdStartOf(gpu).mean, Duration::Seconds(32));
  EXPECT_EQ(ColdStartOf(gpu).p95, Duration::Seconds(58));
  gpu.memory_mib = 141 * 1024;
  EXPECT_EQ(ColdStartOf(gpu).mean, Duration::Seconds(52));
  EXPECT_EQ(ColdStartOf(gpu).p95, Duration::Seconds(95));
}

}  // namespace
}  // namespace orrery::workload
