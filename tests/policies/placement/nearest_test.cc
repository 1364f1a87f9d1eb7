#include <gtest/gtest.h>

#include "tests/policies/placement/score.h"
#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::Make;

// As far apart as their numbers.
class Line final : public RttEstimate {
 public:
  double RttMs(RegionId client, const NodeShape& node) const override {
    return 10.0 * (node.region.value - client.value);
  }
};

TEST(NearestTest, PrefersTheShorterRoundTrip) {
  const auto nearest = Make<PlacePolicy>("nearest");
  const Line line;
  const FleetInfo fleet{.rtt = &line};
  NodeShape here, near, far;
  here.region = RegionId(1);
  near.region = RegionId(2);
  far.region = RegionId(9);
  const auto score = [&](const NodeShape& node) {
    return nearest->PairScore(RegionId(1), node, fleet);
  };
  EXPECT_EQ(score(here), 0);
  EXPECT_LT(score(near), score(far));
  EXPECT_LT(score(far), 1);
  EXPECT_TRUE(nearest->traits().uses_client);
}

TEST(NearestTest, WithoutANetworkAllAreNear) {
  const auto nearest = Make<PlacePolicy>("nearest");
  NodeShape node;
  node.region = RegionId(3);
  EXPECT_EQ(nearest->PairScore(RegionId(1), node, FleetInfo()), 0);
}

}  // namespace
}  // namespace orrery::policies
