// What each route policy picks among a few replicas.
#include <gtest/gtest.h>

#include "policies/api/service.h"
#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

ReplicaInfo Replica(uint32_t number, int64_t rtt_ms, uint32_t queued, uint32_t active) {
  return {.replica = number, .queued = queued, .active = active, .rtt = Duration::Millis(rtt_ms)};
}

TEST(NearestTest, TakesTheShortestRoundTripAmongTheHealthy) {
  const auto nearest = testing::Make<RoutePolicy>("nearest");
  std::vector<ReplicaInfo> replicas = {Replica(0, 30, 0, 0), Replica(4, 10, 9, 9),
                                       Replica(7, 20, 0, 0)};
  EXPECT_EQ(nearest->Route({}, replicas), 1u);
  replicas[1].healthy = false;
  EXPECT_EQ(nearest->Route({}, replicas), 2u);
}

TEST(NearestTest, AmongEquallyNearOnesTakesTheLeastLoaded) {
  const auto nearest = testing::Make<RoutePolicy>("nearest");
  const std::vector<ReplicaInfo> replicas = {Replica(0, 10, 2, 2), Replica(1, 10, 0, 3),
                                             Replica(2, 10, 1, 2)};
  EXPECT_EQ(nearest->Route({}, replicas), 1u);
}

TEST(LeastLoadedTest, CountsThoseThatWaitAndThoseThatAreServed) {
  const auto least = testing::Make<RoutePolicy>("least_loaded");
  std::vector<ReplicaInfo> replicas = {Replica(0, 10, 4, 0), Replica(1, 90, 1, 2),
                                       Replica(2, 40, 0, 3)};
  EXPECT_EQ(least->Route({}, replicas), 2u);
  replicas[2].healthy = false;
  EXPECT_EQ(least->Route({}, replicas), 1u);
}

RequestInfo Request(std::span<const uint64_t> prefix) {
  return {.prompt_tokens = 1000, .prefix = prefix};
}

TEST(CacheAwareTest, GoesWhereTheBeginningWasSent) {
  const auto aware = testing::Make<RoutePolicy>("cache_aware");
  const std::vector<ReplicaInfo> first = {Replica(3, 10, 0, 0), Replica(5, 10, 0, 1)};
  const std::vector<uint64_t> prompt = {1, 2, 3, 4};
  EXPECT_EQ(aware->Route(Request(prompt), first), 0u);
  const std::vector<ReplicaInfo> later = {Replica(3, 10, 0, 7), Replica(5, 10, 0, 1)};
  const std::vector<uint64_t> like = {1, 2, 8};
  EXPECT_EQ(aware->Route(Request(like), later), 0u);
  // Less than half of it is known, or nothing.
  const std::vector<uint64_t> hardly = {1, 9, 10};
  EXPECT_EQ(aware->Route(Request(hardly), later), 1u);
  EXPECT_EQ(aware->Route(Request({}), later), 1u);
}

TEST(CacheAwareTest, LoadDecidesWhereItDiffersTooMuch) {
  const auto aware = testing::Make<RoutePolicy>("cache_aware", {{"balance_requests", "4"}});
  const std::vector<uint64_t> prompt = {1, 2};
  EXPECT_EQ(aware->Route(Request(prompt), std::vector{Replica(0, 1, 0, 0), Replica(1, 1, 0, 1)}),
            0u);
  EXPECT_EQ(aware->Route(Request(prompt), std::vector{Replica(0, 1, 0, 5), Replica(1, 1, 0, 1)}),
            0u);
  EXPECT_EQ(aware->Route(Request(prompt), std::vector{Replica(0, 1, 0, 6), Replica(1, 1, 0, 1)}),
            1u);
  // It was sent there last.
  EXPECT_EQ(aware->Route(Request(prompt), std::vector{Replica(0, 1, 0, 0), Replica(1, 1, 0, 1)}),
            1u);
}

}  // namespace
}  // namespace orrery::policies
