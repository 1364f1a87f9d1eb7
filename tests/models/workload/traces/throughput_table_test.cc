#include "models/workload/throughput_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/workload/traces/testing.h"

namespace orrery::workload {
namespace {

using testing::DataFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TextOf;
using testing::WriteFile;

class ThroughputTableTest : public ::testing::Test {
 protected:
  ThroughputTable table_ = ThroughputTable::Load(DataFile("small_throughputs.json")).value();
  JobTypeId net_ = *table_.FindType("Net (batch size 32)");
  JobTypeId big_ = *table_.FindType("Big");
};

TEST_F(ThroughputTableTest, ListsTypesAndGpusInOrder) {
  EXPECT_THAT(table_.types(), ElementsAre("Big", "Net (batch size 32)"));
  EXPECT_THAT(table_.gpus(), ElementsAre("k80", "v100"));
  EXPECT_EQ(big_, JobTypeId(0));
  EXPECT_FALSE(table_.FindType("Bag"));
}

TEST_F(ThroughputTableTest, GivesMeasuredSpeeds) {
  EXPECT_EQ(table_.StepsPerSecond(net_, "v100", 1), 10);
  EXPECT_EQ(table_.StepsPerSecond(net_, "v100", 4), 36);
  EXPECT_EQ(table_.StepsPerSecond(net_, "k80", 1), 2.5);
  EXPECT_EQ(table_.StepsPerSecond(net_, "v100", 1, net_), 6);
  EXPECT_EQ(table_.StepsPerSecond(net_, "v100", 4, JobTypeId::None(), Spread::kUnconsolidated), 12);
}

TEST_F(ThroughputTableTest, TellsWhatDoesNotRunFromWhatWasNotMeasured) {
  EXPECT_EQ(table_.StepsPerSecond(net_, "v100", 1, big_), 0);
  EXPECT_EQ(table_.StepsPerSecond(big_, "k80", 1), 0);
  EXPECT_FALSE(table_.StepsPerSecond(net_, "v100", 2));
  EXPECT_FALSE(table_.StepsPerSecond(net_, "p100", 1));
  EXPECT_FALSE(table_.StepsPerSecond(big_, "v100", 1, big_));
  EXPECT_FALSE(table_.StepsPerSecond(JobTypeId::None(), "v100", 1));
}

TEST_F(ThroughputTableTest, ScalesToOtherNumbersOfGpusByTheNearestSmallerOne) {
  EXPECT_EQ(table_.StepsPerSecondAtAnyScale(net_, "v100", 1), 10);
  EXPECT_EQ(table_.StepsPerSecondAtAnyScale(net_, "v100", 3), 30);
  EXPECT_EQ(table_.StepsPerSecondAtAnyScale(net_, "v100", 64), 36.0 / 4 * 64);
  // Nothing smaller was measured.
  EXPECT_EQ(table_.StepsPerSecondAtAnyScale(net_, "v100", 2, Spread::kUnconsolidated), 6);
  EXPECT_FALSE(table_.StepsPerSecondAtAnyScale(big_, "p100", 1));
}

TEST_F(ThroughputTableTest, KnowsTheModelsItIsBoundTo) {
  EXPECT_FALSE(table_.StepsPerSecond(net_, GpuModelId(3), 1));
  EXPECT_TRUE(table_.Bind("v100", GpuModelId(3)));
  EXPECT_FALSE(table_.Bind("h100", GpuModelId(4)));
  EXPECT_EQ(table_.StepsPerSecond(net_, GpuModelId(3), 1), 10);
  EXPECT_EQ(table_.StepsPerSecondAtAnyScale(net_, GpuModelId(3), 2), 20);
  EXPECT_FALSE(table_.StepsPerSecond(net_, GpuModelId(4), 1));
  EXPECT_FALSE(table_.StepsPerSecond(net_, GpuModelId(), 1));
}

std::string LoadError(const std::string& text) {
  const auto table = ThroughputTable::Load(WriteFile("table.json", text));
  return table ? "(no error)" : table.error().ToString();
}

TEST(ThroughputTableErrorTest, SaysWhereTheJsonBreaks) {
  EXPECT_THAT(LoadError("{\n  \"v100\": {oops\n"), HasSubstr("table.json:2:12: is not valid JSON"));
  std::string cut = TextOf(DataFile("small_throughputs.json"));
  EXPECT_THAT(LoadError(cut.substr(0, cut.size() / 2)), HasSubstr("is not valid JSON here"));
}

TEST(ThroughputTableErrorTest, SaysWhatIsWrongWithAnEntry) {
  EXPECT_THAT(LoadError("[]"), HasSubstr("expected an object with a key for each GPU"));
  EXPECT_THAT(LoadError(R"j({"v100": {"Net": {}}})j"),
              HasSubstr(R"j("v100", "Net": expected a key "('name', scale)")j"));
  EXPECT_THAT(LoadError(R"j({"v100": {"('Net', 0)": {}}})j"), HasSubstr("expected a key"));
  EXPECT_THAT(LoadError(R"j({"v100": {"('Net', 1)": {"null": "fast"}}})j"),
              HasSubstr("expected a speed in steps a second"));
  EXPECT_THAT(LoadError(R"j({"v100": {"('Net', 1)": {"null": -1}}})j"),
              HasSubstr("expected a speed in steps a second"));
  EXPECT_THAT(LoadError(R"j({"v100": {"('Net', 1)": {"('Net', 1)": 3}}})j"),
              HasSubstr("expected two speeds"));
  EXPECT_THAT(LoadError(R"j({"v100": {"('Net', 1)": {"('Net', 2)": [1, 1]}}})j"),
              HasSubstr("a type of this table at the same scale"));
}

}  // namespace
}  // namespace orrery::workload
