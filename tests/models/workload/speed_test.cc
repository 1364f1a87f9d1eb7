#include "models/workload/speed.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "models/workload/classes/job_class.h"

namespace orrery::workload {
namespace {

fleet::GpuCatalogue Catalogue() {
  auto catalogue = fleet::GpuCatalogue::Load("scenarios/data/gpus.csv");
  EXPECT_TRUE(catalogue.has_value()) << catalogue.error().ToString();
  return *std::move(catalogue);
}

class SpeedTest : public ::testing::Test {
 protected:
  GpuModelId Gpu(const char* name) const { return gpus_.Find(name).value(); }
  Job JobOf(JobClass job_class, const char* reference) const {
    Job job;
    job.job_class = job_class;
    job.demand.gpus = 1;
    job.reference_gpu = Gpu(reference);
    return job;
  }

  fleet::GpuCatalogue gpus_ = Catalogue();
  SpeedModel speeds_{gpus_, nullptr};
};

TEST_F(SpeedTest, IsExactlyOneOnTheReference) {
  for (int c = 0; c < kJobClasses; ++c) {
    for (const fleet::GpuModel& gpu : gpus_.rows()) {
      const Job job = JobOf(static_cast<JobClass>(c), gpu.id.c_str());
      EXPECT_EQ(speeds_.Speed(job, job.reference_gpu), 1) << gpu.id;
    }
  }
}

// min(P, I·B) with the catalogue's figures. H100: min(989.4, 200 · 3.350) = 670; A100 80 GB:
// min(312, 200 · 2.039) = 312; RTX 3090: min(71, 200 · 0.936) = 71 TFLOP/s.
TEST_F(SpeedTest, TrainingFollowsTheRooflineOfTensorFp16) {
  const Job job = JobOf(JobClass::kBatchTraining, "a100-80");
  EXPECT_DOUBLE_EQ(speeds_.Speed(job, Gpu("h100-sxm")), 670.0 / 312);
  EXPECT_DOUBLE_EQ(speeds_.Speed(job, Gpu("rtx3090")), 71.0 / 312);
}

// At 16 FLOP/B every data-centre GPU is bound by its memory: speeds are ratios of bandwidth.
TEST_F(SpeedTest, BatchInferenceFollowsTheMemoryBandwidth) {
  const Job job = JobOf(JobClass::kBatchInference, "a100-80");
  EXPECT_DOUBLE_EQ(speeds_.Speed(job, Gpu("h100-sxm")), 3350.0 / 2039);
  EXPECT_DOUBLE_EQ(speeds_.Speed(job, Gpu("l40s")), 864.0 / 2039);
}

TEST_F(SpeedTest, RenderingFollowsFp32) {
  const Job job = JobOf(JobClass::kRendering, "rtx3090");
  EXPECT_DOUBLE_EQ(speeds_.Speed(job, Gpu("rtx4090")), 82.6 / 35.6);
  EXPECT_DOUBLE_EQ(speeds_.Speed(job, Gpu("a100-80")), 19.5 / 35.6);
}

TEST_F(SpeedTest, ASessionLastsAsLongOnAnyGpu) {
  const Job job = JobOf(JobClass::kInteractive, "t4");
  EXPECT_EQ(speeds_.Speed(job, Gpu("h100-sxm")), 1);
}

TEST_F(SpeedTest, IsOneWhereNothingIsKnown) {
  Job job = JobOf(JobClass::kBatchTraining, "a100-80");
  EXPECT_EQ(speeds_.Speed(job, Gpu("G2")), 1);
  EXPECT_EQ(speeds_.Speed(JobOf(JobClass::kBatchTraining, "G2"), Gpu("h100")), 1);
  job.reference_gpu = GpuModelId::None();
  EXPECT_EQ(speeds_.Speed(job, Gpu("h100")), 1);
  job = JobOf(JobClass::kBatchTraining, "a100-80");
  job.demand.gpus = 0;
  EXPECT_EQ(speeds_.Speed(job, Gpu("h100")), 1);
}

TEST_F(SpeedTest, GangsMoveAtTheSlowestMemberButInferenceCopiesShareTheirWork) {
  const Job training = JobOf(JobClass::kBatchTraining, "a100-80");
  const double speeds[] = {speeds_.Speed(training, Gpu("a100-80")),
                           speeds_.Speed(training, Gpu("rtx3090"))};
  EXPECT_DOUBLE_EQ(JobClassOf(JobClass::kBatchTraining).GangSpeed(speeds), 71.0 / 312);
  EXPECT_DOUBLE_EQ(JobClassOf(JobClass::kBatchInference).GangSpeed(speeds), (1 + 71.0 / 312) / 2);
}

constexpr char kThroughputs[] = R"json({
  "k80": {"('LM', 1)": {"null": 2.0}, "('Net', 1)": {"null": 1.0}},
  "v100": {"('LM', 1)": {"null": 8.0}, "('Net', 1)": {"null": 6.0}, "('Net', 4)": {"null": 20.0}},
  "v100_unconsolidated": {"('Net', 4)": {"null": 10.0}}
})json";

class TableSpeedTest : public SpeedTest {
 protected:
  TableSpeedTest() {
    const std::string path = ::testing::TempDir() + "throughputs.json";
    std::ofstream(path) << kThroughputs;
    auto table = ThroughputTable::Load(path);
    EXPECT_TRUE(table.has_value()) << table.error().ToString();
    table_ = *std::move(table);
    for (const std::string& gpu : table_.gpus()) EXPECT_TRUE(table_.Bind(gpu, Gpu(gpu.c_str())));
  }

  Job TypedJob(const char* type, uint16_t gpus) const {
    Job job = JobOf(JobClass::kBatchTraining, "v100");
    job.type = table_.FindType(type).value();
    job.demand.gpus = gpus;
    return job;
  }

  ThroughputTable table_;
};

TEST_F(TableSpeedTest, MeasuredStepsDecideWhereThereAreSome) {
  const SpeedModel speeds(gpus_, &table_);
  EXPECT_DOUBLE_EQ(speeds.Speed(TypedJob("LM", 1), Gpu("k80")), 0.25);
  EXPECT_DOUBLE_EQ(speeds.Speed(TypedJob("Net", 1), Gpu("k80")), 1.0 / 6);
  EXPECT_EQ(speeds.Speed(TypedJob("Net", 1), Gpu("v100")), 1);
}

TEST_F(TableSpeedTest, LargerJobsUseTheRowOfTheirScale) {
  const SpeedModel speeds(gpus_, &table_);
  // 4 GPUs: 20 steps/s on V100s; K80 was measured at one GPU only, 1 step/s each.
  EXPECT_DOUBLE_EQ(speeds.Speed(TypedJob("Net", 4), Gpu("k80")), 4.0 / 20);
  EXPECT_DOUBLE_EQ(speeds.Speed(TypedJob("Net", 4), Gpu("v100"), Spread::kUnconsolidated), 0.5);
  EXPECT_EQ(speeds.Speed(TypedJob("LM", 4), Gpu("v100"), Spread::kUnconsolidated), 1);
}

// The P100 is missing. At 20 FLOP/B the rooflines are K80 4.37, P100 14.64, V100 18 TFLOP/s: the
// V100 is nearest.
TEST_F(TableSpeedTest, AGpuThatTheTableLacksIsScaledFromItsNearestByRoofline) {
  const SpeedModel speeds(gpus_, &table_);
  EXPECT_DOUBLE_EQ(speeds.Speed(TypedJob("LM", 1), Gpu("p100")), 14.64 / 18);
  // Any GPU with known figures has a speed: T4, 6.4 TFLOP/s, is nearest to the K80.
  EXPECT_DOUBLE_EQ(speeds.Speed(TypedJob("LM", 1), Gpu("t4")), 2 * (6.4 / 4.37) / 8);
}

TEST_F(TableSpeedTest, OtherJobsKeepTheRooflineOfTheirClass) {
  const SpeedModel speeds(gpus_, &table_);
  const Job job = JobOf(JobClass::kRendering, "rtx3090");
  EXPECT_DOUBLE_EQ(speeds.Speed(job, Gpu("rtx4090")), 82.6 / 35.6);
}

// The roofline of sweeps against what Gavel measured: medians over its single-GPU types.
TEST_F(SpeedTest, SmallTrainingsGoAsGavelMeasured) {
  const char* traces = std::getenv("ORRERY_TRACES");
  if (traces == nullptr) GTEST_SKIP() << "ORRERY_TRACES is not set";
  const auto table =
      ThroughputTable::Load(std::string(traces) + "/gavel/simulation_throughputs.json.gz");
  ASSERT_TRUE(table.has_value()) << table.error().ToString();
  for (const char* name : {"p100", "k80"}) {
    std::vector<double> ratios;
    for (uint16_t i = 0; i < table->types().size(); ++i) {
      const auto v100 = table->StepsPerSecond(JobTypeId(i), "v100", 1);
      const auto other = table->StepsPerSecond(JobTypeId(i), name, 1);
      if (v100.value_or(0) > 0 && other.value_or(0) > 0) ratios.push_back(*other / *v100);
    }
    ASSERT_GE(ratios.size(), 20u);
    std::sort(ratios.begin(), ratios.end());
    const double median = (ratios[(ratios.size() - 1) / 2] + ratios[ratios.size() / 2]) / 2;
    const double speed = speeds_.Speed(JobOf(JobClass::kSweep, "v100"), Gpu(name));
    EXPECT_NEAR(speed / median, 1, 0.05) << name;
  }
}

}  // namespace
}  // namespace orrery::workload
