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
  EXPECT_EQ(scaled.max_arrivals, 0u);
  generator.max_arrivals = 1234;
  EXPECT_EQ(Scaled(scenario, generator).max_arrivals, 123u);
}

TEST(ScaleTest, PlacesInTheQueueGrowWithTheFleet) {
  Scenario scenario;
  scenario.scale = 0.1;
  EXPECT_EQ(Scaled(scenario, scenario.scheduler).queue_limit, UINT64_MAX);
  scenario.scheduler.queue_limit = 55;
  EXPECT_EQ(Scaled(scenario, scenario.scheduler).queue_limit, 6u);
  scenario.scheduler.queue_limit = 0;
  EXPECT_EQ(Scaled(scenario, scenario.scheduler).queue_limit, 0u);
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
  EXPECT_EQ(scaled.gateway_queue, 100u);
  EXPECT_EQ(scaled.autoscale.parameters[0].second, "3");
}

TEST(ScaleTest, OneChangesNothing) {
  const Scenario scenario;
  fleet::Group group;
  group.nodes = 7;
  EXPECT_EQ(Scaled(scenario, group).nodes, 7u);
}

TEST(ScaleTest, FiguresStayInTheirBounds) {
  const auto findings = [](const std::vector<std::string>& settings) {
    return testing::Findings(testing::Small(), settings);
  };
  EXPECT_EQ(findings({"scale=2", "fleet.count=10000000"}),
            "--set scale=2: scale: got '2', which makes fleet[0].count 20000000, expected one that "
            "leaves it 10000000 at most");
  EXPECT_THAT(findings({"scale=430", "fleet.count=10000000"}),
              HasSubstr("which makes the nodes in all 4300000000"));
  EXPECT_EQ(findings({"scale=10000", "fleet.count=1000"}), "");
  const std::string generator = "workload.generator.";
  EXPECT_THAT(findings({"scale=11", generator + "users.count=100000"}),
              HasSubstr("which makes workload[0].generator.users.count 1100000, expected one that "
                        "leaves it 1000000 at most"));
  EXPECT_THAT(findings({"scale=1000", generator + "arrivals.rate=1e7/h"}),
              HasSubstr("which makes workload[0].generator.arrivals.rate 10000000000/h, expected "
                        "one that leaves it 1000000000/h at most"));
  EXPECT_THAT(findings({"scale=1000", generator + "arrivals={rate: 1/h, superset_rate: 1e7/h}"}),
              HasSubstr("which makes workload[0].generator.arrivals.superset_rate 10000000000/h"));
  EXPECT_THAT(findings({"scale=2", generator + "max_arrivals=1e12"}),
              HasSubstr("which makes workload[0].generator.max_arrivals 2000000000000, expected "
                        "one that leaves it 1099511627776 at most"));
  EXPECT_THAT(findings({"scale=2", "scheduler.queue_limit=1e9"}),
              HasSubstr("which makes scheduler.queue_limit 2000000000"));
}

TEST(ScaleTest, FiguresOfServicesStayInTheirBounds) {
  const auto findings = [](const std::string& scale, const std::string& more) {
    return testing::Findings(testing::Small(),
                             {scale, "services={requests: {arrivals: {rate: 1/h}}, " + more + "}"});
  };
  EXPECT_THAT(findings("scale=10", "replicas: {max: 200000}"),
              HasSubstr("which makes services[0].replicas.max 2000000, expected one that leaves it "
                        "1000000 at most"));
  EXPECT_THAT(findings("scale=10", "autoscale: {policy: fixed, replicas: 20000}"),
              HasSubstr("scale: got '10', which makes services[0].autoscale.replicas 200000, "
                        "expected one that leaves it 100000 at most"));
  EXPECT_THAT(findings("scale=10", "gateway_queue: 1e9"),
              HasSubstr("which makes services[0].gateway_queue 10000000000"));
  EXPECT_EQ(findings("scale=5", "autoscale: {policy: fixed, replicas: 20000}"), "");
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
