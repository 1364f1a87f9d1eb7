// Mistakes in the transformations of a source of jobs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/scenario_testing.h"

namespace orrery::scenario {
namespace {

using testing::Findings;
using ::testing::HasSubstr;
using testing::Small;

TEST(BadTransformsTest, CheapHoursNeedHoursThatDiffer) {
  for (const char* level : {"energy=off", "energy=simple"}) {
    EXPECT_THAT(
        Findings(Small(), {"workload.transforms=cheap_hours", level}),
        HasSubstr("workload[0].transforms[0].cheap_hours: got hours that all cost the same, "
                  "expected energy: full"));
  }
  EXPECT_EQ(Findings(Small(), {"workload.transforms=cheap_hours", "energy=full"}), "");
}

TEST(BadTransformsTest, TransformationsKnowTheNamesOfTheScenario) {
  const auto with = [](const std::string& steps) {
    return Findings(Small("regions: [tokyo, oslo]\n"),
                    {"energy=full", "workload.transforms=" + steps});
  };
  const std::string gpu =
      ": got the GPU 'h100-sxn', expected one of the catalogue (did you mean "
      "'h100-sxm'?)";
  EXPECT_THAT(with("[shuffle, map_gpu: {gpus: 't4=1, h100-sxn=2'}]"),
              HasSubstr("workload[0].transforms[1].map_gpu" + gpu));
  EXPECT_THAT(with("[require: {gpus: h100-sxn}]"),
              HasSubstr("workload[0].transforms[0].require" + gpu));
  EXPECT_THAT(with("[prefer: {kind: gpu, value: h100-sxn}]"),
              HasSubstr("workload[0].transforms[0].prefer" + gpu));
  EXPECT_THAT(with("[prefer: {kind: region, value: osol}]"),
              HasSubstr("workload[0].transforms[0].prefer: got 'osol', expected a region"));
  EXPECT_THAT(with("[prefer: {kind: owner_kind, value: miners}]"),
              HasSubstr("workload[0].transforms[0].prefer: got 'miners', expected an owner kind"));
  EXPECT_THAT(with("[prefer: {kind: tier, value: high}]"),
              HasSubstr("workload[0].transforms[0].prefer: got the tier 'high', expected 0"));
  EXPECT_THAT(with("[cheap_hours: {region: osol}]"),
              HasSubstr("workload[0].transforms[0].cheap_hours: got 'osol', expected a region"));
  EXPECT_EQ(with("[cheap_hours: {region: oslo}, prefer: {kind: region, value: oslo}, require: "
                 "{gpus: 't4, l4'}, map_gpu: {gpus: t4}]"),
            "");
}

TEST(BadTransformsTest, TransformationsAimAtWhatTheFleetHas) {
  const std::string fleet =
      "fleet={gpus_per_node: 0, count: 2, cpu: 32, memory: 128GiB, ask: $0.1/h}";
  EXPECT_THAT(Findings(Small(), {fleet, "workload.transforms=inflate"}),
              HasSubstr("workload[0].transforms[0].inflate: got it where the fleet has no GPU, "
                        "expected GPUs to fill"));
  EXPECT_THAT(Findings(Small(), {fleet, "workload.transforms=scale_load"}),
              HasSubstr("workload[0].transforms[0].scale_load: got it where the fleet has none of "
                        "the resource that it counts, expected resource: cpu"));
  EXPECT_EQ(Findings(Small(), {fleet, "workload.transforms=[scale_load: {resource: cpu}]"}), "");
  EXPECT_EQ(Findings(Small(), {"workload.transforms=[inflate, scale_load]"}), "");
}

}  // namespace
}  // namespace orrery::scenario
