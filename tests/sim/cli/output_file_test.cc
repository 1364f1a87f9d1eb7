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

TEST(FileUsesTest, WhatIsWrittenIsNoOtherFile) {
  const std::string folder = testing::TempDir() + "/uses";
  std::filesystem::create_directories(folder);
  const std::string scenario = folder + "/lab.yaml";
  ASSERT_TRUE(WriteFile(scenario, "name: lab"));
  std::filesystem::remove(folder + "/link.h5");
  std::filesystem::create_symlink("lab.yaml", folder + "/link.h5");
  FileUses uses;
  uses.Read(scenario, "the scenario");
  uses.Read(scenario, "the scenario");
  ASSERT_TRUE(uses.Write(folder + "/out.h5", "--output", "the results"));
  ASSERT_TRUE(uses.Write(folder + "/out.json", "--summary", "the summary"));
  const auto error = [&](const std::string& name) {
    return uses.Write(folder + name, "--summary", "the summary").error().ToString();
  };
  EXPECT_EQ(error("/out.h5"), "--summary: got '" + folder + "/out.h5', which is the file of the " +
                                  "results, expected another one");
  EXPECT_THAT(error("/../uses/./out.h5"), HasSubstr("the file of the results"));
  EXPECT_THAT(error("/lab.yaml"), HasSubstr("the file of the scenario"));
  EXPECT_THAT(error("/link.h5"), HasSubstr("the file of the scenario"));
  EXPECT_TRUE(uses.Write("/dev/null", "--output", "the results"));
  EXPECT_TRUE(uses.Write("/dev/null", "--summary", "the summary"));
}

}  // namespace
}  // namespace orrery::cli
