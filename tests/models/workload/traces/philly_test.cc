#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

class PhillyTest : public ::testing::Test {
 protected:
  ReadTrace ReadLine(const std::string& line) {
    path_ = WriteFile("philly.csv", "timestamp,duration,num_gpus,gpu_time,cluster\n" + line);
    return Read(&world_, "philly", path_);
  }
  World world_;
  std::string path_;
};

TEST_F(PhillyTest, SortsJobsAndStartsAtTheFirst) {
  const ReadTrace read = Read(&world_, "philly", DataFile("small_philly.csv"));
  ASSERT_FALSE(read.error) << read.message();
  std::vector<int64_t> submits;
  std::vector<uint64_t> ids;
  for (const Job& job : read.jobs) {
    submits.push_back(job.submit.nanos() / 1'000'000'000);
    ids.push_back(job.source_id);
  }
  // 23:59:59 of the day before is 2 s before 00:00:01 and 7 h 1 min 56 s before 07:01:55.
  EXPECT_EQ(submits, (std::vector<int64_t>{0, 2, 25316, 25316}));
  EXPECT_EQ(ids, (std::vector<uint64_t>{1, 2, 0, 3}));
  EXPECT_EQ(HeaderValue(read.report, "first_timestamp"), "2017-10-08 23:59:59");
}

TEST_F(PhillyTest, SplitsGangsIntoEqualReplicasOfAtMostEightGpus) {
  const auto jobs = Read(&world_, "philly", DataFile("small_philly.csv")).jobs;
  EXPECT_EQ(jobs[0].replicas, 2U);
  EXPECT_EQ(jobs[0].demand.gpus, 8U);
  EXPECT_EQ(jobs[1].replicas, 2U);
  EXPECT_EQ(jobs[1].demand.gpus, 6U);
  EXPECT_EQ(jobs[3].replicas, 1U);
  EXPECT_EQ(jobs[3].demand.gpus, 4U);
  const auto small = Read(&world_, "philly", DataFile("small_philly.csv"), {{"replica_size", "5"}});
  EXPECT_EQ(small.jobs[1].replicas, 3U);
  EXPECT_EQ(small.jobs[1].demand.gpus, 4U);
}

TEST_F(PhillyTest, VirtualClustersAreUsers) {
  const ReadTrace read = Read(&world_, "philly", DataFile("small_philly.csv"));
  EXPECT_EQ(read.report.users, (std::vector<std::string>{"aaaa11", "bbbb22", "cccc33"}));
  EXPECT_EQ(read.jobs[0].user, UserId(1));
  EXPECT_EQ(read.jobs[1].work, Duration::Millis(2'951'500));
}

TEST_F(PhillyTest, KnowsTheCalendar) {
  EXPECT_FALSE(ReadLine("2016-02-29 00:00:00,1,1,1,a\n").error);
  EXPECT_THAT(ReadLine("2017-02-29 00:00:00,1,1,1,a\n").message(),
              HasSubstr(":2: column 'timestamp': got '2017-02-29 00:00:00', expected a local time "
                        "'YYYY-MM-DD hh:mm:ss'"));
  const auto jobs = ReadLine("2016-03-01 00:00:00,1,1,1,a\n2016-02-28 00:00:00,1,1,1,a\n").jobs;
  EXPECT_EQ(jobs[1].submit.seconds(), 2 * 86400);
}

TEST_F(PhillyTest, NamesTheColumnThatIsWrong) {
  EXPECT_THAT(ReadLine("2017-10-09 24:00:00,1,1,1,a\n").message(), HasSubstr("'timestamp'"));
  EXPECT_THAT(ReadLine("2017-10-09T07:00:00,1,1,1,a\n").message(), HasSubstr("'timestamp'"));
  EXPECT_THAT(ReadLine("2017-10-09 07:00:00,-1,1,1,a\n").message(),
              HasSubstr("column 'duration': got '-1'"));
  EXPECT_THAT(ReadLine("2017-10-09 07:00:00,1,two,1,a\n").message(),
              HasSubstr("column 'num_gpus': got 'two'"));
  EXPECT_THAT(ReadLine("2017-10-09 07:00:00,10,2,30,a\n").message(),
              HasSubstr("column 'gpu_time': got '30', expected duration × num_gpus = 20"));
  EXPECT_THAT(ReadLine("2017-10-09 07:00:00,1,1,1,\n").message(), HasSubstr("column 'cluster'"));
  EXPECT_THAT(ReadLine("2017-10-09 07:00:00,1,1").message(),
              HasSubstr(":2: got 3 columns, expected 5 "));
}

TEST_F(PhillyTest, CountsJobsWithoutGpus) {
  const ReadTrace read = ReadLine("2017-10-09 07:00:00,1,0,0,a\n2017-10-09 07:00:00,1,1,1,a\n");
  EXPECT_EQ(read.jobs.size(), 1U);
  EXPECT_EQ(CountOf(read.report.skipped, "no_gpus"), 1U);
}

TEST_F(PhillyTest, StreamsASortedFileAndRejectsAnUnsortedOne) {
  const ReadTrace read = Read(&world_, "philly", DataFile("small_philly.csv"), {{"order", "file"}});
  EXPECT_EQ(read.jobs.size(), 1U);
  EXPECT_THAT(read.message(), HasSubstr("small_philly.csv:3: column 'timestamp': the job comes"));
}

}  // namespace
}  // namespace orrery::workload
