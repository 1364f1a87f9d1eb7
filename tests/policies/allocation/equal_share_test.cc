#include <gtest/gtest.h>

#include <vector>

#include "policies/api/allocate.h"
#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

using testing::FakeCluster;
using testing::InfoOf;
using testing::Make;
using testing::Work;

// Time share by job; 0 where there is no target.
std::vector<double> Shares(FakeCluster* cluster, const std::vector<Work>& works) {
  std::vector<JobSlot> jobs;
  for (uint32_t i = 0; i < works.size(); ++i) {
    jobs.push_back(cluster->AddJob(InfoOf(works[i], i)));
  }
  std::vector<Target> targets;
  Make<AllocatePolicy>("equal_share")->Allocate(*cluster, jobs, &targets);
  std::vector<double> shares(works.size());
  for (const Target& target : targets) {
    double& share = shares[cluster->job(target.job).id.index()];
    EXPECT_EQ(share, 0) << "two targets for one job";
    share = target.time_share;
  }
  return shares;
}

TEST(EqualShareTest, UsersGetEqualNumbersOfGpusWhateverTheirNumberOfJobs) {
  FakeCluster cluster;
  cluster.AddGpuNodes(2, 4);
  // 8 GPUs: 4 for user 0 with one job, 4 for user 1 with three.
  EXPECT_EQ(Shares(&cluster, {{.gpus = 4, .user = 0},
                              {.gpus = 2, .user = 1},
                              {.gpus = 2, .user = 1},
                              {.gpus = 2, .user = 1}}),
            (std::vector<double>{1, 1, 1, 0}));
}

TEST(EqualShareTest, TheLastJobOfAUserGetsAShareOfTheTime) {
  FakeCluster cluster;
  cluster.AddGpuNodes(3, 4);
  // 6 each: user 0's second job of 4 gets 2 of them.
  EXPECT_EQ(Shares(&cluster, {{.gpus = 4, .user = 0},
                              {.gpus = 4, .user = 0},
                              {.gpus = 4, .replicas = 2, .user = 1}}),
            (std::vector<double>{1, 0.5, 0.75}));
}

TEST(EqualShareTest, WhatOneUserCannotUseGoesToTheOthers) {
  FakeCluster cluster;
  cluster.AddGpuNodes(3, 4);
  // User 0 wants 1 of 4; the other 11 are halved.
  EXPECT_EQ(Shares(&cluster, {{.gpus = 1, .user = 0},
                              {.gpus = 4, .replicas = 2, .user = 1},
                              {.gpus = 4, .replicas = 2, .user = 2}}),
            (std::vector<double>{1, 5.5 / 8, 5.5 / 8}));
}

TEST(EqualShareTest, AUsersEarlierJobsComeFirst) {
  FakeCluster cluster;
  cluster.AddGpuNodes(1, 4);
  EXPECT_EQ(Shares(&cluster, {{.submit = 20, .gpus = 4}, {.submit = 10, .gpus = 4}}),
            (std::vector<double>{0, 1}));
}

TEST(EqualShareTest, FractionsCountAsWhatTheyAre) {
  FakeCluster cluster;
  cluster.AddGpuNodes(1, 1);
  EXPECT_EQ(Shares(&cluster, {{.gpus = 1, .gpu_milli = 250, .user = 0}, {.gpus = 1, .user = 1}}),
            (std::vector<double>{1, 0.75}));
}

TEST(EqualShareTest, JobsWithoutGpusRunAllTheTime) {
  FakeCluster cluster;
  cluster.AddGpuNodes(1, 1);
  EXPECT_EQ(Shares(&cluster, {{.gpus = 1}, {.gpus = 0}}), (std::vector<double>{1, 1}));
}

TEST(EqualShareTest, AbsentNodesAreNoCapacity) {
  FakeCluster cluster;
  cluster.AddGpuNodes(2, 4);
  cluster.SetPresent(NodeId(1), false);
  EXPECT_EQ(Shares(&cluster, {{.gpus = 4, .user = 0}, {.gpus = 4, .user = 1}}),
            (std::vector<double>{0.5, 0.5}));
}

}  // namespace
}  // namespace orrery::policies
