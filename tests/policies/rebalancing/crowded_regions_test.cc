#include <gtest/gtest.h>

#include "tests/policies/rebalancing/fake_pass.h"

namespace orrery::policies {
namespace {

using testing::FakePass;
using testing::Make;
using testing::Moves;

constexpr double kHour = 3600;

// Ten nodes of a GPU in the first region and ten in the second, which are the nodes from 10 on.
// `taken` of the first region's run jobs of nine hours; job i is on node i.
class Crowd : public FakePass {
 public:
  explicit Crowd(uint32_t taken) : FakePass(20, Regions()) {
    for (uint32_t n = 0; n < taken; ++n) Add(n, 9 * kHour, 1);
  }

 private:
  static std::vector<RegionId> Regions() {
    std::vector<RegionId> regions(20, RegionId(0));
    std::fill(regions.begin() + 10, regions.end(), RegionId(1));
    return regions;
  }
};

TEST(CrowdedRegionsTest, JobsLeaveUntilTheRegionIsCrowdedNoMore) {
  const auto policy = Make<RebalancePolicy>("crowded_regions");
  EXPECT_EQ(Crowd(9).Ask(*policy, kHour), Moves());
  EXPECT_EQ(Crowd(10).Ask(*policy, kHour), (Moves{{0, 10}}));
  const auto strict = Make<RebalancePolicy>("crowded_regions", {{"high", "0.7"}});
  EXPECT_EQ(Crowd(10).Ask(*strict, kHour), (Moves{{0, 10}, {1, 11}, {2, 12}}));
}

TEST(CrowdedRegionsTest, NobodyGoesWhereThereIsNoRoom) {
  const auto policy = Make<RebalancePolicy>("crowded_regions");
  Crowd pass(10);
  for (uint32_t n = 10; n < 17; ++n) pass.Add(n, 9 * kHour, 1);
  EXPECT_EQ(pass.Ask(*policy, kHour), Moves());
  const auto hopeful = Make<RebalancePolicy>("crowded_regions", {{"low", "0.8"}});
  EXPECT_EQ(pass.Ask(*hopeful, kHour), (Moves{{0, 17}}));
}

// The move of the first fills the region as far as it may.
TEST(CrowdedRegionsTest, MovesOfTheSameLookCount) {
  const auto policy = Make<RebalancePolicy>("crowded_regions", {{"high", "0.7"}, {"low", "0.2"}});
  EXPECT_EQ(Crowd(10).Ask(*policy, kHour), (Moves{{0, 10}, {1, 11}}));
}

TEST(CrowdedRegionsTest, NobodyMovesToADearerOrSlowerNode) {
  const auto policy = Make<RebalancePolicy>("crowded_regions");
  Crowd pass(10);
  for (uint32_t n = 10; n < 20; ++n) {
    pass.cluster.SetAsk(NodeId(n), UsdPerHour::FromDollars(1.2));
  }
  EXPECT_EQ(pass.Ask(*policy, kHour), Moves());
  for (uint32_t n = 10; n < 20; ++n) {
    pass.cluster.SetAsk(NodeId(n), UsdPerHour::FromDollars(1.05));
  }
  EXPECT_EQ(pass.Ask(*policy, kHour), (Moves{{0, 10}}));
  for (uint16_t gpu = 10; gpu < 20; ++gpu) pass.cluster.SetSpeed(GpuModelId(gpu), 0.9);
  EXPECT_EQ(pass.Ask(*policy, kHour), Moves());
}

TEST(CrowdedRegionsTest, ALostNodeIsNoRoom) {
  const auto policy = Make<RebalancePolicy>("crowded_regions");
  Crowd pass(9);
  pass.cluster.SetPresent(NodeId(9), false);
  EXPECT_EQ(pass.Ask(*policy, kHour), (Moves{{0, 10}}));
}

TEST(CrowdedRegionsTest, WhoIsAboutToEndMakesRoomByItself) {
  const auto policy = Make<RebalancePolicy>("crowded_regions");
  EXPECT_EQ(Crowd(10).Ask(*policy, 8.6 * kHour), Moves());
}

}  // namespace
}  // namespace orrery::policies
