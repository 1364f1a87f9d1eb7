#include "models/energy/power.h"

#include <gtest/gtest.h>

namespace orrery::energy {
namespace {

fleet::GpuCatalogue OneGpu(double tdp_w) {
  fleet::GpuModel gpu;
  gpu.id = "gpu";
  gpu.tdp_w = tdp_w;
  return fleet::GpuCatalogue::FromRows({gpu});
}

Hardware Held(uint32_t gpu_milli, uint64_t cores, uint64_t gib, OwnerKind owner) {
  return {GpuModelId(0), gpu_milli, cores * 1000, gib * 1024, owner};
}

TEST(PowerTest, IdleAndBusyOfAConsumersNode) {
  const PowerModel power(PowerParams(), OneGpu(450));
  const Hardware node = Held(1000, 16, 64, OwnerKind::kConsumer);
  // 450 × 12% + 16 × 0.74 + 64 × 0.392 = 90.928 W, and a tenth more.
  EXPECT_EQ(power.Idle(node), 100'020);
  // 396 × 95% + 16 × 2.76 = 420.36 W, and a tenth more.
  EXPECT_EQ(power.Dynamic(node, JobClass::kRendering), 462'396);
}

// Newkirk et al. 2025 measured 76% of the node's rated 10.2 kW.
TEST(PowerTest, EightH100InTrainingDrawWhatWasMeasured) {
  PowerParams params;
  params.pue.fill(1);
  const PowerModel power(params, OneGpu(700));
  const Hardware node = Held(8000, 96, 1024, OwnerKind::kDatacentre);
  const double kw =
      static_cast<double>(power.Idle(node) + power.Dynamic(node, JobClass::kBatchTraining)) / 1e6;
  EXPECT_NEAR(kw, 0.76 * 10.2, 0.02 * 0.76 * 10.2);
}

// With all GPUs at their TDP: Latif et al., IEEE Access 13, 2025, saw 8.4 kW at most; a DGX A100 is
// rated at 6.5 kW, a DGX H100 at 10.2 kW (docs/models/energy.md).
TEST(PowerTest, NodesThatTheOverheadWasNotFittedToAreNear) {
  struct Told {
    double tdp_w;
    uint64_t cores, gib;
    double kw, error;
  };
  for (const Told& told : {Told{700, 96, 1024, 8.4, 0.003}, Told{400, 256, 1024, 6.5, -0.080},
                           Told{700, 224, 2048, 10.2, -0.063}}) {
    PowerParams params;
    params.pue.fill(1);
    params.gpu_load.fill(1);
    const PowerModel power(params, OneGpu(told.tdp_w));
    const Hardware node = Held(8000, told.cores, told.gib, OwnerKind::kDatacentre);
    const double kw =
        static_cast<double>(power.Idle(node) + power.Dynamic(node, JobClass::kBatchTraining)) / 1e6;
    EXPECT_NEAR(kw / told.kw - 1, told.error, 0.001) << told.kw;
  }
}

TEST(PowerTest, HalfAGpuDrawsHalfOfIt) {
  PowerParams params;
  params.overhead.fill(1);
  params.pue.fill(1);
  const PowerModel power(params, OneGpu(400));
  EXPECT_EQ(power.Idle(Held(500, 0, 0, OwnerKind::kMiner)), 24'000);
  EXPECT_EQ(power.Dynamic(Held(500, 0, 0, OwnerKind::kMiner), JobClass::kInteractive), 35'200);
  EXPECT_EQ(power.Dynamic(Held(500, 0, 0, OwnerKind::kMiner), JobClass::kInteractive, 0.5), 17'600);
}

TEST(PowerTest, IdlePowersOfPartsNeverExceedThatOfTheWhole) {
  const PowerModel power(PowerParams(), OneGpu(333.333));
  for (uint32_t part = 1; part <= 1000; part += 37) {
    const Hardware one{GpuModelId(0), part, part * 13, part * 7, OwnerKind::kPartner};
    const Hardware rest{GpuModelId(0), 1000 - part, 20'000 - part * 13, 9'000 - part * 7,
                        OwnerKind::kPartner};
    const Hardware whole{GpuModelId(0), 1000, 20'000, 9'000, OwnerKind::kPartner};
    EXPECT_LE(power.Idle(one) + power.Idle(rest), power.Idle(whole)) << part;
  }
}

TEST(PowerTest, UnknownGpuHasTheStatedPower) {
  const PowerModel power(PowerParams(), OneGpu(0));
  EXPECT_DOUBLE_EQ(power.GpuIdleWatts(GpuModelId(0)), 36);
  EXPECT_DOUBLE_EQ(power.GpuBusyWatts(GpuModelId(0), JobClass::kBatchTraining), 36 + 264 * 0.9);
}

}  // namespace
}  // namespace orrery::energy
