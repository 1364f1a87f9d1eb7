// The bits of generated jobs: equal in every build mode, and changed only on purpose (CHANGELOG:
// "Changes simulation results").
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "models/workload/presets.h"
#include "tests/sim/base/digest.h"

namespace orrery::workload {
namespace {

uint64_t DigestOf(const GeneratorParams& params) {
  RequirementsTable table;
  auto source = MakeGenerator(params, /*seed=*/7, /*replicate=*/0, &table);
  EXPECT_TRUE(source.has_value()) << source.error().ToString();
  Digest digest;
  Job job;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE((*source)->Next(&job).value());
    digest.Add(static_cast<uint64_t>(job.submit.nanos()));
    digest.Add(static_cast<uint64_t>(job.work.nanos()));
    digest.Add(static_cast<uint64_t>(job.estimate.nanos()));
    digest.Add(static_cast<uint64_t>(job.deadline.nanos()));
    digest.Add(static_cast<uint64_t>(job.demand.total_gpu_milli()) * job.replicas);
    digest.Add(job.user.value | uint64_t{job.region.value} << 32);
    digest.Add(job.source_id);
  }
  return digest.value();
}

TEST(GeneratorDigestTest, FirstThousandJobsOfEachPreset) {
  const std::map<std::string, uint64_t> golden = {
      {"acme_helios", 0x9dc22235247a7937}, {"acme_kalos", 0xbf3af37605ba015e},
      {"acme_pai", 0x35bde77080dcd981},    {"acme_philly", 0x53d6befdc6449aa7},
      {"acme_seren", 0x732aa4ede7a36537},  {"helios_venus", 0xeeed4465ca42bb33},
      {"philly", 0x7bc02e2857522098},
  };
  EXPECT_EQ(Presets().size(), golden.size());
  for (const PresetInfo& preset : Presets()) {
    const auto expected = golden.find(preset.name);
    ASSERT_NE(expected, golden.end()) << preset.name;
    EXPECT_EQ(DigestOf(*MakePreset(preset.name)), expected->second) << preset.name;
  }
}

// Every law, class and term that the presets do not use.
TEST(GeneratorDigestTest, FirstThousandJobsOfAMixedWorkload) {
  GeneratorParams params;
  params.arrivals = {.rate_per_h = 100, .law = GammaArrivals{.cv = 1.5}};
  for (int hour = 0; hour < 24; ++hour) params.arrivals.shape.daily.push_back(1 + hour % 7);
  params.regions = {{RegionId(0), 1, Duration::Hours(-5)}, {RegionId(1), 2, Duration::Hours(8)}};
  params.users = {.count = 40, .zipf_exponent = 0.8};
  for (const ClassParams& job_class :
       {ClassParams(SweepParams()), ClassParams(RenderingParams()),
        ClassParams(InteractiveParams()), ClassParams(BatchInferenceParams())}) {
    Population population{.name = "p", .job_class = job_class};
    population.duration = {.law = Weibull{.shape = 0.7, .scale = 900}, .max = 50'000};
    population.estimate.factor = {.law = LogNormal{.median = 2, .sigma = 0.5}};
    if (ClassOf(job_class) != JobClass::kInteractive) population.deadline.probability = 0.5;
    params.populations.push_back(population);
  }
  EXPECT_EQ(DigestOf(params), 0x8feed0bc22a4d9da);
}

}  // namespace
}  // namespace orrery::workload
