// More job shapes than scores may be cached: indices are dropped and come back.
#include <gtest/gtest.h>

#include <vector>

#include "tests/sim/cluster/plain_search.h"

namespace orrery {
namespace {

using cluster::ClusterState;
using cluster::JobInfo;
using policies::Placement;
using testing::ToyCluster;

TEST(IndexTrimmingTest, DroppedIndicesComeBackWithTheSameDecisions) {
  // 2,048 classes × 2,300 shapes are more than the 4 million scores that are kept.
  ToyCluster toy("best_fit", {}, {.nodes = 2048, .distinct = true}, 5);
  ClusterState& state = toy.state();
  std::vector<JobSlot> slots;
  uint64_t draws = 0;
  const auto expect_same = [&](JobSlot slot) {
    const JobInfo& job = state.job(slot);
    Draw draw = RandomStreams(1, 0).Stream("test/place", draws++).At(0);
    Placement placement;
    const std::optional<Placement> expected = toy.Search(job);
    ASSERT_EQ(state.Place(job, draw, &placement), expected.has_value());
    if (expected) {
      ASSERT_EQ(placement, *expected);
    }
  };
  for (uint32_t i = 0; i < 2300; ++i) {
    JobInfo job = toy.RandomJob();
    job.demand.cpu_milli = 1 + i;  // a shape of its own
    job.replicas = 1 + i % 3;
    slots.push_back(state.AddJob(job));
    state.Fits(state.job(slots.back()));
    if (i % 100 == 0) expect_same(slots.back());
  }
  // Nodes fill up meanwhile, and old shapes are asked for again.
  for (uint32_t i = 0; i < 40; ++i) {
    const JobInfo& job = state.job(slots[i]);
    Draw draw = RandomStreams(1, 0).Stream("test/place", draws++).At(0);
    Placement placement;
    if (state.Place(job, draw, &placement)) state.TakeNodes(slots[i], placement);
    expect_same(slots[2299 - i]);
    expect_same(slots[1000 + i]);
    expect_same(slots[100 + i]);
  }
}

}  // namespace
}  // namespace orrery
