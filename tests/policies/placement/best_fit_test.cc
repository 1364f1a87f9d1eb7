#include <gtest/gtest.h>

#include "tests/policies/placement/score.h"
#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::Make;
using testing::ScoreOf;

TEST(BestFitTest, PrefersTheNodeWithLeastLeft) {
  const auto best_fit = Make<PlacePolicy>("best_fit");
  EXPECT_LT(ScoreOf(*best_fit, {.free_gpus = 1}), ScoreOf(*best_fit, {.free_gpus = 2}));
  // What counts is what is left, not its share of the node.
  EXPECT_LT(ScoreOf(*best_fit, {.gpus = 4, .free_gpus = 4}), ScoreOf(*best_fit, {.free_gpus = 5}));
}

TEST(BestFitTest, IsTheWeightedShareOfTheLargestNode) {
  // 3 of 8 GPUs and 3 of 8 GPUs' cores are left: (0.5 × 3/8 + 0.5 × 3/8) / 1.
  EXPECT_DOUBLE_EQ(ScoreOf(*Make<PlacePolicy>("best_fit"), {.free_gpus = 5}, 2), 0.375);
}

TEST(BestFitTest, WeightsChooseWhatCounts) {
  const auto only_memory = Make<PlacePolicy>(
      "best_fit", {{"gpu_weight", "0"}, {"cpu_weight", "0"}, {"memory_weight", "3"}});
  EXPECT_DOUBLE_EQ(ScoreOf(*only_memory, {.free_gpus = 5}), 0.5);
  const auto nothing = Make<PlacePolicy>("best_fit", {{"gpu_weight", "0"}, {"cpu_weight", "0"}});
  EXPECT_DOUBLE_EQ(ScoreOf(*nothing, {.free_gpus = 5}), 0);
}

TEST(BestFitTest, SharesOfAGpuCountAsWhatIsLeftOfThem) {
  const auto gpus_only = Make<PlacePolicy>("best_fit", {{"cpu_weight", "0"}});
  NodeShape shape;
  shape.gpus = 2;
  NodeClass node_class;
  node_class.shape = &shape;
  node_class.residual.whole_gpus = 1;
  node_class.residual.partial_gpus = 1;
  node_class.residual.partial_milli[0] = 600;
  TaskShape task;
  task.demand = {.gpus = 1, .gpu_milli = 400, .cpu_milli = 0, .memory_mib = 0};
  const FleetInfo fleet{.nodes = 1, .max_gpus = 2, .speed = nullptr};
  EXPECT_DOUBLE_EQ(gpus_only->Score(task, node_class, fleet), 0.6);
}

}  // namespace
}  // namespace orrery::policies
