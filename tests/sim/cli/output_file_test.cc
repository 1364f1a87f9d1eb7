#include "sim/cli/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace orrery::cli {
namespace {

using testing::HasSubstr;

std::string PathOf(const char* name) { return testing::TempDir() + name; }

std::string Read(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(OutputFileTest, ReplacesWhatWasThere) {
  const std::string path = PathOf("replaced.json");
  ASSERT_TRUE(WriteFile(path, "a longer text"));
  ASSERT_TRUE(CheckWritable(path));
  ASSERT_TRUE(WriteFile(path, "short"));
  EXPECT_EQ(Read(path), "short");
}

TEST(OutputFileTest, CheckingLeavesNothingBehind) {
  const std::string path = PathOf("not_yet.json");
  std::filesystem::remove(path);
  EXPECT_TRUE(CheckWritable(path));
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(OutputFileTest, TellsWhyAFileCannotBeWritten) {
  EXPECT_THAT(CheckWritable("/no/such/folder/x.json").error().ToString(),
              HasSubstr("/no/such/folder/x.json: cannot be written: No such file or directory"));
  EXPECT_THAT(CheckWritable(testing::TempDir()).error().ToString(), HasSubstr("is a folder"));
}

TEST(OutputFileTest, TellsThatTheDiskIsFull) {
  const auto written = WriteFile("/dev/full", std::string(100'000, 'x'));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().ToString(), "/dev/full: cannot be written: No space left on device");
}

}  // namespace
}  // namespace orrery::cli
