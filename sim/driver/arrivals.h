// Brings the jobs of a workload to the cluster, one live event at a time.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "models/workload/job.h"
#include "sim/base/result.h"
#include "sim/cluster/decision_loop.h"
#include "sim/driver/recorder.h"
#include "sim/driver/sim_backend.h"
#include "sim/driver/trigger.h"
#include "sim/engine/simulator.h"

namespace orrery::driver {

// One source of jobs, and what the scenario says of all its jobs.
struct ArrivalStream {
  std::unique_ptr<workload::JobSource> source;
  bool kill_at_limit = false;
};

// What a scheduler is told of a job: all but its number. With its own estimate and limit.
policies::JobInfo InfoOf(const workload::Job& job);

class Arrivals final : public engine::Component {
 public:
  // `oracle`: the scheduler is told the true work instead of the estimate. Jobs that arrive at
  // `horizon` or later do not come.
  Arrivals(std::vector<ArrivalStream> streams, bool oracle, SimTime horizon,
           engine::Simulator* simulator, cluster::DecisionLoop* loop, SimBackend* backend,
           Recorder* recorder, DecisionTrigger* trigger);

  // Reads the first jobs and schedules the first arrival.
  Result<void> Open();
  void OnEvent(const engine::Event& event) override;
  // A job comes now, under a number that no other has. None where no node set of the fleet could
  // ever hold it. Whoever calls it tells the trigger.
  JobSlot Submit(const workload::Job& job, JobId id, bool kill_at_limit);

  // The error of a source that broke off; the run is to be stopped then.
  const std::optional<Error>& error() const { return error_; }
  uint64_t submitted() const { return submitted_; }
  // Whether all sources came to their end before the horizon.
  bool exhausted() const { return exhausted_; }

 private:
  struct Head {
    workload::Job job;
    bool valid = false;
  };

  bool Advance(size_t stream);
  void ScheduleNext();

  std::vector<ArrivalStream> streams_;
  std::vector<Head> heads_;  // the next job of each stream
  bool oracle_;
  SimTime horizon_;
  engine::Simulator* simulator_;
  engine::ComponentId id_;
  cluster::DecisionLoop* loop_;
  SimBackend* backend_;
  Recorder* recorder_;
  DecisionTrigger* trigger_;
  uint32_t next_id_ = 0;  // of the streams
  uint64_t submitted_ = 0;
  size_t next_stream_ = 0;
  bool exhausted_ = false;
  std::optional<Error> error_;
};

}  // namespace orrery::driver
