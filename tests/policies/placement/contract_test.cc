// What holds for every place policy.
#include <gtest/gtest.h>

#include <random>

#include "tests/policies/placement/score.h"
#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::Make;
using testing::NodeSketch;
using testing::ScoreOf;

class PlaceContractTest : public ::testing::TestWithParam<std::string> {};

TEST_P(PlaceContractTest, ScoresRunFromZeroToOneAndRepeat) {
  const auto policy = Make<PlacePolicy>(GetParam());
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    NodeSketch sketch;
    sketch.gpus = static_cast<uint16_t>(1 + random() % 8);
    sketch.free_gpus = static_cast<uint8_t>(1 + random() % sketch.gpus);
    sketch.model = static_cast<uint16_t>(random() % 3);
    sketch.first = static_cast<uint32_t>(random() % 100);
    sketch.ask = static_cast<double>(random() % 100'000) / 1000;
    const auto gpus = static_cast<uint16_t>(random() % (sketch.free_gpus + 1u));
    const double score = ScoreOf(*policy, sketch, gpus);
    EXPECT_GE(score, 0) << GetParam();
    EXPECT_LE(score, 1) << GetParam();
    EXPECT_EQ(score, ScoreOf(*policy, sketch, gpus));
  }
}

INSTANTIATE_TEST_SUITE_P(All, PlaceContractTest, ::testing::ValuesIn(PolicyNames("place")),
                         [](const auto& name) { return name.param; });

}  // namespace
}  // namespace orrery::policies
