#include "sim/cli/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Options RunOptions() {
  Options options;
  options.Positional("FILE", Options::Need::kRequired, "the scenario");
  options.Positional("MORE", Options::Need::kOptional, "something else");
  options.List("set", "KEY=VALUE", "another value");
  options.Value("output,o", "FILE.h5", "where the results go");
  options.Flag("quiet,q", "says nothing");
  return options;
}

Result<Arguments> Parse(const std::vector<std::string>& words) {
  return Arguments::Parse("orrery run", RunOptions(), words);
}

std::string Mistake(const std::vector<std::string>& words) {
  const Result<Arguments> arguments = Parse(words);
  return arguments ? "none" : arguments.error().ToString();
}

TEST(OptionsTest, ReadsFlagsValuesListsAndArguments) {
  const auto arguments =
      Parse({"a.yaml", "--set", "x=1", "-q", "--set=y=[1, 2]", "-o", "out.h5", "b"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->Get("FILE"), "a.yaml");
  EXPECT_EQ(arguments->Get("MORE"), "b");
  EXPECT_THAT(arguments->GetAll("set"), ElementsAre("x=1", "y=[1, 2]"));
  EXPECT_TRUE(arguments->Has("quiet"));
  EXPECT_EQ(arguments->Get("output"), "out.h5");
}

TEST(OptionsTest, LeavesOutWhatIsNotGiven) {
  const auto arguments = Parse({"a.yaml"});
  ASSERT_TRUE(arguments);
  EXPECT_FALSE(arguments->Has("quiet"));
  EXPECT_FALSE(arguments->Has("MORE"));
  EXPECT_EQ(arguments->Get("output"), "");
  EXPECT_TRUE(arguments->GetAll("set").empty());
}

TEST(OptionsTest, NamesTheNearestOptionForAnUnknownOne) {
  EXPECT_EQ(
      Mistake({"a.yaml", "--quite"}),
      "orrery run: got '--quite', expected an option: --set, --output, --quiet, --help (did you "
      "mean '--quiet'?)");
}

TEST(OptionsTest, DoesNotGuessFromTheStartOfAnOption) {
  EXPECT_THAT(Mistake({"a.yaml", "--qui"}), HasSubstr("did you mean '--quiet'?"));
}

TEST(OptionsTest, SaysWhatIsMissingOrTooMuch) {
  EXPECT_THAT(Mistake({}),
              HasSubstr("orrery run: FILE is missing: the scenario; usage: orrery run "
                        "FILE [MORE] [--set KEY=VALUE]... [--output FILE.h5] [--quiet]"));
  EXPECT_THAT(Mistake({"a", "b", "c"}), HasSubstr("'c' is one argument too many"));
  EXPECT_EQ(Mistake({"a", "--output"}), "orrery run: --output needs a value");
  EXPECT_EQ(Mistake({"a", "--output="}), "orrery run: --output needs a value");
  EXPECT_EQ(Mistake({"a", "--quiet=yes"}), "orrery run: --quiet takes no value");
  EXPECT_EQ(Mistake({"a", "-o", "x", "-o", "y"}),
            "orrery run: --output is given twice, expected once");
}

TEST(OptionsTest, AsksForNothingElseWhereHelpIsWanted) {
  for (const char* help : {"--help", "-h"}) {
    const auto arguments = Parse({help});
    ASSERT_TRUE(arguments);
    EXPECT_TRUE(arguments->help());
  }
}

TEST(OptionsTest, HelpNamesEverything) {
  const std::string help = RunOptions().Help(80);
  for (const char* text :
       {"  FILE ", "  -o, --output FILE.h5", "    --set KEY=VALUE", "-h, --help"}) {
    EXPECT_THAT(help, HasSubstr(text));
  }
}

}  // namespace
}  // namespace orrery::cli
