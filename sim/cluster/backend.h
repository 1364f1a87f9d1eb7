// What executes decisions: the model's back end or the one that drives real devices. It only
// carries out and reports; it decides nothing.
#pragma once

#include <cstdint>
#include <span>

#include "policies/api/job_info.h"
#include "policies/api/view.h"
#include "sim/base/time.h"

namespace orrery::cluster {

// Why an attempt ended.
enum class EndReason : uint8_t {
  kFinished,
  kPreempted,
  kKilled,       // its time limit, or its budget, was used up
  kStartFailed,  // never ran
  kHorizon,      // the run ended first
  kFailed,
};

// How an attempt went, as reported when it ended.
struct AttemptReport {
  EndReason reason = EndReason::kFinished;
  Duration kept;       // progress that the next attempt starts from, reference scale
  Duration useful;     // running time whose progress is kept
  Duration lost;       // running time whose progress is not
  Duration next_save;  // progress, earlier attempts included, at which more will be kept
  // When the nodes died under it, if they did. The time from then to the report is lost, and is not
  // paid for.
  SimTime died = SimTime::Never();
};

class Backend {
 public:
  virtual ~Backend() = default;
  // This job may be started soon: what that will touch may be fetched.
  virtual void Expect(JobSlot job) const { static_cast<void>(job); }
  // Start the job on these nodes; it is killed after working for `run_limit`, its set-up not
  // counted, or holding the nodes for `hold_limit`, all counted from now on: start, set-up and
  // stop (Duration::Max(): never). Acknowledged by Acknowledgements::OnStarted, or OnEnded with
  // kStartFailed or kKilled.
  virtual void ApplyStart(const policies::JobInfo& job, std::span<const policies::NodeGrant> grants,
                          Duration run_limit, Duration hold_limit) = 0;
  // Stop the job. Acknowledged by OnEnded; with kFinished if it got there first, with kKilled if
  // its hold limit ends before it has stopped.
  virtual void ApplyStop(const policies::JobInfo& job) = 0;
};

// Where a back end reports. Each call is one event; the attempt must be under way.
class Acknowledgements {
 public:
  virtual ~Acknowledgements() = default;
  // Something of this job is about to be reported: what the report will touch may be fetched.
  virtual void Expect(JobSlot job) const { static_cast<void>(job); }
  virtual void OnStarted(JobSlot job, SimTime now) = 0;
  // Whether the job waits for another attempt now; else it has left.
  virtual bool OnEnded(JobSlot job, const AttemptReport& report, SimTime now) = 0;
  // The user of a job would not wait any longer. Nothing happens if the job was turned away
  // already.
  virtual void OnAbandoned(JobSlot job, SimTime now) = 0;
  // A health check found a node gone, or back. The attempts on a node that is gone must have been
  // reported before.
  virtual void OnNodeHealth(NodeId node, bool healthy, SimTime now) = 0;
};

}  // namespace orrery::cluster
