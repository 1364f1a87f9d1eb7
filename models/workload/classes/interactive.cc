// Interactive session: somebody sits at it for a given time on the clock, whatever the GPU, and
// walks away when it does not start in time.
//
// In terms of Job: work is the session's length (speed is 1 on every GPU: RooflineOf), limit is the
// same, deadline is the latest end, submit + max_wait + work. So the session is abandoned at
// deadline − work, and starts in time if and only if it ends by its deadline.
#include "models/workload/classes/common.h"

namespace orrery::workload::classes {
namespace {

class InteractiveModel final : public JobClassModel {
 public:
  explicit InteractiveModel(const InteractiveParams& params)
      : params_(params), max_wait_(params.max_wait) {}

  JobClass job_class() const override { return JobClass::kInteractive; }
  std::string summary() const override {
    return "a session of fixed length on the clock, whose user leaves after waiting too long";
  }
  std::vector<ClassParameter> parameters() const override {
    std::vector<ClassParameter> all = HostParameters(params_.host);
    all.push_back({"max_wait", Text(params_.max_wait) + " s",
                   "how long the user waits for the session to start",
                   "Assumption: interactive_patience"});
    return all;
  }

  Result<Demand> Shape(const SizeRow& size, uint32_t* replicas) const override {
    *replicas = 1;
    return OneNodeDemand(size, params_.host, "interactive");
  }

  // A session lasts as long on any GPU.
  ClassRoofline roofline() const override { return {.peak = ClassRoofline::Peak::kWallClock}; }

  void SetWork(const TaskDraw& draw, Job* job) const override {
    job->work = WorkOf(draw.ArrivalDuration());
    job->limit = job->work;
    job->deadline = job->submit + WorkOf(max_wait_.At(draw.Uniform(0))) + job->work;
    job->checkpoint_interval = Duration::Max();
  }

  // The session's state lives in memory: a stop ends what was going on.
  Duration Kept(const Job&, Duration, bool) const override { return Duration(); }
  Duration NextSave(const Job&, Duration) const override { return Duration::Max(); }
  bool Preemptible() const override { return false; }

  bool MakesDeadlines() const override { return true; }
  SimTime AbandonsAt(const Job& job) const override {
    return job.deadline == SimTime::Never() ? SimTime::Never() : job.deadline - job.work;
  }
  // What counts is that it started while somebody was there, not when the session is over.
  ServiceLevel Level(const Job& job) const override { return {.start_by = AbandonsAt(job)}; }

 private:
  InteractiveParams params_;
  Sampler max_wait_;
};

}  // namespace

std::unique_ptr<JobClassModel> Interactive(const InteractiveParams& params) {
  return std::make_unique<InteractiveModel>(params);
}

}  // namespace orrery::workload::classes
