#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/policies/backfill/counting.h"
#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::CountingSchedule;
using testing::FakeCluster;
using testing::Make;
using testing::PlayThrough;
using testing::RandomWorks;
using testing::Rule;
using testing::Schedule;
using testing::Stint;
using testing::Work;

// On `nodes` nodes of one GPU.
std::vector<Stint> Play(uint32_t nodes, const std::vector<Work>& works) {
  FakeCluster cluster;
  cluster.AddGpuNodes(nodes, 1);
  const auto easy = Make<BackfillPolicy>("easy");
  return PlayThrough(&cluster, easy.get(), works);
}

// 4 GPUs; job 0 holds 3 until 10, job 1 needs all 4 and has the reservation.
TEST(EasyTest, AJobThatEndsByTheShadowTimePasses) {
  EXPECT_EQ(Play(4, {{.submit = 0, .run_time = 10, .replicas = 3},
                     {.submit = 1, .run_time = 10, .replicas = 4},
                     {.submit = 2, .run_time = 8, .replicas = 1},
                     {.submit = 3, .run_time = 9, .replicas = 1}}),
            (std::vector<Stint>{{0, 10}, {10, 20}, {2, 10}, {20, 29}}));
}

TEST(EasyTest, AJobThatEndsOneNanosecondLateDoesNotPass) {
  EXPECT_EQ(Play(4, {{.submit = 0, .run_time = 10, .replicas = 3},
                     {.submit = 1, .run_time = 10, .replicas = 4},
                     {.submit = 2, .run_time = 8.000000001, .replicas = 1}}),
            (std::vector<Stint>{{0, 10}, {10, 20}, {20, 28.000000001}}));
}

// 5 GPUs; at the shadow time 10 the head needs 4 of 5: one is extra, for one long job.
TEST(EasyTest, LongJobsMayTakeWhatTheHeadDoesNotNeed) {
  EXPECT_EQ(Play(5, {{.submit = 0, .run_time = 10, .replicas = 3},
                     {.submit = 1, .run_time = 10, .replicas = 4},
                     {.submit = 2, .run_time = 100, .replicas = 1},
                     {.submit = 3, .run_time = 100, .replicas = 1},
                     {.submit = 4, .run_time = 6, .replicas = 1}}),
            (std::vector<Stint>{{0, 10}, {10, 20}, {2, 102}, {20, 120}, {4, 10}}));
}

TEST(EasyTest, JobsInQueueOrderGetTheExtraNodesFirst) {
  // One extra GPU again; the job that came first has it although it arrived in the same second.
  EXPECT_EQ(Play(5, {{.submit = 0, .run_time = 10, .replicas = 3},
                     {.submit = 1, .run_time = 10, .replicas = 4},
                     {.submit = 2, .run_time = 50, .replicas = 1},
                     {.submit = 2, .run_time = 30, .replicas = 1}}),
            (std::vector<Stint>{{0, 10}, {10, 20}, {2, 52}, {20, 50}}));
}

// Only the head has a reservation: job 3 takes the extra GPU and delays job 2 from 20 to 28.
TEST(EasyTest, JobsBehindTheHeadMayBeDelayed) {
  EXPECT_EQ(Play(4, {{.submit = 0, .run_time = 10, .replicas = 2},
                     {.submit = 1, .run_time = 10, .replicas = 3},
                     {.submit = 2, .run_time = 10, .replicas = 4},
                     {.submit = 3, .run_time = 25, .replicas = 1}}),
            (std::vector<Stint>{{0, 10}, {10, 20}, {28, 38}, {3, 28}}));
}

// Job 0 ends at 5 instead of 20. Job 2 was let pass until 17, and the head waits for it.
TEST(EasyTest, AnEarlyEndMakesANewReservation) {
  EXPECT_EQ(Play(4, {{.submit = 0, .run_time = 5, .replicas = 3, .estimate = 20},
                     {.submit = 1, .run_time = 10, .replicas = 4},
                     {.submit = 2, .run_time = 15, .replicas = 1},
                     {.submit = 6, .run_time = 11, .replicas = 3}}),
            (std::vector<Stint>{{0, 5}, {17, 27}, {2, 17}, {6, 17}}));
}

// Job 0 said 10 and takes 30: from 10 on it is expected to end at once, so nobody passes the head.
TEST(EasyTest, AJobThatOutrunsItsEstimateIsExpectedToEndAtOnce) {
  EXPECT_EQ(Play(4, {{.submit = 0, .run_time = 30, .replicas = 3, .estimate = 10},
                     {.submit = 1, .run_time = 10, .replicas = 4},
                     {.submit = 12, .run_time = 5, .replicas = 1}}),
            (std::vector<Stint>{{0, 30}, {30, 40}, {40, 45}}));
}

TEST(EasyTest, EndsThatCoincideWithTheShadowTimeCountAsFree) {
  // Two jobs end at 10, the head needs one of them: 3 of 4 GPUs are free then, one is extra.
  EXPECT_EQ(Play(4, {{.submit = 0, .run_time = 10, .replicas = 1},
                     {.submit = 0, .run_time = 10, .replicas = 2},
                     {.submit = 1, .run_time = 10, .replicas = 2},
                     {.submit = 2, .run_time = 99, .replicas = 1}}),
            (std::vector<Stint>{{0, 10}, {0, 10}, {10, 20}, {2, 101}}));
}

// A GPU of model 1 runs twice as fast: 20 s of work take 10 s there.
TEST(EasyTest, RunTimesFollowTheSpeedOfTheNode) {
  const auto play = [](double work) {
    FakeCluster cluster;
    cluster.AddGpuNodes(1, 1);
    cluster.AddGpuNodes(1, 1, GpuModelId(1));
    cluster.SetSpeed(GpuModelId(1), 2);
    const auto easy = Make<BackfillPolicy>("easy");
    return PlayThrough(&cluster, easy.get(),
                       {{.submit = 0, .run_time = 10},
                        {.submit = 0, .run_time = 7, .replicas = 2},
                        {.submit = 0, .run_time = work}});
  };
  EXPECT_EQ(play(20), (std::vector<Stint>{{0, 10}, {10, 17}, {0, 10}}));
  EXPECT_EQ(play(22), (std::vector<Stint>{{0, 10}, {10, 17}, {17, 39}}));
}

TEST(EasyTest, NodesTheHeadCannotUseAreFreeForLongJobs) {
  FakeCluster cluster;
  cluster.AddGpuNodes(1, 1);
  cluster.AddGpuNodes(1, 1, GpuModelId(1));
  cluster.Bar(UserId(1), GpuModelId(1));
  const auto easy = Make<BackfillPolicy>("easy");
  EXPECT_EQ(PlayThrough(&cluster, easy.get(),
                        {{.submit = 0, .run_time = 10},
                         {.submit = 1, .run_time = 5, .user = 1},
                         {.submit = 2, .run_time = 1000}}),
            (std::vector<Stint>{{0, 10}, {10, 15}, {2, 1002}}));
}

// One node of 2 GPUs. The head wants both at 10; half a GPU may be had until then, but not longer.
TEST(EasyTest, SharesOfAGpuCountForWhatTheHeadNeeds) {
  const auto play = [](double run_time) {
    FakeCluster cluster;
    cluster.AddGpuNodes(1, 2);
    const auto easy = Make<BackfillPolicy>("easy");
    return PlayThrough(&cluster, easy.get(),
                       {{.submit = 0, .run_time = 10},
                        {.submit = 1, .run_time = 5, .gpus = 2},
                        {.submit = 2, .run_time = run_time, .gpu_milli = 500}});
  };
  EXPECT_EQ(play(8), (std::vector<Stint>{{0, 10}, {10, 15}, {2, 10}}));
  EXPECT_EQ(play(9), (std::vector<Stint>{{0, 10}, {10, 15}, {15, 24}}));
}

TEST(EasyTest, DepthBoundsHowManyJobsAreLookedAt) {
  const std::vector<Work> works = {{.submit = 0, .run_time = 10, .replicas = 3},
                                   {.submit = 1, .run_time = 10, .replicas = 4},
                                   {.submit = 2, .run_time = 99, .replicas = 1},
                                   {.submit = 2, .run_time = 5, .replicas = 1}};
  FakeCluster narrow;
  narrow.AddGpuNodes(4, 1);
  const auto one = Make<BackfillPolicy>("easy", {{"depth", "1"}});
  EXPECT_EQ(PlayThrough(&narrow, one.get(), works)[3].start, 20);
  EXPECT_EQ(Play(4, works)[3].start, 2);
}

TEST(EasyTest, WithoutAPossibleReservationWhateverFitsStarts) {
  FakeCluster cluster;
  cluster.AddGpuNodes(3, 1);
  cluster.SetPresent(NodeId(2), false);
  const auto easy = Make<BackfillPolicy>("easy");
  Schedule schedule(&cluster, {.backfill = easy.get()});
  int decisions = 0;
  schedule.after_decision = [&] {
    if (++decisions == 2) cluster.SetPresent(NodeId(2), true);
  };
  const auto runs = schedule.Play(
      {{.submit = 0, .run_time = 5, .replicas = 3}, {.submit = 1, .run_time = 50, .replicas = 2}});
  EXPECT_EQ(runs[1][0].start, 1);
  EXPECT_EQ(runs[0][0].start, 51);
}

// 4 nodes, two of them free until job 1, which is to end at 10, makes room for the head. When a
// free node has gone, the head has to wait for job 0, and job 3 is done before.
TEST(EasyTest, ANodeThatWentIsNotCountedForTheShadowTime) {
  FakeCluster cluster;
  cluster.AddGpuNodes(4, 1);
  const auto easy = Make<BackfillPolicy>("easy");
  Schedule schedule(&cluster, {.backfill = easy.get()});
  int decisions = 0;
  schedule.after_decision = [&] {
    if (++decisions == 2) cluster.SetPresent(NodeId(3), false);
  };
  const auto runs = schedule.Play({{.submit = 0, .run_time = 30},
                                   {.submit = 0, .run_time = 10},
                                   {.submit = 1, .run_time = 10, .replicas = 3},
                                   {.submit = 4, .run_time = 20}});
  EXPECT_EQ(runs[2], (std::vector<Stint>{{30, 40}}));
  EXPECT_EQ(runs[3], (std::vector<Stint>{{4, 24}}));
}

// One of 5 nodes is extra. Job 2 would have had node 3; job 3 may not go there, and has node 4.
TEST(EasyTest, AJobWhoseStartIsRefusedCostsTheHeadNothing) {
  FakeCluster cluster;
  cluster.AddGpuNodes(3, 1);
  cluster.AddGpuNodes(1, 1, GpuModelId(1));
  cluster.AddGpuNodes(1, 1);
  cluster.Bar(UserId(1), GpuModelId(1));
  const auto easy = Make<BackfillPolicy>("easy");
  Schedule schedule(&cluster, {.backfill = easy.get()});
  schedule.refuse = [](const JobInfo& job) { return job.id == JobId(2); };
  const auto runs = schedule.Play({{.submit = 0, .run_time = 10, .replicas = 3},
                                   {.submit = 1, .run_time = 10, .replicas = 4},
                                   {.submit = 2, .run_time = 100},
                                   {.submit = 2, .run_time = 50, .user = 1}});
  EXPECT_EQ(runs[3], (std::vector<Stint>{{2, 52}}));
  EXPECT_EQ(runs[2], (std::vector<Stint>{{20, 120}}));
}

// What is kept from call to call must not change anything.
class Forgetful final : public BackfillPolicy {
 public:
  void Run(BackfillPass& pass) override { Make<BackfillPolicy>("easy")->Run(pass); }
};

class EasyRandomTest : public ::testing::TestWithParam<int> {};

TEST_P(EasyRandomTest, AgreesWithTheTextbookRuleOnCountedProcessors) {
  const auto seed = static_cast<uint64_t>(GetParam());
  const std::vector<Work> works = RandomWorks(seed, 60, 8, GetParam() % 2 == 0);
  const std::vector<double> expected = CountingSchedule(works, 8, Rule::kEasy);
  const std::vector<Stint> runs = Play(8, works);
  for (size_t i = 0; i < works.size(); ++i) EXPECT_EQ(runs[i].start, expected[i]) << "job " << i;
}

TEST_P(EasyRandomTest, RememberingTheReservationChangesNothing) {
  const auto seed = static_cast<uint64_t>(GetParam());
  std::vector<Work> works = RandomWorks(seed, 60, 12, false);
  for (size_t i = 0; i < works.size(); ++i) {
    // Sometimes wrong in the other direction, and in fractions.
    if (i % 7 == 3) works[i].estimate = works[i].run_time / 2;
    if (i % 5 == 1) works[i].gpu_milli = static_cast<uint16_t>(100 + 150 * (i % 6));
    if (i % 5 != 1 && i % 3 == 0) works[i].gpus = static_cast<uint16_t>(1 + i % 3);
    works[i].replicas = std::min(works[i].replicas, 12u / works[i].gpus);
  }
  FakeCluster one, other;
  one.AddGpuNodes(3, 4);
  other.AddGpuNodes(3, 4);
  const auto easy = Make<BackfillPolicy>("easy");
  Forgetful forgetful;
  EXPECT_EQ(PlayThrough(&one, easy.get(), works), PlayThrough(&other, &forgetful, works));
}

INSTANTIATE_TEST_SUITE_P(Seeds, EasyRandomTest, ::testing::Range(1, 21));

}  // namespace
}  // namespace orrery::policies
