// The backfill role: which jobs may pass a head that does not fit.
#pragma once

#include "policies/api/view.h"

namespace orrery::policies {

// Which jobs a pass is to stop at. As long as nothing starts, whether a job passes must depend on
// nothing but its queue shape, what its speed depends on (class, type, reference GPU), and its
// believed remaining time: a longer one of the same kind does not pass where a shorter one does
// not.
class Sieve {
 public:
  virtual ~Sieve() = default;
  virtual bool Passes(const JobInfo& job) = 0;
  // For jobs of the kind of `like`: none whose remaining time (reference scale) is longer than this
  // passes; negative: none at all. Asked after Passes for a job of the same queue shape.
  virtual Duration Longest(const JobInfo& like) = 0;
};

// What a backfill policy may do in one scheduling pass. Valid only during the call.
class BackfillPass {
 public:
  virtual ~BackfillPass() = default;

  virtual const ClusterView& view() const = 0;
  // The first job of the queue, which does not fit now.
  virtual const JobInfo& head() const = 0;
  // The next waiting job behind the head, in queue order; nullptr at the end. `only_new`: only jobs
  // that entered the queue after the last pass. Jobs whose shape does not fit now are left out
  // where `only_fitting`.
  virtual const JobInfo* Next(bool only_new, bool only_fitting) = 0;
  // The next waiting job behind the head, in queue order, whose shape fits now and that passes. It
  // must be given to Start before the next call. After each start, the first job of a queue shape
  // is asked first. For each start, and once more, of each queue shape that fits one job is asked
  // and the next short enough is searched, in steps over blocks of jobs: O(jobs of the shape /
  // block + block), with blocks of some hundred. Not used beside Next.
  virtual const JobInfo* NextPassing(Sieve& sieve) = 0;
  // Where the place role would put this job now; false if it does not fit.
  virtual bool Place(const JobInfo& job, Placement* placement) = 0;
  // Starts a job that Next() or NextPassing() gave, or head() where the policy decides about it.
  // False if that was refused (a node is away, is not eligible or has too little left): then the
  // job waits as before, and nothing has changed.
  virtual bool Start(const JobInfo& job, const Placement& placement) = 0;
};

class BackfillPolicy {
 public:
  static constexpr const char* kRole = "backfill";
  static constexpr const char* kNone =
      "Nobody passes a head that does not fit, unless scheduler.blocking is skip.";
  virtual ~BackfillPolicy() = default;

  // Called when the head is blocked. May keep state between calls.
  virtual void Run(BackfillPass& pass) = 0;
  // A job took nodes, began to run, was told to stop, or gave its nodes back. Called when that has
  // happened; several changes of a job may come before the next Run.
  virtual void OnHoldChanged(JobSlot job) { (void)job; }
  // A job left the queue without a start.
  virtual void OnLeft(JobSlot job) { (void)job; }
  // Whether the head, too, starts only where Run says so. If not, it starts as soon as it fits and
  // Run sees only heads that do not. If so, Run is called whenever a job waits, and head() may fit.
  virtual bool decides_head() const { return false; }
  // Whether VisitRunning must go by expected end.
  virtual bool needs_running_by_end() const { return true; }
};

}  // namespace orrery::policies
