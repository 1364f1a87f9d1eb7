#include "models/fleet/groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace orrery::fleet {
namespace {

using ::testing::HasSubstr;

Group Consumer(uint32_t nodes) {
  Group group{.name = "consumer", .nodes = nodes, .gpu_model = GpuModelId(7), .gpus_per_node = 2};
  group.cpu_milli = 16'000;
  group.memory_mib = 64 * 1024;
  group.regions = {{RegionId(3), 1}, {RegionId(5), 3}};
  group.owner_kind = OwnerKind::kConsumer;
  group.tier = 1;
  group.verified_share = 0.25;
  group.ask = {.median = UsdPerHour::FromDollars(0.40), .sigma = 0.3};
  group.reputation_low = 0.5;
  group.reputation_high = 0.9;
  group.nodes_per_owner = 3;
  return group;
}

Group Datacentre(uint32_t nodes) {
  Group group{.name = "dc", .nodes = nodes, .gpu_model = GpuModelId(1), .gpus_per_node = 8};
  group.regions = {{RegionId(0), 1}};
  group.ask.median = UsdPerHour::FromDollars(1.93);
  return group;
}

std::vector<NodeSpec> Nodes(const std::vector<Group>& groups, uint64_t seed = 1) {
  auto stream = NodeStream::Make(groups, seed, 0);
  EXPECT_TRUE(stream.has_value()) << stream.error().ToString();
  std::vector<NodeSpec> nodes;
  NodeSpec node;
  while (stream->Next(&node)) nodes.push_back(node);
  return nodes;
}

bool Same(const NodeSpec& a, const NodeSpec& b) {
  return a.gpu_model == b.gpu_model && a.gpus == b.gpus && a.region == b.region &&
         a.verified == b.verified && a.ask == b.ask && a.reputation == b.reputation &&
         a.owner == b.owner && a.owner_kind == b.owner_kind && a.tier == b.tier;
}

TEST(NodeStreamTest, GivesTheGroupsInOrderWithTheirHardwareAndOwners) {
  const auto nodes = Nodes({Datacentre(2), Consumer(7)});
  ASSERT_EQ(nodes.size(), 9u);
  EXPECT_EQ(nodes[1].gpus, 8);
  EXPECT_EQ(nodes[1].ask, UsdPerHour::FromDollars(1.93));
  EXPECT_EQ(nodes[1].owner, 0u);
  EXPECT_TRUE(nodes[1].verified);
  EXPECT_EQ(nodes[2].gpu_model, GpuModelId(7));
  EXPECT_EQ(nodes[2].cpu_milli, 16'000u);
  EXPECT_EQ(nodes[2].owner, 1u);  // three nodes each: owners 1, 1, 1, 2, 2, 2, 3
  EXPECT_EQ(nodes[5].owner, 2u);
  EXPECT_EQ(nodes[8].owner, 3u);
  const auto stream = NodeStream::Make({Datacentre(2), Consumer(7)}, 1, 0);
  EXPECT_EQ(stream->nodes(), 9u);
  EXPECT_EQ(stream->gpus(), 2u * 8 + 7 * 2);
  EXPECT_EQ(stream->owners(), 4u);
  EXPECT_EQ(stream->GroupOf(NodeId(1)), 0u);
  EXPECT_EQ(stream->GroupOf(NodeId(2)), 1u);
}

TEST(NodeStreamTest, ANodeIsTheSameAskedForInAnyOrderAndInAnyFleet) {
  const auto alone = Nodes({Consumer(50)});
  const auto among_others = Nodes({Datacentre(10), Consumer(20)});
  for (size_t i = 0; i < 20; ++i) {
    NodeSpec node = among_others[10 + i];
    node.owner -= 1;  // the data centre's owner comes first
    EXPECT_TRUE(Same(alone[i], node)) << i;
  }
  const auto stream = NodeStream::Make({Consumer(50)}, 1, 0);
  for (const uint32_t i : {49u, 0u, 17u}) EXPECT_TRUE(Same(stream->At(NodeId(i)), alone[i]));
  EXPECT_FALSE(std::equal(alone.begin(), alone.end(), Nodes({Consumer(50)}, 2).begin(), Same));
}

TEST(NodeStreamTest, DrawsRegionsVerificationReputationAndAsksAsStated) {
  const auto nodes = Nodes({Consumer(40'000)});
  double in_five = 0, verified = 0, reputation = 0, log_ask = 0, log_ask_squared = 0;
  for (const NodeSpec& node : nodes) {
    in_five += node.region == RegionId(5);
    verified += node.verified;
    reputation += node.reputation;
    EXPECT_GE(node.reputation, 0.5f);
    EXPECT_LE(node.reputation, 0.9f);
    EXPECT_EQ(node.ask.micros() % 1000, 0);
    const double log = std::log(node.ask.dollars() / 0.40);
    log_ask += log;
    log_ask_squared += log * log;
  }
  const double n = static_cast<double>(nodes.size());
  EXPECT_NEAR(in_five / n, 0.75, 0.01);
  EXPECT_NEAR(verified / n, 0.25, 0.01);
  EXPECT_NEAR(reputation / n, 0.7, 0.005);
  EXPECT_NEAR(log_ask / n, 0, 0.006);
  EXPECT_NEAR(std::sqrt(log_ask_squared / n), 0.3, 0.006);
}

TEST(NodeStreamTest, AskIsAtLeastOneTick) {
  Group group = Consumer(1000);
  group.ask = {.median = UsdPerHour::Micros(600), .sigma = 2, .tick = UsdPerHour::Micros(1000)};
  for (const NodeSpec& node : Nodes({group})) EXPECT_GE(node.ask.micros(), 1000);
}

TEST(NodeStreamTest, EmptyGroupsAndAnEmptyFleetAreFine) {
  EXPECT_TRUE(Nodes({}).empty());
  EXPECT_EQ(Nodes({Consumer(0), Datacentre(1)}).size(), 1u);
  EXPECT_EQ(Nodes({Datacentre(1), Consumer(0)}).size(), 1u);
}

TEST(CheckGroupsTest, TellsEveryMistakeWithItsPlace) {
  Group bad = Consumer(10);
  bad.gpus_per_node = 17;
  bad.verified_share = 1.5;
  bad.regions.clear();
  bad.ask.tick = UsdPerHour();
  bad.reputation_high = 0.4;
  std::string text = Error(CheckGroups({Datacentre(1), bad})).ToString();
  EXPECT_THAT(text, HasSubstr("[1].gpus_per_node: got 17, expected at most 16"));
  EXPECT_THAT(text, HasSubstr("[1].verified_share: got 1.5, expected 0 … 1"));
  EXPECT_THAT(text, HasSubstr("[1].regions: got no region with a weight above 0"));
  EXPECT_THAT(text, HasSubstr("[1].ask.tick: got none"));
  EXPECT_THAT(text, HasSubstr("[1].reputation_high: got 0.4, expected 0.5 … 1"));
  text = Error(CheckGroups({Datacentre(1), Datacentre(2)})).ToString();
  EXPECT_THAT(text, HasSubstr("[1].name: got 'dc', which is the name of another group"));
  Group cpu = Datacentre(3);
  cpu.gpus_per_node = 0;
  EXPECT_THAT(Error(CheckGroups({cpu})).ToString(), HasSubstr("[0].gpu_model: got one for nodes"));
  EXPECT_FALSE(NodeStream::Make({bad}, 1, 0).has_value());
}

}  // namespace
}  // namespace orrery::fleet
