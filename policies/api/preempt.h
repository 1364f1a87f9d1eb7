// The preempt role: whom to stop so that a waiting job can run.
#pragma once

#include <vector>

#include "policies/api/order.h"
#include "policies/api/view.h"

namespace orrery::policies {

class PreemptPolicy {
 public:
  static constexpr const char* kRole = "preempt";
  static constexpr const char* kNone = "A running job is never stopped for a waiting one.";
  virtual ~PreemptPolicy() = default;

  // `head` is the first waiting job and does not fit. Appends the running jobs to stop so that it
  // does, or nothing. Jobs not in phase kRunning cannot be stopped.
  virtual void SelectVictims(const ClusterView& view, const OrderPolicy& order, const JobInfo& head,
                             std::vector<JobSlot>* victims) = 0;
  // The next time at which SelectVictims could answer otherwise though nothing happened until then
  // (a quantum ends, a key crosses); SimTime::Never(): only events matter.
  virtual SimTime NextCheck(const ClusterView& view, const OrderPolicy& order,
                            const JobInfo& head) = 0;
};

}  // namespace orrery::policies
