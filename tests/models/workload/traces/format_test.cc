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
    for (const ParamInfo& option : DescribeOptions(format)) {
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
  EXPECT_THAT(text, HasSubstr("test.yaml:1:1: replica_size: got '0', expected a whole number from "
                              "1 to 4096 (trace format 'swf')"));
  EXPECT_THAT(text, HasSubstr("size: got 'requestd', expected one of 'requested', 'allocated' (did "
                              "you mean 'requested'?)"));
  EXPECT_THAT(text, HasSubstr("zero_time: unknown parameter of trace format 'swf'; it has "
                              "'processor', 'replica_size'"));
}

TEST(TraceReportTest, SaysInWordsWhatBecameOfJobs) {
  World world;
  EXPECT_THAT(
      Read(&world, "openb", DataFile("small_pods.csv"), {{"pending", "skip"}}).report.Lines(),
      ElementsAre("1 job skipped: never scheduled, with the option pending = skip (pending)"));
  EXPECT_THAT(Read(&world, "swf", DataFile("small.swf")).report.Lines()[0],
              HasSubstr("3 jobs skipped: status 2, 3 or 4"));
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
