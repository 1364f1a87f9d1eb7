// Sessions: somebody uses the job for a given time on the clock, whatever the GPU, and walks away
// when it does not start in time. What interactive, cloud_gaming and pixel_streaming share.
//
// In terms of Job: work is the session's length (its speed is 1 on every GPU), limit is the same,
// deadline is the latest end, submit + max_wait + work. So the session is abandoned at
// deadline − work, and starts in time if and only if it ends by its deadline.
#pragma once

#include "models/workload/classes/common.h"

namespace orrery::workload::classes {

class SessionModel : public JobClassModel {
 public:
  // A session lasts as long on any GPU.
  ClassRoofline roofline() const final { return {.peak = ClassRoofline::Peak::kWallClock}; }

  // Its state lives in memory. Who is cut short begins again, and was not served in time.
  Duration Kept(const Job&, Duration, bool) const final { return Duration(); }
  Duration NextSave(const Job&, Duration) const final { return Duration::Max(); }
  bool Preemptible() const final { return false; }

  bool MakesDeadlines() const final { return true; }
  SimTime AbandonsAt(const Job& job) const final {
    return job.deadline == SimTime::Never() ? SimTime::Never() : job.deadline - job.work;
  }
  // What counts is that it started while somebody was there, not when the session is over. The
  // driver adds the budget of frames.
  ServiceLevel Level(const Job& job) const final { return {.start_by = AbandonsAt(job)}; }

 protected:
  explicit SessionModel(const Distribution& max_wait) : max_wait_(max_wait) {}

  // A session of this length [s], whose user waits as long as draw `u` says.
  void SetSession(double length_s, double u, Job* job) const {
    job->work = WorkOf(length_s);
    job->limit = job->work;
    job->deadline = job->submit + WorkOf(max_wait_.At(u)) + job->work;
    job->checkpoint_interval = Duration::Max();
  }

 private:
  Sampler max_wait_;
};

}  // namespace orrery::workload::classes
