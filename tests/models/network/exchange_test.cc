#include "models/network/exchange.h"

#include <gtest/gtest.h>

#include <limits>
#include <span>
#include <vector>

#include "models/network/lan.h"

namespace orrery::network {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(RingTest, TwoSitesCrossOnceForEachHalf) {
  // 2·1·0.05 s + 2·(1/2)·(100 MB / 50 MB/s).
  const std::vector<Hop> hops = {{0.05, 50e6}, {0.05, 50e6}};
  EXPECT_DOUBLE_EQ(RingSeconds(hops, 100e6), 0.1 + 2);
}

TEST(RingTest, EveryRoundIsAsSlowAsItsSlowestHop) {
  // Four sites: 6 rounds of 0.08 s, and 2·(3/4)·40 MB at 10 MB/s.
  const std::vector<Hop> hops = {{0.01, 100e6}, {0.08, 100e6}, {0.01, 10e6}, {0.02, 50e6}};
  EXPECT_DOUBLE_EQ(RingSeconds(hops, 40e6), 0.48 + 6);
}

TEST(RingTest, WithoutABoundOnBandwidthOnlyLatencyCounts) {
  const std::vector<Hop> hops(8, Hop{0.1, kInfinity});
  EXPECT_DOUBLE_EQ(RingSeconds(hops, 1e12), 2 * 7 * 0.1);
}

TEST(ParameterServerTest, TheServersOwnLinkCarriesAllWorkers) {
  // Three workers of 50 MB at 25 MB/s each; the server takes in 60 MB/s and sends 30 MB/s:
  // push 0.02 + 150/60, pull 0.03 + 150/30.
  const std::vector<Hop> push(3, Hop{0.02, 25e6}), pull(3, Hop{0.03, 25e6});
  EXPECT_DOUBLE_EQ(ParameterServerSeconds(push, pull, 60e6, 30e6, 50e6), 0.02 + 2.5 + 0.03 + 5);
  // With a wide server the workers' own links bind: 50/25 each way.
  EXPECT_DOUBLE_EQ(ParameterServerSeconds(push, pull, 1e9, 1e9, 50e6), 0.02 + 2 + 0.03 + 2);
}

TEST(PipelineTest, LatenciesAddUpAndTheSlowestHopBinds) {
  const std::vector<Hop> there = {{0.01, 10e6}, {0.05, 20e6}}, back = {{0.02, 40e6}, {0.05, 20e6}};
  EXPECT_DOUBLE_EQ(PipelineSeconds(there, back, 20e6), 0.06 + 2 + 0.07 + 1);
}

TEST(LanTest, EachPatternAmongTheNodesOfASite) {
  // Four nodes, 1 ms, 100 MB/s; 200 MB. Ring: 6 ms and 2·(3/4)·2 s; server: 1 ms and 3 · 2 s each
  // way; pipeline: 3 ms and 2 s each way.
  const Hop lan = {1e-3, 100e6};
  EXPECT_DOUBLE_EQ(LanSeconds(Pattern::kRing, lan, 4, 200e6), 0.006 + 3);
  EXPECT_DOUBLE_EQ(LanSeconds(Pattern::kParameterServer, lan, 4, 200e6), 2 * (0.001 + 6));
  EXPECT_DOUBLE_EQ(LanSeconds(Pattern::kPipeline, lan, 4, 200e6), 2 * (0.003 + 2));
  EXPECT_EQ(LanSeconds(Pattern::kNone, lan, 4, 200e6), 0);
}

TEST(LanTest, KindsGetFasterInTheOrderOfTheirNames) {
  for (int i = 1; i < kLanKinds; ++i) {
    const Hop slow = LanOf(static_cast<LanKind>(i - 1)), fast = LanOf(static_cast<LanKind>(i));
    EXPECT_GT(fast.bytes_s, slow.bytes_s) << LanKindName(static_cast<LanKind>(i));
    EXPECT_LE(fast.latency_s, slow.latency_s);
  }
}

TEST(SpeedWithExchangeTest, AddsTheExchangeToEachStep) {
  // A step of 1 s of work takes 0.5 s at speed 2, then 1.5 s of exchange: speed 0.5.
  EXPECT_DOUBLE_EQ(SpeedWithExchange(2, 1.5, Exchange()), 0.5);
  EXPECT_DOUBLE_EQ(SpeedWithExchange(2, 0, Exchange()), 2);
}

TEST(SpeedWithExchangeTest, OverlapHidesWhatFitsIntoAStep) {
  const Exchange exchange = {Pattern::kRing, 1, Duration::Seconds(10), true};
  EXPECT_DOUBLE_EQ(SpeedWithExchange(2, 5, exchange), 2);     // a step takes 5 s
  EXPECT_DOUBLE_EQ(SpeedWithExchange(2, 20, exchange), 0.5);  // 10 s of work in 20 s
  EXPECT_DOUBLE_EQ(SpeedWithExchange(2, 0, exchange), 2);
}

TEST(AccessTest, EveryOwnerKindHasALinkAndEveryTierBandwidth) {
  for (int i = 0; i < kAccessTiers; ++i) {
    const AccessLink link = LinkOf(static_cast<AccessTier>(i));
    EXPECT_GT(link.down_bytes_s, 0);
    EXPECT_GE(link.down_bytes_s, link.up_bytes_s);
  }
  EXPECT_TRUE(LinkOf(DefaultAccess(OwnerKind::kConsumer)).home);
  EXPECT_FALSE(LinkOf(DefaultAccess(OwnerKind::kDatacentre)).home);
  EXPECT_EQ(LinkOf(AccessTier::kUltra).down_bytes_s, 1600e6);
  EXPECT_EQ(LinkOf(AccessTier::kUltra).up_bytes_s, 1200e6);
}

// Over ways without latency an exchange takes as long as what passes one of them, there and back.
TEST(ExchangeTest, BytesOnEachWayTakeTheTimeOfTheExchange) {
  const std::vector<Hop> hops(4, {0, 50});
  const std::span<const Hop> others = std::span(hops).first(3);
  EXPECT_EQ(BytesOnEachWay(Pattern::kRing, 4, 100), 150);
  EXPECT_DOUBLE_EQ(RingSeconds(hops, 100), 150 / 50.0);
  EXPECT_EQ(BytesOnEachWay(Pattern::kPipeline, 4, 100), 100);
  EXPECT_DOUBLE_EQ(PipelineSeconds(others, others, 100), 2 * 100 / 50.0);
  EXPECT_EQ(BytesOnEachWay(Pattern::kParameterServer, 4, 100), 100);
  EXPECT_DOUBLE_EQ(ParameterServerSeconds(others, others, 1e9, 1e9, 100), 2 * 100 / 50.0);
}

}  // namespace
}  // namespace orrery::network
