// What the scheduler believes of one job. Policies read it; only the cluster state writes it.
//
// Times on "the reference scale" are run times on the GPU that the job's work is stated for; on the
// nodes it holds, they pass `speed` times as fast.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "sim/base/demand.h"
#include "sim/base/ids.h"
#include "sim/base/money.h"
#include "sim/base/time.h"

namespace orrery::policies {

// Waiting in the queue → Starting (nodes taken) → Running → Stopping (told to stop) → Waiting or
// gone.
enum class JobPhase : uint8_t { kWaiting, kStarting, kRunning, kStopping };

struct JobInfo {
  SimTime submit;
  SimTime attempt_start;      // nodes taken, current attempt
  SimTime run_start;          // running began, current attempt
  Duration estimate;          // believed total run time, reference scale
  Duration limit;             // killed after this run time, reference scale; Max(): never
  Duration done;              // progress kept from earlier attempts, reference scale
  Duration setup;             // wall-clock time that every attempt spends before it makes progress
  Duration next_save;         // progress at which a stop keeps more than `done`, reference scale
  SimTime deadline;           // SimTime::Never(): none
  double attained_gpu_s = 0;  // GPU-seconds of service in earlier attempts
  double speed = 1;           // of the current attempt, relative to the reference GPU
  Usd budget;                 // negative: no bound
  Demand demand;              // of one replica
  JobId id;
  JobSlot slot;
  ShapeId shape;             // interned: demand, requirements and what else placement may look at
  uint32_t queue_shape = 0;  // interned: shape and replicas
  uint32_t replicas = 1;
  uint32_t tie = 0;  // its place among equals by the tie rule; equal ones go by id
  RequirementsId requirements;
  UserId user;
  int32_t priority = 0;  // higher is more urgent
  RegionId region;       // of the user; none: unknown
  GpuModelId reference_gpu;
  JobTypeId type;
  uint32_t attempts = 0;  // begun so far
  uint32_t preemptions = 0;
  uint32_t migrations = 0;
  JobClass job_class = JobClass::kBatchTraining;
  JobPhase phase = JobPhase::kWaiting;
  // False: a stop would end the job for its user; such a job is left alone.
  bool preemptible = true;
  bool migrating = false;  // told to stop because it goes elsewhere

  // GPUs of the whole gang; CPU jobs count their cores, so that size is never zero.
  double size() const {
    const double gpus = demand.total_gpu_milli() * 1e-3;
    return replicas * (gpus > 0 ? gpus : std::max(demand.cpu_milli * 1e-3, 1e-3));
  }
  // Time spent running in the current attempt; zero unless running or stopping.
  Duration RunTime(SimTime now) const {
    return phase == JobPhase::kRunning || phase == JobPhase::kStopping ? now - run_start
                                                                       : Duration();
  }
  // Believed progress by `now`, reference scale.
  Duration Progress(SimTime now) const {
    return done +
           Duration::Nanos(static_cast<int64_t>(static_cast<double>(RunTime(now).nanos()) * speed));
  }
  // Believed run time still to come, reference scale; never negative.
  Duration Remaining(SimTime now) const { return std::max(estimate - Progress(now), Duration()); }
  // GPU-seconds of service received by `now` ("attained service" of LAS policies).
  double AttainedService(SimTime now) const {
    return attained_gpu_s + size() * RunTime(now).seconds();
  }
  // When the current attempt is believed to end, or `now` when that has passed already.
  SimTime ExpectedEnd(SimTime now) const;
  // From when on a running job's attempt has been worth its start: a stop keeps some of its
  // progress, and it has worked for no less than it took to get going (start and set-up). A role
  // that lets jobs take turns must not stop one before, or nobody may ever get done. Never(): only
  // the end of the job is worth it.
  SimTime StoppableFrom() const;
};

inline SimTime JobInfo::ExpectedEnd(SimTime now) const {
  const SimTime from = phase == JobPhase::kStarting ? attempt_start : run_start;
  const double ns = static_cast<double>((estimate - done).nanos()) / speed;
  constexpr double kFarNs = 4.6e18;  // beyond every horizon, and safe to add to a time
  const SimTime end =
      from + Duration::Nanos(ns < kFarNs ? static_cast<int64_t>(ns) : INT64_MAX / 2);
  return std::max(end, now);
}

inline SimTime JobInfo::StoppableFrom() const {
  const int64_t need = std::max((next_save - done).nanos(), int64_t{0});
  int64_t work = need;
  if (speed != 1) {
    const double ns = std::ceil(static_cast<double>(need) / speed);
    if (ns >= 4.6e18) return SimTime::Never();
    work = static_cast<int64_t>(ns);
    // The quotient is rounded; what is done in that time must reach the mark.
    while (static_cast<int64_t>(static_cast<double>(work) * speed) < need) work += 1 + (work >> 52);
  }
  const Duration starting = run_start - attempt_start + setup;
  const Duration run = std::max(Duration::Nanos(work), starting);
  if (run.nanos() > INT64_MAX / 2) return SimTime::Never();
  return run_start + setup + run;
}

}  // namespace orrery::policies
