#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/workload/traces/testing.h"

namespace orrery::workload {
namespace {

using testing::Changed;
using testing::CountOf;
using testing::DataFile;
using ::testing::HasSubstr;
using testing::Read;
using testing::ReadTrace;
using testing::World;
using testing::WriteFile;

class GavelTest : public ::testing::Test {
 protected:
  ReadTrace ReadChanged(const std::string& file, const std::string& from, const std::string& to) {
    path_ = WriteFile(file, Changed(file, from, to));
    return Read(&world_, "gavel", path_);
  }
  World world_;
  std::string path_;
};

TEST_F(GavelTest, ReadsTheShortLayout) {
  const ReadTrace read = Read(&world_, "gavel", DataFile("small_msr.trace"));
  ASSERT_FALSE(read.error) << read.message();
  ASSERT_EQ(read.jobs.size(), 3U);
  // 1000 steps at 10 steps a second.
  EXPECT_EQ(read.jobs[0].work, Duration::Seconds(100));
  EXPECT_EQ(read.jobs[0].type, *world_.throughputs.FindType("Net (batch size 32)"));
  EXPECT_EQ(read.jobs[0].reference_gpu, *world_.gpus.Find("v100"));
  // 30 steps at 3 steps a second on two GPUs.
  EXPECT_EQ(read.jobs[1].work, Duration::Seconds(10));
  EXPECT_EQ(read.jobs[1].submit, SimTime::FromNanos(12'500'000'000));
  EXPECT_EQ(read.jobs[1].replicas, 2U);
  EXPECT_EQ(read.jobs[1].demand.gpus, 1U);
}

TEST_F(GavelTest, ReadsTheLongLayout) {
  const ReadTrace read = Read(&world_, "gavel", DataFile("small_physical.trace"));
  ASSERT_FALSE(read.error) << read.message();
  ASSERT_EQ(read.jobs.size(), 2U);
  EXPECT_EQ(read.jobs[0].work, Duration::Seconds(100));
  EXPECT_EQ(read.jobs[0].deadline, SimTime::Never());
  EXPECT_EQ(read.jobs[1].priority, 5);
  EXPECT_EQ(read.jobs[1].submit, SimTime::FromSeconds(40));
  // An SLO of twice the duration of 10 s.
  EXPECT_EQ(read.jobs[1].deadline, SimTime::FromSeconds(60));
}

TEST_F(GavelTest, ScalesSpeedsToNumbersOfGpusThatWereNotMeasured) {
  const ReadTrace linear = Read(&world_, "gavel", DataFile("small_msr.trace"));
  // 720 steps on 8 GPUs at 8/4 × 36 steps a second.
  EXPECT_EQ(linear.jobs[2].work, Duration::Seconds(10));
  EXPECT_EQ(CountOf(linear.report.adjusted, "unmeasured_scale"), 1U);
  const ReadTrace skip =
      Read(&world_, "gavel", DataFile("small_msr.trace"), {{"unmeasured_scale", "skip"}});
  EXPECT_EQ(skip.jobs.size(), 2U);
  EXPECT_EQ(CountOf(skip.report.skipped, "unmeasured_scale"), 1U);
}

TEST_F(GavelTest, StatesTimesOnTheReferenceGpuOfTheScenario) {
  ASSERT_TRUE(world_.throughputs.Bind("k80", *world_.gpus.Find("k80")));
  TraceContext context = world_.context();
  context.reference_gpu = *world_.gpus.Find("k80");
  auto source = OpenTrace("gavel", DataFile("small_msr.trace"), {}, context);
  ASSERT_TRUE(source) << source.error().ToString();
  Job job;
  ASSERT_TRUE(*(*source)->Next(&job));
  EXPECT_EQ(job.work, Duration::Seconds(400));
  EXPECT_EQ(job.reference_gpu, *world_.gpus.Find("k80"));
  // The other type does not run on a K80.
  ASSERT_TRUE(*(*source)->Next(&job));
  EXPECT_EQ(job.source_id, 2U);
  EXPECT_EQ(CountOf((*source)->report().skipped, "does_not_run"), 1U);
}

TEST_F(GavelTest, NeedsAThroughputTableWithTheReferenceGpu) {
  TraceContext context = world_.context();
  context.throughputs = nullptr;
  EXPECT_THAT(OpenTrace("gavel", DataFile("small_msr.trace"), {}, context).error().ToString(),
              HasSubstr("needs a throughput table"));
  context = world_.context();
  context.reference_gpu = *world_.gpus.Find("t4");
  EXPECT_THAT(OpenTrace("gavel", DataFile("small_msr.trace"), {}, context).error().ToString(),
              HasSubstr("lacks the reference GPU"));
}

TEST_F(GavelTest, NamesTheColumnThatIsWrong) {
  EXPECT_THAT(ReadChanged("small_msr.trace", "Big\t", "Bog\t").message(),
              HasSubstr("small_msr.trace:2: column 'job_type': got 'Bog', expected a job type of "
                        "the throughput table (did you mean 'Big'?)"));
  EXPECT_THAT(ReadChanged("small_msr.trace", "\t30\t", "\t3.5\t").message(),
              HasSubstr(":2: column 'total_steps': got '3.5'"));
  EXPECT_THAT(ReadChanged("small_msr.trace", "\t12.500000\t", "\tnoon\t").message(),
              HasSubstr(":2: column 'arrival_s': got 'noon'"));
  EXPECT_THAT(ReadChanged("small_msr.trace", "12.500000\t2", "12.500000\t0").message(),
              HasSubstr(":2: column 'scale_factor': got '0'"));
  EXPECT_THAT(ReadChanged("small_physical.trace", "\t5\t2.0", "\thigh\t2.0").message(),
              HasSubstr(":2: column 'priority': got 'high'"));
}

TEST_F(GavelTest, RejectsMixedAndUnknownLayouts) {
  EXPECT_THAT(ReadChanged("small_msr.trace", "-n\t0\t", "-n\t").message(),
              HasSubstr("small_msr.trace:2: got 6 columns, expected 7 (job_type,"));
  EXPECT_THAT(Read(&world_, "gavel", WriteFile("odd.trace", "a\tb\tc\n")).message(),
              HasSubstr("odd.trace:1: got 3 columns between tabs, expected 7 "));
}

TEST_F(GavelTest, RejectsGoingBackInTime) {
  EXPECT_THAT(ReadChanged("small_msr.trace", "\t100.000000\t", "\t1.000000\t").message(),
              HasSubstr(":3: column 'arrival_s': the job comes 11.5"));
}

}  // namespace
}  // namespace orrery::workload
