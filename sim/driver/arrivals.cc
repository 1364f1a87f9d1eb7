#include "sim/driver/arrivals.h"

#include <utility>

#include "models/workload/classes/job_class.h"
#include "sim/base/check.h"

namespace orrery::driver {

using engine::Priority;
using policies::JobInfo;

JobInfo InfoOf(const workload::Job& job) {
  const workload::JobClassModel& job_class = workload::JobClassOf(job.job_class);
  JobInfo info;
  info.submit = job.submit;
  info.estimate = job.estimate;
  info.limit = job.limit;
  info.deadline = job.deadline;
  info.budget = job.budget;
  info.demand = job.demand;
  info.replicas = job.replicas;
  info.requirements = job.requirements;
  info.user = job.user;
  info.priority = job.priority;
  info.region = job.region;
  info.reference_gpu = job.reference_gpu;
  info.type = job.type;
  info.job_class = job.job_class;
  info.setup = job.setup;
  info.next_save = job_class.NextSave(job, Duration());
  info.preemptible = job_class.Preemptible();
  return info;
}

Arrivals::Arrivals(std::vector<ArrivalStream> streams, bool oracle, SimTime horizon,
                   engine::Simulator* simulator, cluster::DecisionLoop* loop, SimBackend* backend,
                   Recorder* recorder, DecisionTrigger* trigger)
    : streams_(std::move(streams)),
      heads_(streams_.size()),
      oracle_(oracle),
      horizon_(horizon),
      simulator_(simulator),
      id_(simulator->Register(this)),
      loop_(loop),
      backend_(backend),
      recorder_(recorder),
      trigger_(trigger) {}

Result<void> Arrivals::Open() {
  for (size_t s = 0; s < streams_.size(); ++s) {
    if (!Advance(s)) return tl::unexpected<Error>(*error_);
  }
  ScheduleNext();
  return {};
}

// Reads the next job of a stream; false on an error, which also stops the run.
bool Arrivals::Advance(size_t stream) {
  Result<bool> more = streams_[stream].source->Next(&heads_[stream].job);
  if (!more) {
    error_ = std::move(more.error());
    simulator_->Stop();
    return false;
  }
  heads_[stream].valid = *more;
  return true;
}

void Arrivals::ScheduleNext() {
  size_t best = heads_.size();
  for (size_t s = 0; s < heads_.size(); ++s) {
    if (!heads_[s].valid) continue;
    if (best == heads_.size() || heads_[s].job.submit < heads_[best].job.submit) best = s;
  }
  if (best == heads_.size() || heads_[best].job.submit >= horizon_) {
    exhausted_ = true;
    return;
  }
  next_stream_ = best;
  simulator_->Schedule(heads_[best].job.submit, Priority::kArrival, id_, 0, next_id_);
}

void Arrivals::OnEvent(const engine::Event&) {
  ORRERY_CHECK(next_id_ < kFirstReplica);
  Submit(heads_[next_stream_].job, JobId(next_id_++), streams_[next_stream_].kill_at_limit);
  trigger_->Notice();
  if (Advance(next_stream_)) ScheduleNext();
}

JobSlot Arrivals::Submit(const workload::Job& job, JobId id, bool kill_at_limit) {
  JobInfo info = InfoOf(job);
  info.id = id;
  ++submitted_;
  if (oracle_) info.estimate = job.work;
  if (!kill_at_limit) info.limit = Duration::Max();
  recorder_->Announce(job, info);
  const JobSlot slot = loop_->Submit(info, simulator_->now());
  if (!slot.valid()) return slot;
  recorder_->Admit(slot);
  backend_->Admit(slot, job);
  return slot;
}

}  // namespace orrery::driver
