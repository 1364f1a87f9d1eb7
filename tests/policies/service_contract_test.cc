// The contract of every registered policy of the roles `route` and `autoscale`, whoever wrote it.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "policies/api/registry.h"
#include "policies/api/service.h"
#include "sim/base/random.h"

namespace orrery::policies {
namespace {

template <typename Role>
std::unique_ptr<Role> Make(const std::string& name) {
  Params params;
  return MakePolicy<Role>(name, params);
}

std::vector<ReplicaInfo> RandomReplicas(Draw& draw) {
  std::vector<ReplicaInfo> replicas(draw.UniformInt(6));
  for (size_t i = 0; i < replicas.size(); ++i) {
    replicas[i] = {.replica = static_cast<uint32_t>(2 * i),
                   .node = NodeId(static_cast<uint32_t>(i)),
                   .region = RegionId(static_cast<uint16_t>(draw.UniformInt(3))),
                   .queued = static_cast<uint32_t>(draw.UniformInt(4)),
                   .active = static_cast<uint32_t>(draw.UniformInt(4)),
                   .healthy = draw.Bernoulli(0.7),
                   .rtt = Duration::Millis(static_cast<int64_t>(draw.UniformInt(3)))};
  }
  return replicas;
}

RequestInfo RandomRequest(Draw& draw, uint64_t id) {
  return {.id = id,
          .client = RegionId(static_cast<uint16_t>(draw.UniformInt(3))),
          .prompt_tokens = 1 + static_cast<uint32_t>(draw.UniformInt(2000))};
}

class RouteContractTest : public ::testing::TestWithParam<std::string> {};

TEST_P(RouteContractTest, NamesAHealthyReplicaWhereThereIsOne) {
  const auto route = Make<RoutePolicy>(GetParam());
  Draw draw = RandomStreams(1, 0).Stream("test").At(0);
  for (uint64_t i = 0; i < 2000; ++i) {
    const std::vector<ReplicaInfo> replicas = RandomReplicas(draw);
    const size_t chosen = route->Route(RandomRequest(draw, i), replicas);
    bool any = false;
    for (const ReplicaInfo& replica : replicas) any |= replica.healthy;
    if (any) {
      ASSERT_LT(chosen, replicas.size());
      EXPECT_TRUE(replicas[chosen].healthy);
    } else {
      EXPECT_EQ(chosen, replicas.size());
    }
  }
}

TEST_P(RouteContractTest, DecidesTheSameForTheSameRequests) {
  const auto once = Make<RoutePolicy>(GetParam());
  const auto again = Make<RoutePolicy>(GetParam());
  Draw draw = RandomStreams(2, 0).Stream("test").At(0);
  for (uint64_t i = 0; i < 500; ++i) {
    const std::vector<ReplicaInfo> replicas = RandomReplicas(draw);
    const RequestInfo request = RandomRequest(draw, i);
    EXPECT_EQ(once->Route(request, replicas), again->Route(request, replicas));
  }
}

INSTANTIATE_TEST_SUITE_P(Every, RouteContractTest, ::testing::ValuesIn(PolicyNames("route")),
                         [](const auto& test) { return test.param; });

class AutoscaleContractTest : public ::testing::TestWithParam<std::string> {};

ServiceLoad RandomLoad(Draw& draw, SimTime now, uint32_t replicas) {
  const auto ready = static_cast<uint32_t>(draw.UniformInt(uint64_t{replicas} + 1));
  return {.now = now,
          .window = Duration::Seconds(15),
          .replicas = replicas,
          .ready = ready,
          .requests = draw.UniformInt(1000),
          .waiting = draw.UniformInt(10),
          .utilisation = ready > 0 ? draw.Uniform(0, 2) : 0,
          .slo_misses = draw.UniformInt(10)};
}

TEST_P(AutoscaleContractTest, DecidesTheSameForTheSameLoads) {
  const auto once = Make<AutoscalePolicy>(GetParam());
  const auto again = Make<AutoscalePolicy>(GetParam());
  Draw draw = RandomStreams(3, 0).Stream("test").At(0);
  uint32_t replicas = 0;
  for (int i = 0; i < 500; ++i) {
    const ServiceLoad load =
        RandomLoad(draw, SimTime::Zero() + Duration::Seconds(15) * i, replicas);
    const uint32_t wanted = once->Replicas(load);
    EXPECT_EQ(wanted, again->Replicas(load));
    replicas = std::min(wanted, 100u);
  }
}

TEST_P(AutoscaleContractTest, StaysWhereItIsUnderASteadyLoad) {
  const auto policy = Make<AutoscalePolicy>(GetParam());
  // The same work for ever, spread over as many replicas as there are.
  constexpr double kWork = 3.1;
  uint32_t replicas = 1, changes = 0;
  for (int i = 0; i < 2000; ++i) {
    const uint32_t wanted = policy->Replicas({.now = SimTime::Zero() + Duration::Seconds(15) * i,
                                              .window = Duration::Seconds(15),
                                              .replicas = replicas,
                                              .ready = replicas,
                                              .requests = 100,
                                              .utilisation = replicas > 0 ? kWork / replicas : 0});
    if (i >= 1000) changes += wanted != replicas;
    replicas = std::clamp(wanted, 1u, 1000u);
  }
  EXPECT_EQ(changes, 0u);
}

INSTANTIATE_TEST_SUITE_P(Every, AutoscaleContractTest,
                         ::testing::ValuesIn(PolicyNames("autoscale")),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace orrery::policies
