#include "sim/driver/job_monitor.h"

#include <algorithm>
#include <limits>

namespace orrery::driver {

using policies::JobInfo;
using policies::NodeGrant;

Duration JobMonitor::Done(const JobInfo& job) const {
  const Duration done = backend_->WorkDone(job.slot);
  // One that only sends its results has nothing left to do, whatever was estimated.
  return backend_->WorkOver(job.slot) ? std::max(done, job.estimate - job.done) : done;
}

double JobMonitor::Pace(const JobInfo& job, const NodeGrant& grant) const {
  double pace = 1;
  if (trust_ != nullptr) pace *= trust_->devices().PaceOf(job, grant.node);
  if (energy_ != nullptr) pace *= energy_->PaceOf(job, grant);
  return pace;
}

double JobMonitor::TemperatureC(const JobInfo& job, const NodeGrant& grant) const {
  if (energy_ == nullptr) return std::numeric_limits<double>::quiet_NaN();
  return energy_->TemperatureC(job, grant, state_->now());
}

}  // namespace orrery::driver
