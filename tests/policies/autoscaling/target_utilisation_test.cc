#include <gtest/gtest.h>

#include "policies/api/service.h"
#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

ServiceLoad Load(int64_t minute, uint32_t replicas, uint32_t ready, double utilisation) {
  return {.now = SimTime::Zero() + Duration::Minutes(minute),
          .window = Duration::Minutes(1),
          .replicas = replicas,
          .ready = ready,
          .requests = 100,
          .utilisation = utilisation};
}

std::unique_ptr<AutoscalePolicy> Policy() {
  return testing::Make<AutoscalePolicy>("target_utilisation",
                                        {{"target", "0.5"}, {"cooldown", "5min"}});
}

TEST(TargetUtilisationTest, GoesUpAtOnce) {
  const auto policy = Policy();
  EXPECT_EQ(policy->Replicas(Load(0, 0, 0, 0)), 1u);
  // 4 × 0.9 / 0.5 = 7.2.
  EXPECT_EQ(policy->Replicas(Load(1, 4, 4, 0.9)), 8u);
  // Requests waited: 4 replicas' room was wanted one and a half times.
  EXPECT_EQ(policy->Replicas(Load(2, 8, 4, 1.5)), 12u);
}

TEST(TargetUtilisationTest, CountsThoseThatAreStarting) {
  const auto policy = Policy();
  // 4 ready ones carry what needs 8; 4 more are on their way.
  EXPECT_EQ(policy->Replicas(Load(0, 8, 4, 1.0)), 8u);
}

TEST(TargetUtilisationTest, GoesDownAfterTheCooldown) {
  const auto policy = Policy();
  EXPECT_EQ(policy->Replicas(Load(0, 8, 8, 0.5)), 8u);
  for (int64_t minute = 1; minute <= 5; ++minute) {
    EXPECT_EQ(policy->Replicas(Load(minute, 8, 8, 0.1)), 8u) << minute;
  }
  // 8 × 0.1 / 0.5 = 1.6.
  EXPECT_EQ(policy->Replicas(Load(6, 8, 8, 0.1)), 2u);
}

TEST(TargetUtilisationTest, LetsSmallDeviationsBe) {
  const auto policy = Policy();
  EXPECT_EQ(policy->Replicas(Load(0, 20, 20, 0.54)), 20u);
  EXPECT_EQ(policy->Replicas(Load(1, 20, 20, 0.56)), 23u);
}

}  // namespace
}  // namespace orrery::policies
