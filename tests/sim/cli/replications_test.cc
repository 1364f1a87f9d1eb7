#include "sim/cli/replications.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::cli {
namespace {

using results::Summary;
using testing::HasSubstr;

std::vector<Summary> TwoRuns() {
  std::vector<Summary> runs(2);
  for (uint32_t r = 0; r < 2; ++r) {
    runs[r].scenario = "small";
    runs[r].replicate = r;
    runs[r].jobs.finished = 100 + 10 * r;
    runs[r].wait_s.mean = 600 + 60 * r;
    results::ClassFigures figures;
    figures.name = "rendering";
    figures.jobs.submitted = 7;
    runs[r].per_class = {figures};
  }
  return runs;
}

TEST(ReplicationsJsonTest, KeepsTheKeysAndTheRuns) {
  const nlohmann::ordered_json json = ReplicationsJson(TwoRuns());
  EXPECT_EQ(json.at("replications"), 2);
  EXPECT_EQ(json.at("runs").size(), 2u);
  EXPECT_EQ(json.at("runs")[1].at("replicate"), 1);
  const auto& intervals = json.at("intervals");
  EXPECT_DOUBLE_EQ(intervals.at("wait_s").at("mean").at("mean"), 630);
  // t(0.975, 1) = 12.7062; the standard error of 600 and 660 is 30.
  EXPECT_NEAR(intervals.at("wait_s").at("mean").at("half_width_95"), 12.7062 * 30, 0.01);
  EXPECT_DOUBLE_EQ(
      intervals.at("per_class").at("rendering").at("jobs").at("submitted").at("half_width_95"), 0);
  EXPECT_FALSE(intervals.contains("seed"));
  EXPECT_FALSE(intervals.contains("wall_seconds"));
}

TEST(RenderReplicationsTest, ShowsMeansWithTheirIntervals) {
  const std::string text = RenderReplications(TwoRuns(), 80, false);
  EXPECT_THAT(text, HasSubstr("small  seed 0, 2 replications"));
  EXPECT_THAT(text, testing::Not(HasSubstr("partial")));
  std::vector<Summary> cut = TwoRuns();
  cut[1].complete = false;
  EXPECT_THAT(RenderReplications(cut, 80, false),
              HasSubstr("2 replications, 1 of them partial and not in the means\n"));
  EXPECT_THAT(RenderReplications(cut, 80, false), HasSubstr("jobs finished           100\n"));
  EXPECT_DOUBLE_EQ(
      ReplicationsJson(cut).at("intervals").at("jobs").at("finished").at("mean").get<double>(),
      100);
  cut[0].complete = false;
  EXPECT_THAT(RenderReplications(cut, 80, false), HasSubstr("2 of them partial\n"));
  EXPECT_THAT(RenderReplications(cut, 80, false), HasSubstr("jobs finished           105 ± 64"));
  EXPECT_THAT(text, HasSubstr("jobs finished           105 ± 64"));
  EXPECT_THAT(text, HasSubstr("mean wait               10.5 ± 6.4 min"));
}

}  // namespace
}  // namespace orrery::cli
