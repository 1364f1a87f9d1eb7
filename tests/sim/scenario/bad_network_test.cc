// Mistakes in what a scenario says of its network and of the data that moves on it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/scenario_testing.h"

namespace orrery::scenario {
namespace {

using testing::Findings;
using ::testing::HasSubstr;
using testing::Small;

TEST(BadNetworkTest, KeysOfANetworkNeedOne) {
  EXPECT_EQ(Findings(Small(), {"network.topology=star"}),
            "--set network.topology=star: network.topology: got it without a network, expected "
            "network: simple or full beside it (or off, said so)");
  EXPECT_THAT(Findings(Small(), {"network.stores.egress=$0/GB", "network.relay_failures.mtbf=1d"}),
              ::testing::AllOf(HasSubstr("network.stores: got it"),
                               HasSubstr("network.relay_failures: got it")));
  EXPECT_EQ(Findings(Small(), {"fleet.access=home"}),
            "--set fleet.access=home: fleet[0].access: got it without a network, expected network: "
            "full beside it (or off, said so)");
  EXPECT_EQ(Findings(Small(), {"fleet.lan=infiniband_ndr"}),
            "--set fleet.lan=infiniband_ndr: fleet[0].lan: got it without a network, expected "
            "network: simple or full beside it (or off, said so)");
  for (const char* level : {"network=off", "network.level=simple", "network=full"}) {
    EXPECT_EQ(Findings(Small(), {"network.route=backbone", "fleet.access=home", level}), "");
    EXPECT_EQ(Findings(Small(), {"network.residuals=false", "fleet.lan=ethernet_25g", level}), "");
  }
}

TEST(BadNetworkTest, ASitesNetworkIsAKnownOneOrGivenInFull) {
  const auto with = [](const std::string& lan) {
    return Findings(Small("network: full\n"), {"fleet.lan=" + lan});
  };
  EXPECT_THAT(with("infiniband"), HasSubstr("fleet[0].lan.kind: got 'infiniband', expected one of "
                                            "ethernet_10g, ethernet_25g, ethernet_100g, "
                                            "infiniband_hdr, infiniband_ndr"));
  EXPECT_EQ(with("{latency: 2us}"),
            "--set fleet.lan={latency: 2us}: fleet[0].lan: got latency without bandwidth, "
            "expected both, or a kind");
  EXPECT_THAT(with("{bandwidth: 50GB/s}"), HasSubstr("got bandwidth without latency"));
  EXPECT_THAT(with("{bandwidth: 50, latency: 2us}"), HasSubstr("fleet[0].lan.bandwidth: got"));
  EXPECT_EQ(with("{bandwidth: 50GB/s, latency: 2us}"), "");
  EXPECT_EQ(with("{kind: ethernet_10g, bandwidth: 2.5GB/s}"), "");
  EXPECT_THAT(
      Findings(Small("network: full\n"), {"fleet.lan=ethernet_10g", "fleet.access=home"}),
      HasSubstr("fleet[0].lan: got a network for homes, each of which stands alone; expected none, "
                "or another owner and access"));
}

TEST(BadNetworkTest, ANetworkNamesARegionOnce) {
  const auto with = [](const std::string& key) {
    return Findings(Small("regions: [tokyo, oslo]\nnetwork: full\n"), {"network." + key});
  };
  EXPECT_EQ(with("relays=[tokyo, oslo, tokyo]"),
            "--set network.relays=[tokyo, oslo, tokyo]: network.relays[2]: got 'tokyo', which "
            "network.relays[0] has already, expected each region once");
  EXPECT_THAT(with("stores.others=[{region: oslo, egress: $0/GB}, {region: oslo}]"),
              HasSubstr("network.stores.others[1].region: got 'oslo', which "
                        "network.stores.others[0].region has already, expected each region once"));
  EXPECT_EQ(with("relays=[tokyo, oslo]"), "");
}

TEST(BadNetworkTest, DataNeedUnitsAndANetwork) {
  const std::string data = "workload.generator.populations.data=";
  EXPECT_THAT(Findings(Small(), {data + "{input: 50}"}), HasSubstr("(did you mean '50GB'?)"));
  EXPECT_THAT(
      Findings(Small(), {"network.stores.egress=0.09"}),
      HasSubstr("expected a price per gigabyte such as $0.09/GB, from $0/GB to $100/GB (did "
                "you mean '$0.09/GB'?)"));
  EXPECT_THAT(Findings(Small(), {"network.stores.others=[{region: atlantis}]"}),
              HasSubstr("atlantis"));
  EXPECT_THAT(Findings(Small(), {data + "{input: 50GiB}"}),
              HasSubstr("workload[0].generator.populations[0].data: got data to move without a "
                        "network, expected network: simple or full (or off, said so, to move "
                        "nothing)"));
  for (const char* level : {"off", "simple", "full"}) {
    EXPECT_EQ(Findings(Small(), {data + "{input: 50GiB}", std::string("network=") + level}), "");
  }
}

}  // namespace
}  // namespace orrery::scenario
