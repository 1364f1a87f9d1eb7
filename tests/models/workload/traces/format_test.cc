#include "models/workload/traces/format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/workload/traces/line_trace.h"
#include "tests/models/workload/traces/testing.h"

namespace orrery::workload {
namespace {

using testing::DataFile;
using ::testing::ElementsAre;
using testing::Given;
using ::testing::HasSubstr;
using testing::Read;
using testing::World;

TEST(TraceFormatTest, ListsEveryFormatByNameWithItsColumnsAndSource) {
  std::vector<std::string> names;
  for (const TraceFormat& format : TraceFormats()) {
    names.push_back(format.name);
    EXPECT_FALSE(format.what.empty());
    EXPECT_FALSE(format.source.empty());
    EXPECT_GE(format.columns.size(), 5U);
    for (const TraceOptionInfo& option : DescribeOptions(format)) {
      EXPECT_FALSE(option.doc.empty()) << format.name << " " << option.name;
      EXPECT_FALSE(option.value.empty()) << format.name << " " << option.name;
    }
  }
  EXPECT_THAT(names, ElementsAre("gavel", "openb", "philly", "swf"));
}

TEST(TraceFormatTest, SuggestsTheNearestFormat) {
  World world;
  EXPECT_THAT(Read(&world, "phily", DataFile("small_philly.csv")).message(),
              HasSubstr("got 'phily', expected a trace format: gavel, openb, philly, swf (did you "
                        "mean 'philly'?)"));
}

TEST(TraceFormatTest, ReportsEveryWrongOptionWithItsPlace) {
  World world;
  const auto source = OpenTrace(
      "swf", DataFile("small.swf"),
      Given({{"replica_size", "0"}, {"size", "requestd"}, {"zero_time", "1s"}}), world.context());
  ASSERT_FALSE(source);
  ASSERT_EQ(source.error().findings().size(), 3U);
  const std::string text = source.error().ToString();
  EXPECT_THAT(text, HasSubstr("test.yaml:1:1: trace format 'swf': replica_size: got '0', expected "
                              "a whole number from 1 to 4096"));
  EXPECT_THAT(text, HasSubstr("size: got 'requestd', expected one of: requested, allocated (did "
                              "you mean 'requested'?)"));
  EXPECT_THAT(text, HasSubstr("got 'zero_time', expected an option: processor, replica_size"));
}

TEST(TraceReportTest, SaysInWordsWhatBecameOfJobs) {
  World world;
  EXPECT_THAT(
      Read(&world, "openb", DataFile("small_pods.csv"), {{"pending", "skip"}}).report.Lines(),
      ElementsAre("1 job skipped: never scheduled, with the option pending = skip (pending)"));
  EXPECT_THAT(Read(&world, "swf", DataFile("small.swf")).report.Lines()[0],
              HasSubstr("3 jobs skipped: status 2, 3 or 4"));
}

TEST(TraceOptionsTest, ResolvesWhatWasGivenAndDefaults) {
  TraceOptions options("test", Given({{"real", "2.50"},
                                      {"time", "90min"},
                                      {"price", "$2/h"},
                                      {"flag", "true"},
                                      {"count", "2k"}}));
  EXPECT_EQ(options.Real("real", {.value = 1, .min = 0, .max = 3, .doc = "", .source = ""}), 2.5);
  EXPECT_EQ(options.Time("time", {.value = Duration(),
                                  .min = Duration(),
                                  .max = Duration::Hours(2),
                                  .doc = "",
                                  .source = ""}),
            Duration::Minutes(90));
  EXPECT_EQ(options.Price("price", {.value = UsdPerHour(), .doc = "", .source = ""}),
            UsdPerHour::FromDollars(2));
  EXPECT_TRUE(options.Flag("flag", {.value = false, .doc = "", .source = ""}));
  EXPECT_EQ(options.Integer("count", {.value = 1, .min = 1, .max = 5000, .doc = "", .source = ""}),
            2000);
  EXPECT_EQ(options.Text("text", {.value = "as it is", .doc = "", .source = ""}), "as it is");
  EXPECT_TRUE(options.Findings().empty());
  EXPECT_THAT(options.resolved(), ElementsAre("2.5", "90min", "$2/h", "true", "2000", "as it is"));
}

TEST(SplitGangTest, FindsTheLargestEqualReplicas) {
  EXPECT_EQ(SplitGang(1, 8), std::make_pair(1U, 1U));
  EXPECT_EQ(SplitGang(8, 8), std::make_pair(1U, 8U));
  EXPECT_EQ(SplitGang(24, 8), std::make_pair(3U, 8U));
  EXPECT_EQ(SplitGang(12, 8), std::make_pair(2U, 6U));
  EXPECT_EQ(SplitGang(7, 4), std::make_pair(7U, 1U));
}

}  // namespace
}  // namespace orrery::workload
