// Mistakes in what a scenario says of its scheduler.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/scenario_testing.h"

namespace orrery::scenario {
namespace {

using testing::Findings;
using testing::FindingsWith;
using ::testing::HasSubstr;
using testing::Small;

TEST(BadSchedulerTest, ParametersOfPoliciesAreChecked) {
  EXPECT_THAT(FindingsWith("scheduler: {place: {policy: power_of_d, d: 0}}\n"),
              ::testing::StartsWith("s.yaml:1:44: scheduler.place.d: got '0', expected "));
  EXPECT_EQ(FindingsWith("scheduler: {place: {policy: power_of_d, dd: 2}}\n"),
            "s.yaml:1:41: scheduler.place.dd: got an unknown key, expected one of d, policy");
  EXPECT_EQ(FindingsWith("scheduler: {place: {policy: power_of_d, d: [2]}}\n"),
            "s.yaml:1:44: scheduler.place.d: got a list, expected a single value");
}

TEST(BadSchedulerTest, HotNodesNeedTemperatures) {
  EXPECT_THAT(Findings(Small(), {"scheduler.rebalance=hot_nodes"}),
              HasSubstr("scheduler.rebalance: got 'hot_nodes' where nobody measures temperatures, "
                        "expected energy: full"));
  EXPECT_EQ(Findings(Small(), {"scheduler.rebalance=hot_nodes", "energy=full"}), "");
  EXPECT_EQ(Findings(Small(), {"scheduler.rebalance={policy: stragglers, period: 1min}"}), "");
  EXPECT_NE(Findings(Small(), {"scheduler={rebalance: cheaper, allocate: equal_share}"}), "");
  EXPECT_THAT(Findings(Small(), {"scheduler.rebalance=straglers"}),
              HasSubstr("(did you mean 'stragglers'?)"));
}

}  // namespace
}  // namespace orrery::scenario
