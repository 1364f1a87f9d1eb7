#include "sim/scenario/scale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/scenario_testing.h"

namespace orrery::scenario {
namespace {

using ::testing::HasSubstr;

TEST(ScaleTest, NodesArrivalsAndUsersGrowTogether) {
  Scenario scenario;
  scenario.scale = 0.1;
  fleet::Group group;
  group.nodes = 25;
  EXPECT_EQ(Scaled(scenario, group).nodes, 3u);
  group.nodes = 2;
  EXPECT_EQ(Scaled(scenario, group).nodes, 1u);
  workload::GeneratorParams generator;
  generator.arrivals.rate_per_h = 500;
  generator.arrivals.superset_rate_per_h = 1000;
  generator.users.count = 40;
  const workload::GeneratorParams scaled = Scaled(scenario, generator);
  EXPECT_DOUBLE_EQ(scaled.arrivals.rate_per_h, 50);
  EXPECT_DOUBLE_EQ(scaled.arrivals.superset_rate_per_h, 100);
  EXPECT_EQ(scaled.users.count, 4u);
}

TEST(ScaleTest, RequestsAndReplicasGrowTogether) {
  Scenario scenario;
  scenario.scale = 0.1;
  Service service;
  service.requests.arrivals.rate_per_h = 500;
  service.max_replicas = 50;
  service.autoscale = {"fixed", {{"replicas", "30"}}};
  const Service scaled = Scaled(scenario, service);
  EXPECT_DOUBLE_EQ(scaled.requests.arrivals.rate_per_h, 50);
  EXPECT_EQ(scaled.min_replicas, 0u);
  EXPECT_EQ(scaled.max_replicas, 5u);
  EXPECT_EQ(scaled.autoscale.parameters[0].second, "3");
}

TEST(ScaleTest, OneChangesNothing) {
  const Scenario scenario;
  fleet::Group group;
  group.nodes = 7;
  EXPECT_EQ(Scaled(scenario, group).nodes, 7u);
}

TEST(ScaleTest, TracesAreAsLargeAsTheyAre) {
  EXPECT_THAT(
      testing::Findings(testing::Small(),
                        {"scale=2", "workload=[{trace: {format: swf, dir: ., file: x.swf}}]"}),
      HasSubstr("scale: got '2' beside a trace of jobs (workload: workload0), which is as "
                "large as it is; expected 1"));
}

}  // namespace
}  // namespace orrery::scenario
