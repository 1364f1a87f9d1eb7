#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/workload/traces/swf_record.h"
#include "tests/models/workload/traces/testing.h"

namespace orrery::workload {
namespace {

using testing::CountOf;
using testing::DataFile;
using ::testing::HasSubstr;
using testing::HeaderValue;
using testing::Read;
using testing::ReadTrace;
using testing::World;
using testing::WriteFile;

class SwfTest : public ::testing::Test {
 protected:
  // Reads lines given as text, behind a header.
  ReadTrace ReadText(const std::string& text,
                     const std::vector<std::pair<std::string, std::string>>& options = {}) {
    path_ = WriteFile("test.swf", "; MaxProcs: 8\n" + text);
    return Read(&world_, "swf", path_, options);
  }

  World world_;
  std::string path_;
};

TEST_F(SwfTest, ReadsTheJobsThatRan) {
  const ReadTrace read = Read(&world_, "swf", DataFile("small.swf"));
  ASSERT_FALSE(read.error) << read.message();
  ASSERT_EQ(read.jobs.size(), 5U);
  const Job& first = read.jobs[0];
  EXPECT_EQ(first.submit, SimTime::Zero());
  EXPECT_EQ(first.work, Duration::Seconds(100));
  EXPECT_EQ(first.estimate, Duration::Seconds(120));
  EXPECT_EQ(first.limit, Duration::Seconds(120));
  EXPECT_EQ(first.replicas, 4U);
  EXPECT_EQ(first.demand,
            (Demand{.gpus = 0, .gpu_milli = 1000, .cpu_milli = 1000, .memory_mib = 4}));
  EXPECT_EQ(first.source_id, 1U);
  EXPECT_EQ(first.trace_status, TraceStatus::kCompleted);
  EXPECT_EQ(read.report.users, (std::vector<std::string>{"11", "12", "13", "14"}));
  EXPECT_EQ(read.jobs[2].user, first.user);
  EXPECT_EQ(read.report.jobs, 5U);
  EXPECT_EQ(read.report.lines, 21U);
}

TEST_F(SwfTest, TakesFractionsOfSecondsAndCancelledJobsThatRan) {
  const Job last = Read(&world_, "swf", DataFile("small.swf")).jobs.back();
  EXPECT_EQ(last.submit, SimTime::FromNanos(60'500'000'000));
  EXPECT_EQ(last.work, Duration::Millis(20'250));
  EXPECT_EQ(last.limit, Duration::Seconds(10));
  EXPECT_EQ(last.trace_status, TraceStatus::kCancelled);
}

TEST_F(SwfTest, UsesTheSummaryLineOfASwappedJobNotItsParts) {
  const ReadTrace read = Read(&world_, "swf", DataFile("small.swf"));
  EXPECT_EQ(read.jobs[3].source_id, 4U);
  EXPECT_EQ(read.jobs[3].work, Duration::Seconds(300));
  EXPECT_EQ(CountOf(read.report.skipped, "part"), 3U);
  EXPECT_EQ(CountOf(read.report.skipped, "part_without_whole"), 0U);
}

TEST_F(SwfTest, CountsPartsThatLackTheirSummaryLine) {
  const ReadTrace read = ReadText(
      "1 0 0 10 1 -1 -1 1 -1 -1 1 1 1 1 1 1 -1 -1\n"
      "2 5 0 10 1 -1 -1 1 -1 -1 2 1 1 1 1 1 -1 -1\n"
      "2 -1 0 10 1 -1 -1 1 -1 -1 4 1 1 1 1 1 -1 -1\n");
  ASSERT_FALSE(read.error) << read.message();
  EXPECT_EQ(read.jobs.size(), 1U);
  EXPECT_EQ(CountOf(read.report.skipped, "part_without_whole"), 2U);
}

TEST_F(SwfTest, CountsEveryJobItLeavesOutOrChanges) {
  const TraceReport report = Read(&world_, "swf", DataFile("small.swf")).report;
  EXPECT_EQ(CountOf(report.skipped, "cancelled_in_queue"), 1U);
  EXPECT_EQ(CountOf(report.skipped, "no_run_time"), 1U);
  EXPECT_EQ(CountOf(report.skipped, "no_processors"), 1U);
  EXPECT_EQ(report.total_skipped(), 6U);
  EXPECT_EQ(CountOf(report.adjusted, "zero_run_time"), 1U);
  EXPECT_EQ(CountOf(report.adjusted, "no_estimate"), 1U);
  EXPECT_EQ(CountOf(report.adjusted, "other_size"), 1U);
  EXPECT_EQ(CountOf(report.adjusted, "ran_over"), 1U);
}

TEST_F(SwfTest, TakesAZeroRunTimeForTheTimeAsked) {
  EXPECT_EQ(Read(&world_, "swf", DataFile("small.swf")).jobs[1].work, Duration::Millis(500));
  EXPECT_EQ(Read(&world_, "swf", DataFile("small.swf"), {{"zero_run_time", "0s"}}).jobs[1].work,
            Duration());
}

TEST_F(SwfTest, KeepsTheHeaderComments) {
  const TraceReport report = Read(&world_, "swf", DataFile("small.swf")).report;
  EXPECT_EQ(HeaderValue(report, "MaxProcs"), "16");
  EXPECT_EQ(HeaderValue(report, "UnixStartTime"), "1000000000");
  EXPECT_EQ(HeaderValue(report, "Information"), "http://example.org/\nand nowhere else");
  EXPECT_EQ(HeaderValue(report, "Queue"), "1 day");
  EXPECT_EQ(HeaderValue(report, "MaxNodes"), "");
}

TEST_F(SwfTest, TurnsProcessorsIntoReplicasOfTheSizeAsked) {
  const auto jobs = Read(&world_, "swf", DataFile("small.swf"), {{"replica_size", "4"}}).jobs;
  EXPECT_EQ(jobs[0].replicas, 1U);
  EXPECT_EQ(jobs[0].demand.cpu_milli, 4000U);
  EXPECT_EQ(jobs[0].demand.memory_mib, 16U);
  EXPECT_EQ(jobs[1].replicas, 2U);
  // 6 processors: the largest equal replicas that are not larger than 4 have 3.
  EXPECT_EQ(jobs[2].replicas, 2U);
  EXPECT_EQ(jobs[2].demand.cpu_milli, 3000U);
}

TEST_F(SwfTest, TurnsProcessorsIntoGpus) {
  const auto jobs =
      Read(&world_, "swf", DataFile("small.swf"), {{"processor", "gpu"}, {"replica_size", "8"}})
          .jobs;
  EXPECT_EQ(jobs[1].replicas, 1U);
  EXPECT_EQ(jobs[1].demand.gpus, 8U);
  EXPECT_EQ(jobs[1].demand.cpu_milli, 0U);
}

TEST_F(SwfTest, TakesTheColumnsAsked) {
  const auto by_allocation =
      Read(&world_, "swf", DataFile("small.swf"), {{"size", "allocated"}, {"memory", "used"}});
  EXPECT_EQ(by_allocation.jobs[0].demand.memory_mib, 2U);
  EXPECT_EQ(CountOf(by_allocation.report.adjusted, "other_size"), 1U);
  const auto completed = Read(&world_, "swf", DataFile("small.swf"), {{"jobs", "completed"}});
  EXPECT_EQ(completed.jobs.size(), 3U);
  EXPECT_EQ(CountOf(completed.report.skipped, "not_completed"), 2U);
}

TEST_F(SwfTest, SaysThatALineIsCutInHalf) {
  const ReadTrace read = ReadText(
      "1 0 0 10 1 -1 -1 1 -1 -1 1 1 1 1 1 1 -1 -1\n"
      "2 5 0 10 1 -1 -1 1 -1");
  EXPECT_EQ(read.jobs.size(), 1U);
  EXPECT_THAT(read.message(), HasSubstr(path_ + ":3: got 9 columns, expected 18 (job_number,"));
  EXPECT_THAT(read.message(), HasSubstr("the file seems to be cut off here"));
}

TEST_F(SwfTest, NamesTheColumnWithLettersWhereDigitsBelong) {
  const ReadTrace read = ReadText("1 0 0 1o 1 -1 -1 1 -1 -1 1 1 1 1 1 1 -1 -1\n");
  EXPECT_EQ(read.message(),
            path_ +
                ":2: column 'run_time': got '1o', expected a number of seconds from -1 to "
                "3000000000");
}

TEST_F(SwfTest, RejectsNumbersThatMakeNoSense) {
  EXPECT_THAT(ReadText("1 0 0 10 -7 -1 -1 1 -1 -1 1 1 1 1 1 1 -1 -1\n").message(),
              HasSubstr("column 'allocated_processors': got '-7'"));
  EXPECT_THAT(ReadText("1 0 0 nan 1 -1 -1 1 -1 -1 1 1 1 1 1 1 -1 -1\n").message(),
              HasSubstr("column 'run_time': got 'nan'"));
  EXPECT_THAT(ReadText("1 0 0 10 1 -1 -1 1 -1 -1 9 1 1 1 1 1 -1 -1\n").message(),
              HasSubstr("column 'status': got '9', expected a whole number from -1 to 5"));
  EXPECT_THAT(ReadText("1 -1 0 10 1 -1 -1 1 -1 -1 1 1 1 1 1 1 -1 -1\n").message(),
              HasSubstr("column 'submit_time'"));
}

TEST_F(SwfTest, RejectsGoingBackInTime) {
  const ReadTrace read = ReadText(
      "1 10 0 10 1 -1 -1 1 -1 -1 1 1 1 1 1 1 -1 -1\n"
      "2 10 0 10 1 -1 -1 1 -1 -1 1 1 1 1 1 1 -1 -1\n"
      "3 8 0 10 1 -1 -1 1 -1 -1 1 1 1 1 1 1 -1 -1\n");
  EXPECT_EQ(read.jobs.size(), 2U);
  EXPECT_THAT(read.message(), HasSubstr(path_ + ":4: column 'submit_time': the job comes 2"));
}

TEST_F(SwfTest, RejectsAFileWithoutAJob) {
  EXPECT_THAT(ReadText("; nothing but comments\n").message(), HasSubstr("has no job: 2 lines"));
}

TEST_F(SwfTest, KeepsAllEighteenColumnsOfARecord) {
  Result<LineReader> lines = LineReader::Open(DataFile("small.swf"));
  ASSERT_TRUE(lines);
  SwfReader::Header header;
  SwfReader swf(&*lines, &header);
  SwfRecord record;
  std::string_view line;
  int records = 0;
  while (*lines->Next(&line)) {
    const Result<bool> parsed = swf.Parse(line, &record);
    ASSERT_TRUE(parsed) << parsed.error().ToString();
    records += *parsed;
  }
  EXPECT_EQ(records, 11);
  EXPECT_EQ(record.job_number, 8);
  EXPECT_EQ(record.wait, Duration());
  EXPECT_EQ(record.average_cpu, Duration::Seconds(-1));
  EXPECT_EQ(record.requested_processors, 1);
  EXPECT_EQ(record.requested_memory_kb, -1);
  EXPECT_EQ(record.user, 14);
  EXPECT_EQ(record.group, 1);
  EXPECT_EQ(record.executable, 7);
  EXPECT_EQ(record.queue, 1);
  EXPECT_EQ(record.partition, 1);
  EXPECT_EQ(record.preceding_job, 4);
  EXPECT_EQ(record.think_time, Duration::Seconds(30));
}

}  // namespace
}  // namespace orrery::workload
