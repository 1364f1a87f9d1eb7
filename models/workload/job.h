// A job as the world knows it: what arrives, how much work it truly is, and what its user says of
// it. The scheduler sees only the belief part (sim/cluster); `work` stays behind the back end.
#pragma once

#include <cstdint>
#include <memory>

#include "sim/base/demand.h"
#include "sim/base/ids.h"
#include "sim/base/money.h"
#include "sim/base/result.h"
#include "sim/base/time.h"

namespace orrery::workload {

// How a job ended in the trace it came from; kUnknown for generated jobs.
enum class TraceStatus : uint8_t { kUnknown, kCompleted, kFailed, kCancelled };

// Keeps what is made of prices and factors within Usd.
inline constexpr double kMostBudgetUsd = 1e12;

struct Job {
  SimTime submit;
  // Run time on `reference_gpu`, alone, with all replicas [≥ 0]. On another GPU it is work / speed.
  Duration work;
  // The user's estimate of `work` (same scale); equal to `work` where the user knows.
  Duration estimate;
  // The run time after which the job is killed where the scenario says so (same scale);
  // Duration::Max(): none.
  Duration limit = Duration::Max();
  // Absolute; SimTime::Never(): none.
  SimTime deadline = SimTime::Never();
  // Most the user will pay for the whole job, kMostBudgetUsd at most; negative: no bound.
  Usd budget = Usd::Micros(-1);
  // Time between checkpoints while running. Zero: progress is never lost; Max(): no checkpoints.
  Duration checkpoint_interval;
  // Wall-clock time that every attempt spends before it makes progress (a scene load); the same on
  // every GPU.
  Duration setup;
  Demand demand;
  uint32_t replicas = 1;
  RequirementsId requirements = RequirementsTable::kAny;
  UserId user{0};
  // Higher is more urgent.
  int32_t priority = 0;
  // The place the job's user is at; none where the workload has no places.
  RegionId region;
  // The GPU on which `work` is stated; none: the job runs at speed 1 on every GPU.
  GpuModelId reference_gpu;
  // Row of the throughput table; none: the roofline of the class gives the speed.
  JobTypeId type;
  JobClass job_class = JobClass::kBatchTraining;
  TraceStatus trace_status = TraceStatus::kUnknown;
  // Row of the DataTable (data.h); 0: it moves nothing.
  uint16_t data = 0;
  // Row of the FrameTable (frames.h); 0: nobody looks at it.
  uint16_t frames = 0;
  // The bag (hyper-parameter sweep, rendered film) this task belongs to; 0: none.
  uint32_t bag = 0;
  // The job's number in its trace, or its rank among generated ones.
  uint64_t source_id = 0;
};

// A stream of jobs in order of `submit` (ties in the source's own order).
class JobSource {
 public:
  virtual ~JobSource() = default;
  // Fills `job` with the next one and returns true; false at the end. An error (a bad line of a
  // trace, with its place) ends the stream. Memory does not grow with the number of jobs unless the
  // source says so.
  virtual Result<bool> Next(Job* job) = 0;
};

}  // namespace orrery::workload
