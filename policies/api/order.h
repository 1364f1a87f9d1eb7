// The order role: whose turn it is.
#pragma once

#include <compare>
#include <cstdint>

#include "policies/api/job_info.h"

namespace orrery::policies {

// Smaller goes first; jobs with equal keys follow the tie rule. `major` counts nanoseconds of what
// the policy goes by (an arrival, a run time, GPU-time received), so that roles can ask by how much
// two jobs differ; `minor` orders jobs of equal rank and is no reason to stop a running one.
struct OrderKey {
  int64_t major = 0;
  int64_t minor = 0;
  constexpr auto operator<=>(const OrderKey&) const = default;
};

class OrderPolicy {
 public:
  static constexpr const char* kRole = "order";
  virtual ~OrderPolicy() = default;

  // The key of a job at `now`. A job that waits keeps the key it entered the queue with, so the
  // order among waiting jobs must not depend on how long they wait (linear ageing does not:
  // subtract rate × submit). For a running job it is asked anew whenever a preempt role wants to
  // know.
  virtual OrderKey Key(const JobInfo& job, SimTime now) const = 0;

  // The next time the key of a running job crosses a border that matters to others (a LAS queue
  // threshold, say); SimTime::Never() for keys that change smoothly or not at all.
  virtual SimTime NextKeyChange(const JobInfo& job, SimTime now) const {
    (void)job, (void)now;
    return SimTime::Never();
  }
};

}  // namespace orrery::policies
