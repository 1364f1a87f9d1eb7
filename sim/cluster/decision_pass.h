// One scheduling pass behind a blocked head, as DecisionLoop offers it to backfill policies.
#pragma once

#include <memory>

#include "policies/api/backfill.h"
#include "sim/cluster/decision_loop.h"
#include "sim/cluster/passing_walk.h"

namespace orrery::cluster {

class DecisionLoop::Pass final : public policies::BackfillPass {
 public:
  explicit Pass(DecisionLoop* loop) : loop_(loop) {}

  const policies::ClusterView& view() const override { return *loop_->state_; }
  const JobInfo& head() const override;
  const JobInfo* Next(bool only_new, bool only_fitting) override;
  const JobInfo* NextPassing(policies::Sieve& sieve) override;
  bool Place(const JobInfo& job, Placement* placement) override;
  bool Start(const JobInfo& job, const Placement& placement) override;

 private:
  const JobInfo* NextQueued(bool only_fitting);
  const JobInfo* NextNew(bool only_fitting);

  DecisionLoop* loop_;
  std::unique_ptr<JobQueue::Walk> walk_;
  std::unique_ptr<PassingWalk> passing_;
  size_t next_new_ = 0;
  bool sorted_ = false;
};

}  // namespace orrery::cluster
