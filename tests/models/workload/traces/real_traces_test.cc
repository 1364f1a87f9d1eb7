// The real traces, where ORRERY_TRACES tells where they are: counts and sums as their publishers
// (or an independent count by awk over the files) have them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "tests/models/workload/traces/testing.h"

namespace orrery::workload {
namespace {

using testing::CountOf;
using testing::HeaderValue;
using testing::Read;
using testing::ReadTrace;
using testing::World;

double WorkSeconds(const std::vector<Job>& jobs) {
  double sum = 0;
  for (const Job& job : jobs) sum += job.work.seconds();
  return sum;
}

TEST(RealTraceTest, NasaIpscHas18239JobsOfUnknownSizeRequests) {
  ORRERY_TRACE_FOLDER_OR_SKIP(folder, "swf");
  World world;
  const ReadTrace read =
      Read(&world, "swf", folder + "NASA-iPSC-1993-3.1-cln.swf.gz", {{"zero_run_time", "0s"}});
  ASSERT_FALSE(read.error) << read.message();
  EXPECT_EQ(read.jobs.size(), 18'239U);
  EXPECT_EQ(WorkSeconds(read.jobs), 13'950'781);
  EXPECT_EQ(CountOf(read.report.adjusted, "zero_run_time"), 173U);
  EXPECT_EQ(CountOf(read.report.adjusted, "no_estimate"), 18'239U);
  EXPECT_EQ(CountOf(read.report.adjusted, "other_size"), 18'239U);
  EXPECT_EQ(HeaderValue(read.report, "MaxProcs"), "128");
  // The archive gives a load of 46.6% over its 92 days.
  double processor_s = 0;
  for (const Job& job : read.jobs) processor_s += job.work.seconds() * job.replicas;
  EXPECT_EQ(processor_s, 474'238'015);
  EXPECT_NEAR(processor_s / (128 * 7'948'936.0), 0.466, 0.001);
}

TEST(RealTraceTest, LanlCm5Has40180JobsThatRanOverTheirRequest) {
  ORRERY_TRACE_FOLDER_OR_SKIP(folder, "swf");
  World world;
  const ReadTrace read = Read(&world, "swf", folder + "LANL-CM5-1994-4.1-cln.swf.gz");
  ASSERT_FALSE(read.error) << read.message();
  EXPECT_EQ(read.jobs.size() + read.report.total_skipped(), 122'060U);
  EXPECT_EQ(CountOf(read.report.skipped, "no_processors"), 3U);
  EXPECT_EQ(CountOf(read.report.adjusted, "ran_over"), 40'180U);
  // 11,290 lack an estimate, 3 of which lack a size too.
  EXPECT_EQ(CountOf(read.report.adjusted, "no_estimate"), 11'287U);
  EXPECT_TRUE(std::all_of(read.jobs.begin(), read.jobs.end(), [](const Job& job) {
    return (job.replicas & (job.replicas - 1)) == 0 && job.replicas >= 32;
  }));
}

TEST(RealTraceTest, LcgHas188041SingleProcessorJobs) {
  ORRERY_TRACE_FOLDER_OR_SKIP(folder, "swf");
  World world;
  const ReadTrace read = Read(&world, "swf", folder + "LCG-2005.swf.gz");
  ASSERT_FALSE(read.error) << read.message();
  EXPECT_EQ(read.jobs.size(), 188'041U);
  EXPECT_EQ(CountOf(read.report.adjusted, "no_estimate"), 0U);
  EXPECT_TRUE(std::all_of(read.jobs.begin(), read.jobs.end(),
                          [](const Job& job) { return job.replicas == 1; }));
}

TEST(RealTraceTest, LlnlAtlasSkipsJobsThatNeverRanAndSaysHowMany) {
  ORRERY_TRACE_FOLDER_OR_SKIP(folder, "swf");
  World world;
  const ReadTrace read = Read(&world, "swf", folder + "LLNL-Atlas-2006-2.1-cln.swf.gz");
  ASSERT_FALSE(read.error) << read.message();
  EXPECT_EQ(read.jobs.size() + read.report.total_skipped(), 43'778U);
  EXPECT_EQ(CountOf(read.report.skipped, "cancelled_in_queue"), 4'601U);
  EXPECT_EQ(CountOf(read.report.skipped, "no_processors"), 38U);
  EXPECT_EQ(read.jobs.size(), 39'139U);
}

TEST(RealTraceTest, OpenbHas8152PodsInItsKnownMix) {
  ORRERY_TRACE_FOLDER_OR_SKIP(folder, "openb");
  World world;
  const ReadTrace read =
      Read(&world, "openb", folder + "openb_pod_list_default.csv.gz", {{"lifetime", "creation"}});
  ASSERT_FALSE(read.error) << read.message();
  ASSERT_EQ(read.jobs.size(), 8'152U);
  std::map<int, int> by_gpus;
  int64_t gpu_milli = 0, cpu_milli = 0, memory_mib = 0, constrained = 0;
  std::vector<double> lifetimes;
  for (const Job& job : read.jobs) {
    ++by_gpus[job.demand.gpus];
    gpu_milli += job.demand.total_gpu_milli();
    cpu_milli += job.demand.cpu_milli;
    memory_mib += job.demand.memory_mib;
    constrained += job.requirements != RequirementsTable::kAny;
    lifetimes.push_back(job.work.seconds());
  }
  EXPECT_EQ(by_gpus[0], 1'088);
  EXPECT_EQ(by_gpus[1], 6'989);
  EXPECT_EQ(by_gpus[8], 44);
  EXPECT_EQ(gpu_milli, 6'086'800);
  EXPECT_EQ(cpu_milli, 85'436'012);
  EXPECT_EQ(memory_mib, 303'546'211);
  EXPECT_EQ(constrained, 0);
  EXPECT_EQ(CountOf(read.report.adjusted, "never_scheduled"), 897U);
  std::sort(lifetimes.begin(), lifetimes.end());
  EXPECT_NEAR(lifetimes[lifetimes.size() / 2], 540, 1);
  EXPECT_NEAR(lifetimes[lifetimes.size() * 95 / 100], 16'425, 50);
  EXPECT_NEAR(read.jobs.back().submit.seconds() / 86400, 149.3, 0.05);
}

TEST(RealTraceTest, EveryOpenbVariantReads) {
  ORRERY_TRACE_FOLDER_OR_SKIP(folder, "openb");
  World world;
  const std::map<std::string, size_t> pods = {
      {"cpu037", 7336},      {"cpu050", 7439},     {"cpu072", 7608},     {"cpu100", 7853},
      {"cpu200", 8832},      {"cpu235", 9240},     {"cpu250", 9420},     {"cpu300", 10094},
      {"gpushare100", 8152}, {"gpushare20", 8152}, {"gpushare40", 8152}, {"gpushare60", 8152},
      {"gpushare80", 8152},  {"gpuspec05", 8152},  {"gpuspec10", 8152},  {"gpuspec20", 8152},
      {"gpuspec25", 8152},   {"gpuspec33", 8152},  {"multigpu20", 8324}, {"multigpu30", 8508},
      {"multigpu40", 8746},  {"multigpu50", 9061}};
  for (const auto& [variant, count] : pods) {
    const ReadTrace read = Read(&world, "openb", folder + "openb_pod_list_" + variant + ".csv.gz");
    EXPECT_FALSE(read.error) << read.message();
    EXPECT_EQ(read.jobs.size(), count) << variant;
  }
}

TEST(RealTraceTest, PhillyHas82247JobsOf15VirtualClusters) {
  ORRERY_TRACE_FOLDER_OR_SKIP(folder, "philly");
  World world;
  const ReadTrace read = Read(&world, "philly", folder + "philly.csv.gz");
  ASSERT_FALSE(read.error) << read.message();
  ASSERT_EQ(read.jobs.size(), 82'247U);
  EXPECT_EQ(read.report.users.size(), 15U);
  std::map<uint32_t, int> by_gpus;
  double gpu_s = 0;
  for (const Job& job : read.jobs) {
    const uint32_t gpus = job.replicas * job.demand.gpus;
    ++by_gpus[gpus];
    gpu_s += job.work.seconds() * gpus;
  }
  EXPECT_EQ(by_gpus[1], 76'627);
  EXPECT_EQ(by_gpus[2], 1'818);
  EXPECT_EQ(by_gpus[4], 1'870);
  EXPECT_EQ(by_gpus[8], 1'643);
  EXPECT_EQ(by_gpus[16], 199);
  EXPECT_EQ(by_gpus[32], 67);
  EXPECT_EQ(WorkSeconds(read.jobs), 1'080'390'950);
  EXPECT_EQ(gpu_s, 3'521'082'502);
  EXPECT_EQ(HeaderValue(read.report, "first_timestamp"), "2017-09-04 10:30:41");
  // To the last one, 2017-12-22 08:02:11.
  EXPECT_EQ(read.jobs.back().submit.seconds(), 108 * 86400 + 21 * 3600 + 31 * 60 + 30);
}

TEST(RealTraceTest, GavelTracesReadInBothLayouts) {
  ORRERY_TRACE_FOLDER_OR_SKIP(folder, "gavel");
  World world;
  world.throughputs = ThroughputTable::Load(folder + "simulation_throughputs.json.gz").value();
  const std::map<std::string, size_t> jobs = {
      {"msr_seed0_103959.trace.gz", 986},         {"msr_seed0_11cb48.trace.gz", 2000},
      {"msr_seed0_ee9e8c.trace.gz", 2000},        {"msr_seed0_ed69ec.trace.gz", 951},
      {"physical_artifact_evaluation.trace", 15}, {"physical_max_min_fairness.trace", 96},
      {"physical_minimize_makespan.trace", 100},  {"physical_small_test.trace", 20}};
  for (const auto& [file, count] : jobs) {
    const ReadTrace read = Read(&world, "gavel", folder + file);
    EXPECT_FALSE(read.error) << read.message();
    EXPECT_EQ(read.jobs.size(), count) << file;
    EXPECT_EQ(read.report.total_skipped(), 0U) << file;
  }
}

TEST(RealTraceTest, GavelThroughputsHave26TypesAndSymmetricPairs) {
  ORRERY_TRACE_FOLDER_OR_SKIP(folder, "gavel");
  const auto table = ThroughputTable::Load(folder + "simulation_throughputs.json.gz");
  ASSERT_TRUE(table) << table.error().ToString();
  EXPECT_EQ(table->types().size(), 26U);
  EXPECT_EQ(table->gpus(), (std::vector<std::string>{"k80", "p100", "v100"}));
  int measured = 0;
  for (uint16_t type = 0; type < table->types().size(); ++type) {
    for (const uint32_t scale : {1, 2, 4, 8}) {
      measured += table->StepsPerSecond(JobTypeId(type), "v100", scale).has_value();
    }
  }
  EXPECT_EQ(measured, 83);
  const JobTypeId resnet = *table->FindType("ResNet-18 (batch size 16)");
  EXPECT_EQ(table->StepsPerSecond(resnet, "k80", 1), 4.795294551566172);
  EXPECT_EQ(table->StepsPerSecond(resnet, "k80", 1, *table->FindType("ResNet-18 (batch size 32)")),
            2.539979567443098);
  EXPECT_EQ(table->StepsPerSecond(*table->FindType("ResNet-18 (batch size 32)"), "k80", 1, resnet),
            3.1201925448827033);
}

}  // namespace
}  // namespace orrery::workload
