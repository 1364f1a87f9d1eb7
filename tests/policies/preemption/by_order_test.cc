#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::FakeCluster;
using testing::Make;
using testing::Schedule;
using testing::Stint;
using testing::Work;

using Runs = std::vector<std::vector<Stint>>;
using Values = std::map<std::string, std::string>;

struct Scene {
  std::string order = "srtf";
  Values order_values = {};
  Values values = {{"quantum", "0s"}};
  uint32_t nodes = 1;
  uint16_t gpus = 1;
};

Runs Play(const Scene& setup, const std::vector<Work>& works) {
  const auto order = Make<OrderPolicy>(setup.order, setup.order_values);
  const auto by_order = Make<PreemptPolicy>("by_order", setup.values);
  FakeCluster cluster(order.get());
  cluster.AddGpuNodes(setup.nodes, setup.gpus);
  return Schedule(&cluster, {.order = order.get(), .preempt = by_order.get()}).Play(works);
}

// Preemptive SRTF by hand: job 1 (3 s) stops job 0 (8 of 10 s left), job 2 (8 s) ties with job 0
// and waits, job 3 (1 s) stops job 1 (2 s left).
TEST(ByOrderTest, IsExactSrtfOnOneServer) {
  EXPECT_EQ(Play({}, {{.submit = 0, .run_time = 10},
                      {.submit = 2, .run_time = 3},
                      {.submit = 2, .run_time = 8},
                      {.submit = 3, .run_time = 1}}),
            (Runs{{{0, 2}, {6, 14}}, {{2, 3}, {4, 6}}, {{14, 22}}, {{3, 4}}}));
}

TEST(ByOrderTest, EqualKeysStopNobody) {
  EXPECT_EQ(Play({}, {{.submit = 0, .run_time = 10}, {.submit = 2, .run_time = 8}}),
            (Runs{{{0, 10}}, {{10, 18}}}));
}

TEST(ByOrderTest, AJobRunsForItsQuantumAtLeast) {
  EXPECT_EQ(Play({.values = {{"quantum", "5s"}}},
                 {{.submit = 0, .run_time = 10}, {.submit = 2, .run_time = 3}}),
            (Runs{{{0, 5}, {8, 13}}, {{5, 8}}}));
}

TEST(ByOrderTest, NobodyIsStoppedWhereTheQuantumEndsTooLate) {
  // At 9 only 1 s is left of job 0: less than job 1 wants.
  EXPECT_EQ(Play({.values = {{"quantum", "9s"}}},
                 {{.submit = 0, .run_time = 10}, {.submit = 2, .run_time = 3}}),
            (Runs{{{0, 10}}, {{10, 13}}}));
}

TEST(ByOrderTest, HysteresisAsksForMoreThanALittle) {
  const std::vector<Work> works = {{.submit = 0, .run_time = 10}, {.submit = 2, .run_time = 5}};
  EXPECT_EQ(Play({.values = {{"quantum", "0s"}, {"hysteresis", "2s"}}}, works),
            (Runs{{{0, 2}, {7, 15}}, {{2, 7}}}));
  // 8 s left against 5 s: better by 3 s, which is not more than 3 s.
  EXPECT_EQ(Play({.values = {{"quantum", "0s"}, {"hysteresis", "3s"}}}, works),
            (Runs{{{0, 10}}, {{10, 15}}}));
}

TEST(ByOrderTest, StopsTheWorstFirstAndNoMoreThanNeeded) {
  // 3 GPUs with 9, 20 and 15 s left; job 3 needs two of them for 1 s.
  EXPECT_EQ(Play({.nodes = 3}, {{.submit = 0, .run_time = 9},
                                {.submit = 0, .run_time = 20},
                                {.submit = 0, .run_time = 15},
                                {.submit = 1, .run_time = 1, .replicas = 2}}),
            (Runs{{{0, 9}}, {{0, 1}, {2, 21}}, {{0, 1}, {2, 16}}, {{1, 2}}}));
}

TEST(ByOrderTest, SparesWorseJobsThatStopInVain) {
  // Nodes of 2 GPUs, and job 4 needs a whole one. Stopping the worst, job 0, does not help: beside
  // it runs job 1, which has less left than job 4. Once jobs 2 and 3 stop, job 0 need not.
  const auto order = Make<OrderPolicy>("srtf");
  const auto by_order = Make<PreemptPolicy>("by_order", {{"quantum", "0s"}});
  FakeCluster cluster(order.get());
  cluster.AddGpuNodes(2, 2);
  const double run_times[] = {50, 1, 30, 20};
  for (uint32_t i = 0; i < 4; ++i) {
    const JobSlot slot = cluster.AddJob(testing::InfoOf({.run_time = run_times[i]}, i));
    cluster.Start(slot, {{NodeId(i / 2), 1}});
  }
  const JobSlot head = cluster.AddJob(testing::InfoOf({.run_time = 2, .gpus = 2}, 4));
  std::vector<JobSlot> victims;
  by_order->SelectVictims(cluster, *order, cluster.job(head), &victims);
  EXPECT_EQ(victims, (std::vector<JobSlot>{JobSlot(2), JobSlot(3)}));
}

TEST(ByOrderTest, StopsNobodyWhereItWouldNotBeEnough) {
  // Job 1 is shorter than job 0 but not than job 2, and needs both GPUs.
  EXPECT_EQ(Play({.nodes = 2}, {{.submit = 0, .run_time = 50},
                                {.submit = 0, .run_time = 4},
                                {.submit = 1, .run_time = 6, .replicas = 2}}),
            (Runs{{{0, 4}, {10, 56}}, {{0, 4}}, {{4, 10}}}));
}

// Job 1 (10 GPU-s in hand) crosses into the second queue at 10, when job 2 stops it.
TEST(ByOrderTest, ActsWhenAKeyCrossesAThreshold) {
  const Scene las = {.order = "las2d", .order_values = {{"threshold_1", "10 GPU-s"}}};
  EXPECT_EQ(Play(las, {{.submit = 0, .run_time = 25}, {.submit = 4, .run_time = 3}}),
            (Runs{{{0, 10}, {13, 28}}, {{10, 13}}}));
}

TEST(ByOrderTest, InsideAQueueArrivalOrderStopsNobody) {
  // Job 1 came first and is in the same queue as the running job 0, which it may not stop.
  const Scene las = {.order = "las2d", .order_values = {{"threshold_1", "100 GPU-s"}}, .nodes = 2};
  EXPECT_EQ(Play(las, {{.submit = 1, .run_time = 9, .replicas = 2},
                       {.submit = 0, .run_time = 5},
                       {.submit = 2, .run_time = 3}}),
            (Runs{{{5, 14}}, {{0, 5}}, {{14, 17}}}));
}

// Plain LAS shares the GPU in turn: each runs for a quantum, and until it has had more (by 1 ns)
// than the other.
TEST(ByOrderTest, FollowsAKeyThatChangesSmoothly) {
  const Scene las = {.order = "las2d",
                     .order_values = {{"threshold_1", "0 GPU-s"}},
                     .values = {{"quantum", "2s"}}};
  const Runs runs = Play(las, {{.submit = 0, .run_time = 5}, {.submit = 1, .run_time = 5}});
  const Runs expected = {{{0, 2}, {4, 6}, {8, 9}}, {{2, 4}, {6, 8}, {9, 10}}};
  for (size_t job = 0; job < 2; ++job) {
    ASSERT_EQ(runs[job].size(), 3u);
    for (size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(runs[job][i].start, expected[job][i].start, 1e-6);
      EXPECT_NEAR(runs[job][i].end, expected[job][i].end, 1e-6);
    }
  }
}

TEST(ByOrderTest, ASmoothKeyIsFollowedToTheMomentItGetsWorse) {
  // Job 1 has had 3 GPU-s when job 0 stops it at 3; it is even again when job 0 has had 3 more.
  const Scene las = {.order = "las2d",
                     .order_values = {{"threshold_1", "0 GPU-s"}},
                     .values = {{"quantum", "0s"}, {"hysteresis", "3s"}}};
  const Runs runs = Play(las, {{.submit = 0, .run_time = 9}, {.submit = 1, .run_time = 9}});
  EXPECT_NEAR(runs[0][0].end, 3, 1e-6);
  EXPECT_NEAR(runs[1][0].end, 9, 1e-6);
  EXPECT_NEAR(runs[0][1].end, 15, 1e-6);
}

TEST(ByOrderTest, JobsThatMustNotBeStoppedAreLeftAlone) {
  const auto order = Make<OrderPolicy>("srtf");
  const auto by_order = Make<PreemptPolicy>("by_order", {{"quantum", "0s"}});
  FakeCluster cluster(order.get());
  cluster.AddGpuNodes(1, 1);
  const JobSlot session = cluster.AddJob(testing::InfoOf({.run_time = 50}, 0));
  cluster.Start(session, {{NodeId(0), 1}});
  cluster.mutable_job(session).preemptible = false;
  const JobSlot head = cluster.AddJob(testing::InfoOf({.run_time = 5}, 1));
  std::vector<JobSlot> victims;
  by_order->SelectVictims(cluster, *order, cluster.job(head), &victims);
  EXPECT_TRUE(victims.empty());
  EXPECT_EQ(by_order->NextCheck(cluster, *order, cluster.job(head)), SimTime::Never());
}

TEST(ByOrderTest, JobsThatAreStoppingAlreadyCount) {
  const auto order = Make<OrderPolicy>("srtf");
  const auto by_order = Make<PreemptPolicy>("by_order", {{"quantum", "0s"}});
  FakeCluster cluster(order.get());
  cluster.AddGpuNodes(2, 1);
  for (uint32_t i = 0; i < 2; ++i) {
    const JobSlot slot = cluster.AddJob(testing::InfoOf({.run_time = 50}, i));
    cluster.Start(slot, {{NodeId(i), 1}});
  }
  const JobSlot head = cluster.AddJob(testing::InfoOf({.submit = 1, .run_time = 5}, 2));
  cluster.set_now(SimTime::FromSeconds(1));
  std::vector<JobSlot> victims;
  by_order->SelectVictims(cluster, *order, cluster.job(head), &victims);
  ASSERT_EQ(victims.size(), 1u);
  cluster.mutable_job(victims[0]).phase = JobPhase::kStopping;
  victims.clear();
  by_order->SelectVictims(cluster, *order, cluster.job(head), &victims);
  EXPECT_TRUE(victims.empty());
}

// SRPT by brute force: whoever has least left runs, looked at whenever anything happens.
std::vector<double> SrptEnds(const std::vector<Work>& works) {
  std::vector<double> left, ends(works.size());
  for (const Work& work : works) left.push_back(work.run_time);
  double now = 0;
  for (size_t done = 0; done < works.size();) {
    size_t best = works.size();
    double next = 1e18;
    for (size_t i = 0; i < works.size(); ++i) {
      if (left[i] > 0 && works[i].submit > now) next = std::min(next, works[i].submit);
      if (left[i] > 0 && works[i].submit <= now && (best == works.size() || left[i] < left[best])) {
        best = i;
      }
    }
    if (best == works.size()) {
      now = next;
      continue;
    }
    const double step = std::min(left[best], next - now);
    now += step;
    left[best] -= step;
    if (left[best] == 0) {
      ends[best] = now;
      ++done;
    }
  }
  return ends;
}

class ByOrderRandomTest : public ::testing::TestWithParam<int> {};

TEST_P(ByOrderRandomTest, AgreesWithSrptOnOneServer) {
  std::mt19937_64 random(static_cast<uint64_t>(GetParam()));
  std::vector<Work> works;
  double time = 0;
  for (int i = 0; i < 80; ++i) {
    time += static_cast<double>(random() % 40);
    // Different run times, so that no tie decides.
    works.push_back({.submit = time, .run_time = 1 + static_cast<double>(random() % 4096) / 64});
  }
  const Runs runs = Play({}, works);
  const std::vector<double> ends = SrptEnds(works);
  for (size_t i = 0; i < works.size(); ++i) EXPECT_NEAR(runs[i].back().end, ends[i], 1e-6) << i;
}

INSTANTIATE_TEST_SUITE_P(Seeds, ByOrderRandomTest, ::testing::Range(1, 11));

}  // namespace
}  // namespace orrery::policies
