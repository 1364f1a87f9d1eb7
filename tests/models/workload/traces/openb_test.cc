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

class OpenbTest : public ::testing::Test {
 protected:
  ReadTrace ReadPods(const std::vector<std::pair<std::string, std::string>>& options = {}) {
    return Read(&world_, "openb", DataFile("small_pods.csv"), options);
  }
  // The small list with one text replaced by another.
  ReadTrace ReadChanged(const std::string& from, const std::string& to,
                        const std::vector<std::pair<std::string, std::string>>& options = {}) {
    path_ = WriteFile("pods.csv", Changed("small_pods.csv", from, to));
    return Read(&world_, "openb", path_, options);
  }

  World world_;
  std::string path_;
};

TEST_F(OpenbTest, ReadsPodsInOrderOfCreation) {
  const ReadTrace read = ReadPods();
  ASSERT_FALSE(read.error) << read.message();
  ASSERT_EQ(read.jobs.size(), 5U);
  std::vector<int64_t> submits;
  for (const Job& job : read.jobs) submits.push_back(job.submit.nanos() / 1'000'000'000);
  EXPECT_EQ(submits, (std::vector<int64_t>{0, 30, 60, 120, 120}));
  // Equal times keep the order of the file.
  EXPECT_EQ(read.jobs[3].source_id, 3U);
  EXPECT_EQ(read.jobs[4].source_id, 4U);
}

TEST_F(OpenbTest, ReadsSharesOfGpusAndWholeOnes) {
  const auto jobs = ReadPods().jobs;
  EXPECT_EQ(jobs[0].demand,
            (Demand{.gpus = 1, .gpu_milli = 500, .cpu_milli = 4000, .memory_mib = 8192}));
  EXPECT_EQ(jobs[1].demand.total_gpu_milli(), 8000U);
  EXPECT_EQ(jobs[3].demand.total_gpu_milli(), 0U);
  EXPECT_EQ(jobs[1].replicas, 1U);
}

TEST_F(OpenbTest, AllowsTheGpuModelsOfTheSpec) {
  const auto jobs = ReadPods().jobs;
  EXPECT_EQ(jobs[0].requirements, RequirementsTable::kAny);
  const Requirements& either = world_.requirements[jobs[1].requirements];
  EXPECT_EQ(either.gpu_models.count(), 2U);
  EXPECT_TRUE(either.gpu_models[world_.gpus.Find("G2")->index()]);
  EXPECT_TRUE(either.gpu_models[world_.gpus.Find("v100-32")->index()]);
  EXPECT_EQ(jobs[2].requirements, jobs[4].requirements);
}

TEST_F(OpenbTest, RanksQosClasses) {
  const auto jobs = ReadPods().jobs;
  EXPECT_GT(jobs[0].priority, jobs[3].priority);  // LS, Guaranteed
  EXPECT_GT(jobs[3].priority, jobs[1].priority);  // Burstable
  EXPECT_GT(jobs[1].priority, jobs[2].priority);  // BE
}

TEST_F(OpenbTest, CountsWorkFromSchedulingOrFromCreation) {
  EXPECT_EQ(ReadPods().jobs[0].work, Duration::Seconds(990));
  EXPECT_EQ(ReadPods({{"lifetime", "creation"}}).jobs[0].work, Duration::Seconds(1000));
}

TEST_F(OpenbTest, KeepsOrSkipsPodsThatWereNeverScheduled) {
  const ReadTrace kept = ReadPods();
  EXPECT_EQ(kept.jobs[3].work, Duration::Seconds(60));
  EXPECT_EQ(kept.jobs[3].trace_status, TraceStatus::kCancelled);
  EXPECT_EQ(CountOf(kept.report.adjusted, "never_scheduled"), 1U);
  const ReadTrace skipped = ReadPods({{"pending", "skip"}});
  EXPECT_EQ(skipped.jobs.size(), 4U);
  EXPECT_EQ(CountOf(skipped.report.skipped, "pending"), 1U);
}

TEST_F(OpenbTest, PodsOfAListWithoutTimesNeverLeave) {
  const ReadTrace read = Read(&world_, "openb", DataFile("small_pods_without_times.csv"));
  ASSERT_FALSE(read.error) << read.message();
  ASSERT_EQ(read.jobs.size(), 2U);
  EXPECT_EQ(read.jobs[1].submit, SimTime::Zero());
  EXPECT_EQ(read.jobs[1].work, kNeverEnds);
  EXPECT_EQ(CountOf(read.report.adjusted, "no_times"), 2U);
}

TEST_F(OpenbTest, StreamsInTheOrderOfTheFileWhereAsked) {
  const ReadTrace read = ReadPods({{"order", "file"}});
  EXPECT_EQ(read.jobs.size(), 2U);
  EXPECT_THAT(read.message(),
              HasSubstr("small_pods.csv:4: column 'creation_time': the job comes 30"));
}

TEST_F(OpenbTest, NamesAnUnknownGpu) {
  EXPECT_THAT(ReadChanged("G2|V100M32", "G2|V100M33").message(),
              HasSubstr(":4: column 'gpu_spec': got 'G2|V100M33', expected GPU models of the "
                        "catalogue separated by '|' (did you mean '"));
}

TEST_F(OpenbTest, NamesTheColumnThatIsWrong) {
  EXPECT_THAT(ReadChanged("pod-b,8000", "pod-b,8ooo").message(),
              HasSubstr(":3: column 'cpu_milli': got '8ooo', expected a whole number from 0"));
  EXPECT_THAT(ReadChanged("pod-b,8000,16384,1,1000", "pod-b,8000,16384,1,1001").message(),
              HasSubstr("column 'gpu_milli': got '1001'"));
  EXPECT_THAT(ReadChanged("pod-b,8000,16384,1", "pod-b,8000,16384,99").message(),
              HasSubstr("column 'num_gpu': got '99', expected a whole number from 0 to 16"));
  EXPECT_THAT(ReadChanged("60,360,61", "60,59,61").message(),
              HasSubstr("column 'deletion_time': got '59'"));
  EXPECT_THAT(ReadChanged("60,360,61", "60,360,59").message(),
              HasSubstr("column 'scheduled_time': got '59'"));
  EXPECT_THAT(ReadChanged("BE,Succ", "BEST,Succ").message(), HasSubstr("column 'qos': got 'BEST'"));
}

TEST_F(OpenbTest, NamesAMissingColumnAndAWrongCount) {
  EXPECT_THAT(ReadChanged("num_gpu,", "gpus,").message(),
              HasSubstr("pods.csv:1: the header lacks the column 'num_gpu'"));
  EXPECT_THAT(
      ReadChanged("pod-b,8000,16384,1,1000,T4,BE,Succeeded,60,360,61", "pod-b,8000").message(),
      HasSubstr("pods.csv:3: got 2 columns, expected 11 (name,cpu_milli,"));
}

}  // namespace
}  // namespace orrery::workload
