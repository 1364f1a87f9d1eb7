// Decisions to move a job: what the checker refuses, and that looking for a place changes nothing.
#include <gtest/gtest.h>

#include <vector>

#include "policies/api/registry.h"
#include "sim/cluster/decision_checker.h"
#include "sim/cluster/state.h"

namespace orrery::cluster {
namespace {

using policies::Migrate;
using policies::PlacePolicy;

// Four nodes of two GPUs. The job has a gang of three on nodes 0 and 1; node 2 holds one other job;
// node 3 is not there.
class MigrateTest : public ::testing::Test {
 protected:
  MigrateTest() {
    Params params;
    place_ = policies::MakePolicy<PlacePolicy>("first_fit", params);
    state_ = std::make_unique<ClusterState>(ClusterConfig{
        .place = place_.get(), .speed = nullptr, .requirements = &requirements_, .atlas = {}});
    for (int n = 0; n < 4; ++n) {
      NodeListing node;
      node.shape.gpu_model = GpuModelId(0);
      node.shape.gpus = 2;
      state_->AddNode(node);
    }
    state_->Open();
    job_ = Start(3, {{NodeId(0), 2}, {NodeId(1), 1}});
    other_ = Start(1, {{NodeId(2), 1}});
    state_->SetPresent(NodeId(3), false);
  }

  JobSlot Start(uint32_t replicas, const Placement& placement) {
    JobInfo job;
    job.id = JobId(next_id_++);
    job.demand.gpus = 1;
    job.replicas = replicas;
    job.requirements = RequirementsTable::kAny;
    const JobSlot slot = state_->AddJob(job);
    state_->TakeNodes(slot, placement);
    state_->mutable_job(slot).phase = JobPhase::kRunning;
    return slot;
  }
  Refusal Check(const Placement& nodes) { return checker().Check(Migrate{job_, nodes}); }
  DecisionChecker checker() const { return DecisionChecker(state_.get()); }

  RequirementsTable requirements_;
  std::unique_ptr<PlacePolicy> place_;
  std::unique_ptr<ClusterState> state_;
  uint32_t next_id_ = 0;
  JobSlot job_, other_;
};

TEST_F(MigrateTest, WhatAJobGivesBackItMayTake) {
  EXPECT_EQ(Check({{NodeId(1), 2}, {NodeId(2), 1}}), Refusal::kNone);
  EXPECT_EQ(Check({{NodeId(0), 1}, {NodeId(1), 2}}), Refusal::kNone);
}

TEST_F(MigrateTest, WhatIsImpossibleIsRefused) {
  EXPECT_EQ(Check({{NodeId(0), 2}, {NodeId(1), 1}}), Refusal::kStaysPut);
  EXPECT_EQ(Check({{NodeId(1), 1}, {NodeId(2), 2}}), Refusal::kDoesNotFit);
  EXPECT_EQ(Check({{NodeId(1), 2}}), Refusal::kWrongReplicas);
  EXPECT_EQ(Check({{NodeId(1), 2}, {NodeId(3), 1}}), Refusal::kNodeAway);
  EXPECT_EQ(Check({{NodeId(1), 2}, {NodeId(9), 1}}), Refusal::kNoSuchNode);
  EXPECT_EQ(Check({{NodeId(1), 1}, {NodeId(2), 1}, {NodeId(1), 1}}), Refusal::kNodeTwice);
  EXPECT_EQ(checker().Check(Migrate{JobSlot(77), {}}), Refusal::kNoSuchJob);
  state_->mutable_job(job_).preemptible = false;
  EXPECT_EQ(Check({{NodeId(1), 2}, {NodeId(2), 1}}), Refusal::kNotPreemptible);
  state_->mutable_job(job_).phase = JobPhase::kStopping;
  EXPECT_EQ(Check({{NodeId(1), 2}, {NodeId(2), 1}}), Refusal::kJobNotRunning);
}

TEST_F(MigrateTest, LookingForAPlaceChangesNothing) {
  const auto residuals = [&] {
    std::vector<Residual> all;
    for (uint32_t n = 0; n < 4; ++n) all.push_back(state_->residual(NodeId(n)));
    return all;
  };
  const auto find = [&](std::vector<NodeId> avoid, Placement* nodes) {
    Draw draw = RandomStreams(1, 0).Stream("test/place", 0).At(0);
    return state_->PlaceElsewhere(state_->job(job_), avoid, draw, nodes);
  };
  const auto before = residuals();
  const uint64_t epoch = state_->freed_epoch();
  Placement nodes;
  EXPECT_TRUE(find({NodeId(0)}, &nodes));
  EXPECT_EQ(nodes, (Placement{{NodeId(1), 2}, {NodeId(2), 1}}));
  EXPECT_FALSE(find({NodeId(1), NodeId(0), NodeId(0), NodeId(3)}, &nodes)) << "one GPU is left";
  EXPECT_TRUE(find({}, &nodes));
  EXPECT_EQ(nodes, (Placement{{NodeId(0), 2}, {NodeId(1), 1}}));
  EXPECT_EQ(residuals(), before);
  EXPECT_EQ(state_->freed_epoch(), epoch);
  EXPECT_EQ(state_->grants(job_).size(), 2u);
  // What the index believes is what is there: two GPUs.
  EXPECT_TRUE(state_->Fits([&] {
    JobInfo two = state_->job(job_);
    two.replicas = 2;
    return two;
  }()));
  EXPECT_FALSE(state_->Fits(state_->job(job_)));
}

// Who was told to stop is expected to end first, whatever its user believed.
TEST_F(MigrateTest, AJobThatStopsComesFirstAmongThoseThatEnd) {
  ClusterState state({.place = place_.get(),
                      .speed = nullptr,
                      .requirements = &requirements_,
                      .atlas = {},
                      .running_by_end = true});
  NodeListing node;
  node.shape.gpu_model = GpuModelId(0);
  node.shape.gpus = 4;
  state.AddNode(node);
  state.Open();
  std::vector<JobSlot> slots;
  for (int hours : {2, 1, 3}) {
    JobInfo job;
    job.id = JobId(next_id_++);
    job.demand.gpus = 1;
    job.requirements = RequirementsTable::kAny;
    job.estimate = Duration::Hours(hours);
    slots.push_back(state.AddJob(job));
    state.TakeNodes(slots.back(), {{NodeId(0), 1}});
    state.mutable_job(slots.back()).phase = JobPhase::kRunning;
    state.RefreshExpectedEnd(slots.back());
  }
  class Order final : public policies::JobVisitor {
   public:
    bool Visit(const JobInfo& job) override {
      slots.push_back(job.slot);
      return true;
    }
    std::vector<JobSlot> slots;
  };
  const auto order = [&] {
    Order seen;
    state.VisitRunning(seen);
    return seen.slots;
  };
  EXPECT_EQ(order(), (std::vector{slots[1], slots[0], slots[2]}));
  state.mutable_job(slots[2]).phase = JobPhase::kStopping;
  state.RefreshExpectedEnd(slots[2]);
  EXPECT_EQ(order(), (std::vector{slots[2], slots[1], slots[0]}));
  state.GiveNodes(slots[2]);
  EXPECT_EQ(order(), (std::vector{slots[1], slots[0]}));
}

// Shares of a GPU come back to the GPUs that they were on.
TEST_F(MigrateTest, SharesStayWhereTheyAre) {
  JobInfo share;
  share.id = JobId(next_id_++);
  share.demand.gpus = 1;
  share.demand.gpu_milli = 400;
  share.requirements = RequirementsTable::kAny;
  std::vector<JobSlot> slots;
  for (int i = 0; i < 2; ++i) {
    slots.push_back(state_->AddJob(share));
    state_->TakeNodes(slots.back(), {{NodeId(2), 1}});
  }
  EXPECT_EQ(state_->grants(slots[0])[0].gpu_mask, state_->grants(slots[1])[0].gpu_mask);
  const Residual before = state_->residual(NodeId(2));
  EXPECT_EQ(state_->ResidualWithout(slots[0], NodeId(2)).gpu_milli(), before.gpu_milli() + 400);
  Placement nodes;
  Draw draw = RandomStreams(1, 0).Stream("test/place", 0).At(0);
  const std::vector<NodeId> avoid = {NodeId(1)};
  ASSERT_TRUE(state_->PlaceElsewhere(state_->job(slots[0]), avoid, draw, &nodes));
  EXPECT_EQ(nodes, (Placement{{NodeId(2), 1}}));
  EXPECT_EQ(state_->residual(NodeId(2)), before);
  state_->GiveNodes(slots[1]);
  state_->GiveNodes(slots[0]);
  EXPECT_EQ(state_->residual(NodeId(2)).whole_gpus, 1);
}

}  // namespace
}  // namespace orrery::cluster
