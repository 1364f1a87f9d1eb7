#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/workload/traces/testing.h"

namespace orrery::workload {
namespace {

using ::testing::HasSubstr;
using testing::Read;
using testing::World;
using testing::WriteFile;

TEST(ExampleFormatTest, IsKnownByItsNameAndReadsJobs) {
  World world;
  const std::string path = WriteFile("jobs.csv", "submit,duration,gpus\n0,10,1\n5.5,20,4\n");
  const auto read = Read(&world, "example", path, {{"priority", "7"}});
  ASSERT_FALSE(read.error) << read.message();
  ASSERT_EQ(read.jobs.size(), 2U);
  EXPECT_EQ(read.jobs[1].submit, SimTime::FromNanos(5'500'000'000));
  EXPECT_EQ(read.jobs[1].work, Duration::Seconds(20));
  EXPECT_EQ(read.jobs[1].demand.gpus, 4);
  EXPECT_EQ(read.jobs[1].priority, 7);
}

TEST(ExampleFormatTest, GetsOrderAndMessagesForNothing) {
  World world;
  const std::string path = WriteFile("back.csv", "submit,duration,gpus\n5,10,1\n4,20,4\n");
  EXPECT_THAT(Read(&world, "example", path).message(),
              HasSubstr("back.csv:3: column 'submit': the job comes 1"));
  const std::string odd = WriteFile("odd.csv", "submit,duration,gpus\n5,ten,1\n");
  EXPECT_THAT(Read(&world, "example", odd).message(),
              HasSubstr("odd.csv:2: column 'duration': got 'ten', expected a number of seconds"));
}

}  // namespace
}  // namespace orrery::workload
