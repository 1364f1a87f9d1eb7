// Mistakes in what a scenario says of prices and of mining.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/scenario_testing.h"

namespace orrery::scenario {
namespace {

using testing::Findings;
using ::testing::HasSubstr;
using testing::Small;

TEST(BadMoneyTest, MiningNeedsEnergyAndUnits) {
  EXPECT_EQ(Findings(Small(), {"mining=simple"}),
            "--set mining=simple: mining.level: got mining without electricity, expected energy: "
            "simple or full beside it: a GPU mines while that pays for the power it draws");
  EXPECT_THAT(Findings(Small(), {"mining={level: full, coin: 20}"}),
              HasSubstr("mining.coin.price: got '20', expected a price in dollars such as $20, "
                        "from $0 to $1e+07 (did you mean '$20'?)"));
  EXPECT_THAT(Findings(Small(), {"mining={level: full, coin: {network: 242}}"}),
              HasSubstr("mining.coin.network: got '242', expected a hash rate such as 242TH/s"));
  EXPECT_THAT(Findings(Small(), {"mining={level: simple, walk: {drift: 0.1}}"}),
              HasSubstr("mining.walk"));
  EXPECT_THAT(Findings(Small(), {"mining=simple", "energy=simple"}),
              HasSubstr("mining.owners: got no GPU that could mine"));
  EXPECT_THAT(Findings(Small(), {"mining.coin.network=1MH/s", "mining.level=simple",
                                 "energy=simple", "fleet.owner=miner"}),
              HasSubstr("mining.coin.network: got 1e-06TH/s, expected more than the fleet's"));
  // Eight T4s make some 0.3 GH/s; a thousand times as many pass the coin's 10 GH/s.
  EXPECT_THAT(Findings(Small(), {"scale=1000", "mining.coin.network=10GH/s", "mining.level=simple",
                                 "energy=simple", "fleet.owner=miner"}),
              HasSubstr("mining.coin.network: got 0.01TH/s, expected more than the fleet's"));
  EXPECT_THAT(Findings(Small(), {"mining={level: simple, power: 12%}", "energy=simple",
                                 "fleet.owner=miner"}),
              HasSubstr("mining.power: got 0.12 of the TDP, expected more than an idle GPU draws, "
                        "energy.gpu_idle, 0.12"));
  EXPECT_THAT(Findings(Small(), {"mining.coin.price=$1e7", "mining.level=simple", "energy=simple",
                                 "fleet.owner=miner"}),
              HasSubstr("an hour, expected at most $100"));
}

TEST(BadMoneyTest, SumsOfMoneyStayWithinAnAccount) {
  const std::vector<std::string> large = {"fleet.count=1000000", "fleet.gpus_per_node=8",
                                          "horizon=30d"};
  EXPECT_EQ(Findings(Small(), large), "");
  std::vector<std::string> settings = large;
  settings.push_back("trust={level: simple, stake: {per_gpu: $1000000}}");
  EXPECT_THAT(Findings(Small(), settings),
              HasSubstr("trust.stake.per_gpu: got stakes of the fleet, each as often as it can be "
                        "put up, that add up to $24310204081632"));
  settings = large;
  settings.push_back("fleet.ask={median: $1000/h, sigma: 0}");
  EXPECT_THAT(Findings(Small(), settings),
              HasSubstr("fleet: got asks of all GPUs for the whole run that add up to $5.76e+12, "
                        "expected at most $1e+12"));
}

TEST(BadMoneyTest, ListsOfNodesNeedAPrice) {
  EXPECT_EQ(Findings(Small(), {"fleet={trace: {dir: ., file: x.csv}}"}),
            "--set fleet={trace: {dir: ., file: x.csv}}: fleet[0].ask: got nothing, expected a "
            "price such as $2.19/h: the nodes of a list are of several GPU models");
}

}  // namespace
}  // namespace orrery::scenario
