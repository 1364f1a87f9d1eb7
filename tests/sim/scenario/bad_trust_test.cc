// Mistakes in what a scenario says of trust and reputation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/scenario_testing.h"

namespace orrery::scenario {
namespace {

using testing::Findings;
using ::testing::HasSubstr;
using testing::Small;

TEST(BadTrustTest, TrustIsCheckedAsAWhole) {
  EXPECT_EQ(Findings(Small(), {"trust={level: full, challenges: {every: 1h, time: 2h}}"}),
            "--set trust={level: full, challenges: {every: 1h, time: 2h}}: trust.challenges.time: "
            "got '2h', expected less than challenges.every, 1h");
  EXPECT_THAT(Findings(Small(), {"trust={level: simple, cheats: {shares: {miner: {spoofed_model: "
                                 "80%, less_memory: 30%, oversold: 0%}}}}"}),
              HasSubstr("trust.cheats.shares.miner: got shares that sum to 1.1, expected 1 at "
                        "most"));
  EXPECT_THAT(
      Findings(Small(), {"trust={level: full, cheats: {shares: {miner: {bandwidth: 10%}}}}"}),
      HasSubstr(
          "trust.cheats.shares.miner.bandwidth: got a share above 0, expected network: full"));
  EXPECT_THAT(Findings(Small(), {"trust={level: full, stake: 480}"}), HasSubstr("'$480'"));
  EXPECT_THAT(
      Findings(Small(), {"trust={level: full, cheats: {real_model: g1}}"}),
      HasSubstr("trust.cheats.real_model: got 'g1', expected a model whose speed is known"));
  EXPECT_THAT(Findings(Small(), {"trust=full", "horizon=none"}),
              HasSubstr("horizon: got none beside trust, expected a duration"));
  // Their sum is 1 but for rounding.
  EXPECT_EQ(Findings(Small(), {"trust={level: simple, cheats: {shares: {miner: {spoofed_model: "
                               "33%, less_memory: 56%, oversold: 11%}}}}"}),
            "");
}

TEST(BadTrustTest, AKeyOfAnotherLevelIsSaidToBe) {
  EXPECT_THAT(Findings(Small(), {"trust={level: simple, time_lock: {jitter: 1}}"}),
              HasSubstr("trust.time_lock: got a key without a meaning here, expected level: full "
                        "beside it"));
  EXPECT_THAT(Findings(Small(), {"trust={challenges: {every: 2h}}"}),
              HasSubstr("trust.challenges: got a key without a meaning here, expected level: "
                        "simple or full beside it"));
  EXPECT_THAT(Findings(Small(), {"trust={level: full, challanges: {every: 2h}}"}),
              HasSubstr("trust.challanges: got an unknown key"));
}

TEST(BadTrustTest, ALeastReputationNeedsSomebodyWithLess) {
  const std::string need =
      "workload.generator.populations.requirements=[{probability: 1, min_reputation: 0.8}]";
  EXPECT_THAT(
      Findings(Small(), {need}),
      HasSubstr("populations[0].requirements[0].min_reputation: got it where every node has "
                "reputation 1 for good, expected ratings"));
  EXPECT_EQ(Findings(Small(), {need, "fleet.reputation={low: 0.5}"}), "");
  EXPECT_EQ(Findings(Small(), {need, "trust=simple", "horizon=1d"}), "");
  EXPECT_THAT(Findings(Small(), {need, "trust={level: simple, ratings: 0}", "horizon=1d"}),
              HasSubstr("min_reputation"));
  const std::string service =
      "services={requests: {arrivals: {rate: 1/s}}, replicas: {requirements: {min_reputation: "
      "0.5}}}";
  EXPECT_THAT(Findings(Small(), {service}),
              HasSubstr("services[0].replicas.requirements.min_reputation: got it where"));
  const std::string step = "workload.transforms=[shuffle, require: {min_reputation: 0.8}]";
  EXPECT_THAT(Findings(Small(), {step}),
              HasSubstr("workload[0].transforms[1].require.min_reputation: got it where"));
  EXPECT_EQ(Findings(Small(), {step, "fleet.reputation={low: 0.5}"}), "");
  EXPECT_EQ(Findings(Small(), {"workload.transforms=require"}), "");
}

}  // namespace
}  // namespace orrery::scenario
