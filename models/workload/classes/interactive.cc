// Interactive session: somebody sits at it, a notebook say, and walks away when it does not start
// in time.
#include "models/workload/classes/session.h"

namespace orrery::workload::classes {
namespace {

class InteractiveModel final : public SessionModel {
 public:
  explicit InteractiveModel(const InteractiveParams& params)
      : SessionModel(params.max_wait), params_(params) {}

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

  void SetWork(const TaskDraw& draw, Job* job) const override {
    SetSession(draw.ArrivalDuration(), draw.Uniform(0), job);
  }

 private:
  InteractiveParams params_;
};

}  // namespace

std::unique_ptr<JobClassModel> Interactive(const InteractiveParams& params) {
  return std::make_unique<InteractiveModel>(params);
}

}  // namespace orrery::workload::classes
