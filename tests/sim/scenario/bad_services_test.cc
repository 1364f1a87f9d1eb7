// Mistakes in what a scenario says of its services.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/scenario_testing.h"

namespace orrery::scenario {
namespace {

using testing::Findings;
using testing::FindingsWith;
using ::testing::HasSubstr;
using testing::Small;

TEST(BadServicesTest, ServicesAreChecked) {
  const std::string chat = "services: {name: chat, requests: {arrivals: {rate: 1/s}}}\n";
  EXPECT_EQ(FindingsWith(chat), "");
  EXPECT_EQ(FindingsWith("services: {name: chat}\n"),
            "s.yaml:1:11: services[0].requests.arrivals.rate: got nothing, expected a rate such as "
            "2/s");
  EXPECT_THAT(FindingsWith("services: {model: llama-3-7b, requests: {arrivals: {rate: 1/s}}}\n"),
              ::testing::StartsWith("s.yaml:1:19: services[0].model.preset: got 'llama-3-7b', "
                                    "expected one of llama-3-8b, "));
  EXPECT_EQ(
      FindingsWith("services: {requests: {arrivals: {rate: 1/s}}, replicas: {min: 4, max: 3}}\n"),
      "s.yaml:1:71: services[0].replicas.max: got 3, expected at least replicas.min, 4");
  EXPECT_EQ(
      FindingsWith("services: {requests: {arrivals: {rate: 1/s}}, route: closest}\n").substr(0, 63),
      "s.yaml:1:54: services[0].route.policy: got 'closest', expected ");
  EXPECT_EQ(FindingsWith("services:\n  - " + chat.substr(10) + "  - " + chat.substr(10)),
            "s.yaml:3:12: services[1].name: got 'chat', which services[0].name has already, "
            "expected each name once");
  EXPECT_EQ(FindingsWith(
                "services: {requests: {arrivals: {rate: 1/s}}, replicas: {cold_start: {mean: 10s, "
                "p95: 40s}}}\n"),
            "s.yaml:1:87: services[0].replicas.cold_start.p95: got '40s', expected 1 to 3.8 times "
            "the mean");
  EXPECT_THAT(FindingsWith("services: {requests: {trace: {format: azure, dir: ., file: x}}}\n"),
              HasSubstr("requests.trace.format: got 'azure', expected one of azure_llm, mooncake, "
                        "servegen (did you mean 'azure_llm'?)"));
  EXPECT_THAT(
      FindingsWith(
          "services: {requests: {trace: {format: mooncake, dir: ., file: x}, prompt: 7}}\n"),
      HasSubstr("requests.prompt: got it beside a trace that has its own lengths, expected "
                "none, or trace.format: servegen"));
  EXPECT_THAT(
      FindingsWith(
          "services: {requests: {trace: {format: mooncake, dir: ., file: x}, arrivals: {rate: "
          "1/s}}}\n"),
      HasSubstr("requests.arrivals: got a map, expected no such key beside 'trace'"));
  EXPECT_THAT(
      Findings(Small(), {"services={requests: {arrivals: {rate: 1/s}}}", "horizon=none"}),
      HasSubstr("horizon: got none beside services, which have no end of their own; expected a "
                "duration"));
}

}  // namespace
}  // namespace orrery::scenario
