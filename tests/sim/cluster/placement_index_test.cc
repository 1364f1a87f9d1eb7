// The view in action: whatever jobs, nodes and prices do, the classes and their cached scores give
// the decisions that going over all nodes gives.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "tests/sim/cluster/plain_search.h"

namespace orrery {
namespace {

using cluster::ClassIndex;
using cluster::ClusterState;
using cluster::JobInfo;
using cluster::TieRule;
using policies::Placement;
using policies::Selection;
using testing::ToyCluster;
using testing::ToyOptions;

// Every present node is in just one class, with its equals; classes are heaps by order key; heads
// and figures say what the members say.
void ExpectSoundClasses(const ClusterState& state) {
  const ClassIndex& classes = state.classes();
  uint32_t members = 0, live = 0;
  std::set<
      std::tuple<uint32_t, uint32_t, uint32_t, uint32_t, std::vector<uint16_t>, int64_t, uint16_t>>
      keys;
  for (uint32_t slot = 0; slot < classes.slot_count(); ++slot) {
    const ClassIndex::Class& cls = classes.at(slot);
    ASSERT_EQ(cls.view.count, cls.members.size());
    ASSERT_EQ(classes.head(slot).count, cls.members.size());
    if (cls.members.empty()) continue;
    ++live;
    members += cls.view.count;
    const NodeId first(cls.members.front());
    ASSERT_EQ(cls.view.first, first);
    ASSERT_EQ(cls.view.first_ask, state.ask(first));
    ASSERT_EQ(classes.head(slot).first_key, classes.OrderKey(first));
    for (size_t i = 0; i < cls.members.size(); ++i) {
      const NodeId node(cls.members[i]);
      ASSERT_TRUE(state.present(node));
      ASSERT_EQ(*cls.view.shape, state.node_shape(node));
      ASSERT_EQ(cls.view.residual, state.residual(node));
      if (classes.split_by_ask()) {
        ASSERT_EQ(cls.view.first_ask, state.ask(node));
      }
      ASSERT_EQ(cls.reputation_band, classes.ReputationBand(state.nodes().reputation(node)));
      ASSERT_EQ(state.nodes().link(node).slot, slot);
      ASSERT_EQ(state.nodes().link(node).position, i);
      if (i > 0) {
        ASSERT_LT(classes.OrderKey(NodeId(cls.members[(i - 1) / 2])), classes.OrderKey(node));
      }
    }
    std::vector<NodeId> ordered;
    classes.FirstMembers(slot, cls.members.size() + 1, &ordered);
    ASSERT_EQ(ordered.size(), cls.members.size());
    for (size_t i = 1; i < ordered.size(); ++i) {
      ASSERT_LT(classes.OrderKey(ordered[i - 1]), classes.OrderKey(ordered[i]));
    }
    const policies::Residual& left = cls.view.residual;
    ASSERT_TRUE(keys.insert({cls.shape_id,
                             left.cpu_milli,
                             left.memory_mib,
                             left.whole_gpus,
                             {left.partial_milli.begin(), left.partial_milli.end()},
                             classes.split_by_ask() ? cls.view.first_ask.micros() : 0,
                             cls.reputation_band})
                    .second)
        << "two classes of the same nodes";
  }
  uint32_t present = 0;
  for (uint32_t n = 0; n < state.node_count(); ++n) present += state.present(NodeId(n));
  ASSERT_EQ(members, present);
  ASSERT_EQ(live, classes.live_count());
}

using Variant = std::tuple<std::string, bool, TieRule>;
class PlacementIndexTest : public ::testing::TestWithParam<Variant> {
 protected:
  static constexpr int kSteps = 3000;

  // One random thing happens: a job starts or ends, a node comes or goes, an ask changes.
  void Step(ToyCluster& toy, bool compare) {
    ClusterState& state = toy.state();
    const uint32_t what = toy.Dice(20);
    if (what < 10) return Start(toy, compare);
    if (what < 16) {
      if (running_.empty()) return;
      const size_t i = toy.Dice(static_cast<uint32_t>(running_.size()));
      state.GiveNodes(running_[i]);
      state.RemoveJob(running_[i]);
      running_[i] = running_.back();
      running_.pop_back();
    } else if (what < 18) {
      const NodeId node(toy.Dice(state.node_count()));
      state.SetPresent(node, !state.present(node) || toy.Dice(2) == 0);
    } else {
      const NodeId node(toy.Dice(state.node_count()));
      state.SetAsk(node, UsdPerHour::Micros(250'000 + 500 * toy.Dice(400)));
      state.SetReputation(node, 0.125f * static_cast<float>(toy.Dice(8)));
    }
  }

  void Start(ToyCluster& toy, bool compare) {
    ClusterState& state = toy.state();
    const JobSlot slot = state.AddJob(toy.RandomJob());
    const JobInfo& job = state.job(slot);
    const std::optional<Placement> expected = toy.Search(job);
    Draw draw = RandomStreams(1, 0).Stream("test/place", draws_++).At(0);
    Placement placement;
    const bool fits = state.Fits(job);
    ASSERT_EQ(fits, toy.Capacity(job) >= job.replicas);
    ASSERT_EQ(state.Place(job, draw, &placement), fits);
    ASSERT_EQ(fits, expected.has_value());
    if (compare && fits) {
      ASSERT_EQ(placement, *expected) << "job " << draws_;
    }
    if (!fits) return state.RemoveJob(slot);
    ExpectPossible(toy, job, placement);
    state.TakeNodes(slot, placement);
    running_.push_back(slot);
  }

  static void ExpectPossible(ToyCluster& toy, const JobInfo& job, const Placement& placement) {
    uint32_t replicas = 0;
    std::set<uint32_t> nodes;
    for (const policies::NodeShare& share : placement) {
      ASSERT_TRUE(nodes.insert(share.node.value).second);
      ASSERT_TRUE(toy.ScoreOn(job, share.node).has_value());
      ASSERT_TRUE(toy.state().Eligible(job.shape, share.node));
      ASSERT_GE(policies::FitCount(toy.state().residual(share.node), job.demand), share.replicas);
      replicas += share.replicas;
    }
    ASSERT_EQ(replicas, job.replicas);
  }

  std::vector<JobSlot> running_;
  uint64_t draws_ = 0;
};

TEST_P(PlacementIndexTest, DecidesAsASearchOverAllNodesDoes) {
  const auto& [place, distinct, tie_rule] = GetParam();
  std::map<std::string, std::string> parameters;
  // So many draws find the best of so few nodes.
  if (place == "power_of_d") parameters["d"] = "1000";
  ToyCluster toy(
      place, parameters,
      {.nodes = place == "power_of_d" ? 14u : 90u, .distinct = distinct, .tie_rule = tie_rule}, 7);
  const bool compare = toy.traits().selection != Selection::kRandom;
  if (distinct) {
    ASSERT_EQ(toy.state().classes().live_count(), toy.state().node_count());
  }
  for (int step = 0; step < kSteps; ++step) {
    SCOPED_TRACE(step);
    Step(toy, compare);
    if (step % 100 == 0) ExpectSoundClasses(toy.state());
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(draws_, 1000u);
}

std::string VariantName(const ::testing::TestParamInfo<Variant>& info) {
  const auto& [place, distinct, tie_rule] = info.param;
  return place + (distinct ? "_each_its_own_class" : "_three_kinds") +
         (tie_rule == TieRule::kMostReliable ? "_most_reliable" : "");
}

INSTANTIATE_TEST_SUITE_P(
    EveryPlacePolicy, PlacementIndexTest,
    ::testing::Combine(::testing::ValuesIn(policies::PolicyNames("place")), ::testing::Bool(),
                       ::testing::Values(TieRule::kLowestId, TieRule::kMostReliable)),
    VariantName);

// 20,000 draws over those nodes that fit; each has the same chance, within 5 standard deviations.
TEST(RandomPlacementTest, EveryNodeThatFitsHasTheSameChance) {
  ToyCluster toy("random", {}, {.nodes = 20, .distinct = false}, 3);
  ClusterState& state = toy.state();
  JobInfo job = toy.RandomJob();
  job.demand = {.gpus = 2};
  job.replicas = 1;
  job.requirements = RequirementsTable::kAny;
  const JobSlot slot = state.AddJob(job);
  std::vector<int> hits(20);
  uint64_t fitting = 0;
  for (uint32_t n = 0; n < 20; ++n) fitting += toy.ScoreOn(state.job(slot), NodeId(n)).has_value();
  ASSERT_GT(fitting, 4u);
  ASSERT_LT(fitting, 20u);
  constexpr int kDraws = 20'000;
  for (uint64_t i = 0; i < kDraws; ++i) {
    Draw draw = RandomStreams(1, 0).Stream("test/place", i).At(0);
    Placement placement;
    ASSERT_TRUE(state.Place(state.job(slot), draw, &placement));
    ++hits[placement.front().node.index()];
  }
  const double p = 1.0 / static_cast<double>(fitting);
  const double sigma = std::sqrt(kDraws * p * (1 - p));
  for (uint32_t n = 0; n < 20; ++n) {
    const bool fits = toy.ScoreOn(state.job(slot), NodeId(n)).has_value();
    EXPECT_NEAR(hits[n], fits ? kDraws * p : 0, fits ? 5 * sigma : 0.5) << n;
  }
}

// Where ties are random, the best nodes, and no others, have the same chance.
TEST(RandomTieTest, ChoosesAmongTheBestAlone) {
  ToyCluster toy("best_fit", {}, {.nodes = 30, .distinct = false, .tie_rule = TieRule::kRandom}, 3);
  ClusterState& state = toy.state();
  JobInfo job = toy.RandomJob();
  job.demand = {.gpus = 1};
  job.replicas = 1;
  job.requirements = RequirementsTable::kAny;
  const JobSlot slot = state.AddJob(job);
  double best = 2;
  for (uint32_t n = 0; n < 30; ++n) {
    best = std::min(best, toy.ScoreOn(state.job(slot), NodeId(n)).value_or(2));
  }
  std::set<uint32_t> chosen;
  for (uint64_t i = 0; i < 1000; ++i) {
    Draw draw = RandomStreams(1, 0).Stream("test/place", i).At(0);
    Placement placement;
    ASSERT_TRUE(state.Place(state.job(slot), draw, &placement));
    ASSERT_EQ(toy.ScoreOn(state.job(slot), placement.front().node), best);
    chosen.insert(placement.front().node.value);
  }
  EXPECT_EQ(chosen.size(), 10u);  // all nodes of one of the three kinds
}

// How often each node serves a job of `replicas` × `gpus` GPUs in 2,000 draws.
std::vector<int> Hits(const std::string& place, uint32_t replicas, uint16_t gpus) {
  JobInfo job;
  job.requirements = RequirementsTable::kAny;
  job.demand = {.gpus = gpus};
  job.replicas = replicas;
  ToyCluster toy(place, {}, {.nodes = 30, .distinct = false, .tie_rule = TieRule::kRandom}, 3);
  ClusterState& state = toy.state();
  const JobSlot slot = state.AddJob(job);
  std::vector<int> hits(30);
  for (uint64_t i = 0; i < 2000; ++i) {
    Draw draw = RandomStreams(1, 0).Stream("test/place", i).At(0);
    Placement placement;
    EXPECT_TRUE(state.Place(state.job(slot), draw, &placement));
    for (const policies::NodeShare& share : placement) ++hits[share.node.index()];
  }
  return hits;
}

// Nodes 2, 5, 8, … have three GPUs, so each holds one replica of three: four of ten are taken.
TEST(RandomTieTest, EveryNodeHasTheSameChanceToServeAGang) {
  for (const char* place : {"best_fit", "worst_fit", "fastest"}) {
    const std::vector<int> hits = Hits(place, 4, 3);
    for (size_t n = 0; n < hits.size(); ++n) {
      // 2,000 × 4/10, within 5 standard deviations.
      EXPECT_NEAR(hits[n], n % 3 == 2 ? 800 : 0, n % 3 == 2 ? 110 : 0) << place << " " << n;
    }
  }
}

TEST(RandomTieTest, FirstFitKnowsNoEquals) {
  const std::vector<int> hits = Hits("first_fit", 4, 3);
  for (size_t n = 0; n < hits.size(); ++n) EXPECT_EQ(hits[n], n % 3 == 2 && n < 12 ? 2000 : 0) << n;
}

TEST(RandomTieTest, EqualPricesAreAsGoodForGangsAndForOne) {
  for (const uint32_t replicas : {1u, 2u}) {
    ToyCluster toy("cheapest", {}, {.nodes = 12, .distinct = false, .tie_rule = TieRule::kRandom},
                   3);
    ClusterState& state = toy.state();
    JobInfo job;
    job.requirements = RequirementsTable::kAny;
    job.demand = {.gpus = 3};
    job.replicas = replicas;
    // Nodes 2, 5, 8 and 11 hold it; 5 is dear, the others cost the same.
    for (uint32_t n = 0; n < 12; ++n) {
      state.SetAsk(NodeId(n), UsdPerHour::FromDollars(n == 5 ? 2 : 1));
    }
    const JobSlot slot = state.AddJob(job);
    std::vector<int> hits(12);
    for (uint64_t i = 0; i < 3000; ++i) {
      Draw draw = RandomStreams(1, 0).Stream("test/place", i).At(0);
      Placement placement;
      ASSERT_TRUE(state.Place(state.job(slot), draw, &placement));
      for (const policies::NodeShare& share : placement) ++hits[share.node.index()];
    }
    for (const uint32_t n : {2u, 8u, 11u}) EXPECT_NEAR(hits[n], 1000 * replicas, 130) << n;
    EXPECT_EQ(hits[5], 0);
  }
}

TEST(EverFitsTest, NodesThatAreAwayCount) {
  ToyCluster toy("best_fit", {}, {.nodes = 9, .distinct = false}, 3);
  ClusterState& state = toy.state();
  for (uint32_t n = 0; n < 9; ++n) state.SetPresent(NodeId(n), false);
  JobInfo job;
  job.requirements = RequirementsTable::kAny;
  job.demand = {.gpus = 3};
  job.replicas = 3;  // nodes 2, 5 and 8 have three GPUs
  const JobSlot slot = state.AddJob(job);
  EXPECT_TRUE(state.EverFits(state.job(slot)));
  EXPECT_FALSE(state.Fits(state.job(slot)));
  job.replicas = 4;
  EXPECT_FALSE(state.EverFits(state.job(state.AddJob(job))));
  for (uint32_t n = 0; n < 9; ++n) state.SetPresent(NodeId(n), true);
  EXPECT_TRUE(state.Fits(state.job(slot)));
}

TEST(EverFitsTest, FollowsTheAsks) {
  ToyCluster toy("best_fit", {}, {.nodes = 9, .distinct = false}, 3);
  ClusterState& state = toy.state();
  for (uint32_t n = 0; n < 9; ++n) state.SetAsk(NodeId(n), UsdPerHour::FromDollars(1));
  JobInfo job;
  job.demand = {.gpus = 3};
  job.requirements = RequirementsId(3);  // at most $0.35/h
  const JobSlot slot = state.AddJob(job);
  EXPECT_FALSE(state.EverFits(state.job(slot)));
  state.SetAsk(NodeId(5), UsdPerHour::FromDollars(0.3));
  EXPECT_TRUE(state.EverFits(state.job(slot)));
}

}  // namespace
}  // namespace orrery
