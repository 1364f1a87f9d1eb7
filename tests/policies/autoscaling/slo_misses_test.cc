#include <gtest/gtest.h>

#include "policies/api/service.h"
#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

ServiceLoad Load(int64_t minute, uint32_t replicas, uint64_t misses, double utilisation) {
  return {.now = SimTime::Zero() + Duration::Minutes(minute),
          .window = Duration::Minutes(1),
          .replicas = replicas,
          .ready = replicas,
          .requests = 1000,
          .ended = 1000,
          .utilisation = utilisation,
          .slo_misses = misses};
}

TEST(SloMissesTest, AddsAQuarterWhileTooManyMiss) {
  const auto policy = testing::Make<AutoscalePolicy>("slo_misses");
  EXPECT_EQ(policy->Replicas(Load(0, 8, 10, 0.9)), 8u);
  EXPECT_EQ(policy->Replicas(Load(1, 8, 11, 0.9)), 10u);
  ServiceLoad starting = Load(2, 10, 500, 0.9);
  starting.ready = 8;
  EXPECT_EQ(policy->Replicas(starting), 10u);
}

TEST(SloMissesTest, TakesOneAwayWhenAllIsCalmAndTheRestCanCarryTheLoad) {
  const auto policy = testing::Make<AutoscalePolicy>("slo_misses");
  EXPECT_EQ(policy->Replicas(Load(1, 8, 100, 0.1)), 10u);
  EXPECT_EQ(policy->Replicas(Load(5, 10, 0, 0.1)), 10u);
  EXPECT_EQ(policy->Replicas(Load(6, 10, 0, 0.1)), 9u);
  EXPECT_EQ(policy->Replicas(Load(7, 9, 0, 0.1)), 9u);
  // 9 × 0.54 are more than 0.6 of 8.
  EXPECT_EQ(policy->Replicas(Load(20, 9, 0, 0.54)), 9u);
  EXPECT_EQ(policy->Replicas(Load(21, 1, 0, 0.0)), 1u);
}

TEST(SloMissesTest, StartsWithTheFirstRequest) {
  const auto policy = testing::Make<AutoscalePolicy>("slo_misses");
  ServiceLoad none = Load(0, 0, 0, 0);
  EXPECT_EQ(policy->Replicas(none), 1u);
  none.requests = none.ended = 0;
  EXPECT_EQ(policy->Replicas(none), 0u);
}

}  // namespace
}  // namespace orrery::policies
