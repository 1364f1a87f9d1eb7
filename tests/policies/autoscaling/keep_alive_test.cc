#include <gtest/gtest.h>

#include "policies/api/service.h"
#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

ServiceLoad Load(int64_t minute, uint32_t replicas, uint64_t requests, double utilisation) {
  return {.now = SimTime::Zero() + Duration::Minutes(minute),
          .window = Duration::Minutes(1),
          .replicas = replicas,
          .ready = replicas,
          .requests = requests,
          .utilisation = utilisation};
}

TEST(KeepAliveTest, HasNoneBeforeTheFirstRequestAndNoneSomeTimeAfterTheLast) {
  const auto policy = testing::Make<AutoscalePolicy>("keep_alive", {{"keep", "5min"}});
  EXPECT_EQ(policy->Replicas(Load(0, 0, 0, 0)), 0u);
  ServiceLoad first = Load(1, 0, 1, 0);
  first.waiting = 1;
  EXPECT_EQ(policy->Replicas(first), 1u);
  // 1 × 2.0 / 0.7.
  EXPECT_EQ(policy->Replicas(Load(2, 1, 60, 2.0)), 3u);
  EXPECT_EQ(policy->Replicas(Load(3, 3, 5, 0.01)), 3u);
  EXPECT_EQ(policy->Replicas(Load(7, 3, 0, 0)), 3u);
  EXPECT_EQ(policy->Replicas(Load(8, 3, 0, 0)), 1u);
  EXPECT_EQ(policy->Replicas(Load(9, 1, 0, 0)), 0u);
}

}  // namespace
}  // namespace orrery::policies
