// Hand-worked schedules: plays a list of jobs on a fake cluster under given roles and records when
// each job ran. Times are whole seconds in, seconds out.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "policies/api/backfill.h"
#include "policies/api/order.h"
#include "policies/api/preempt.h"
#include "policies/api/registry.h"
#include "tests/policies/testing/fake_cluster.h"

namespace orrery::policies::testing {

// Aborts with the finding.
void CheckNoFinding(const Finding& finding);

// The policy `name` with parameters as in a scenario; the test fails if they are wrong.
template <typename Role>
std::unique_ptr<Role> Make(const std::string& name,
                           const std::map<std::string, std::string>& values = {}) {
  GivenParams given;
  for (const auto& [key, value] : values) given[key] = {value, "test"};
  Params params("policy '" + name + "'", given);
  std::unique_ptr<Role> policy = MakePolicy<Role>(name, params);
  for (const Finding& finding : params.Findings()) CheckNoFinding(finding);
  return policy;
}
struct Work {
  double submit = 0;
  double run_time = 0;  // at speed 1
  uint16_t gpus = 1;    // of one replica
  uint32_t replicas = 1;
  double estimate = 0;  // 0: exact
  int32_t priority = 0;
  uint16_t gpu_milli = 1000;
  uint32_t user = 0;
  double deadline = 0;  // 0: none
  double leave = 0;     // leaves the queue if it has not started by then; 0: never
};

// One attempt of a job.
struct Stint {
  double start = 0;
  double end = 0;
  bool operator==(const Stint&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Stint& run);

struct ScheduleRoles {
  const OrderPolicy* order = nullptr;
  BackfillPolicy* backfill = nullptr;
  PreemptPolicy* preempt = nullptr;
};

class Schedule {
 public:
  // `roles.order` must be the order of the cluster's queue, too.
  Schedule(FakeCluster* cluster, const ScheduleRoles& roles) : cluster_(cluster), roles_(roles) {}

  // Plays all jobs to their end; job i is works[i]. Returns the runs of each job. Every event gets
  // its decision: ends come before arrivals at the same time.
  std::vector<std::vector<Stint>> Play(const std::vector<Work>& works);
  // Decisions with a call of the backfill role.
  int backfill_calls() const { return backfill_calls_; }

  // Lets a test look at the cluster after every decision.
  std::function<void()> after_decision;
  // Starts of the backfill role that are to be refused; none: no start.
  std::function<bool(const JobInfo&)> refuse;

 private:
  class Pass;
  struct Progress {
    double left = 0;                   // run time at speed 1
    SimTime leave = SimTime::Never();  // if it waits
  };

  SimTime EndOf(JobSlot slot) const;
  void Enter(const Work& work, uint32_t id);
  void Decide();
  bool MakeRoom(const JobInfo& head);
  void Start(JobSlot slot, const Placement& placement);
  void Stop(JobSlot slot, bool finished);
  void LeaveIfTired(JobSlot slot);

  FakeCluster* cluster_;
  ScheduleRoles roles_;
  std::vector<Progress> progress_;  // by slot
  std::vector<std::vector<Stint>> runs_;
  std::vector<JobSlot> new_;
  SimTime wake_at_ = SimTime::Never();
  int backfill_calls_ = 0;
};

// Plays jobs that a backfill role must let run through, each in one attempt.
std::vector<Stint> PlayThrough(FakeCluster* cluster, BackfillPolicy* backfill,
                               const std::vector<Work>& works);

// The job of a Work, as the scheduler would know it.
JobInfo InfoOf(const Work& work, uint32_t id);

}  // namespace orrery::policies::testing
