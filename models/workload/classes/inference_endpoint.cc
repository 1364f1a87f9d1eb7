// Inference endpoint: a copy of a model that is kept ready for as long as somebody wants it,
// whatever the GPU. What it served is served; nothing is gained by stopping it, and its users would
// notice.
//
// A population of this class rents endpoints whose requests are not looked at. A service
// (services:) starts and ends its own, and is judged by its requests.
#include "models/workload/classes/common.h"

namespace orrery::workload::classes {
namespace {

class InferenceEndpointModel final : public JobClassModel {
 public:
  explicit InferenceEndpointModel(const InferenceEndpointParams& params) : params_(params) {}

  JobClass job_class() const override { return JobClass::kInferenceEndpoint; }
  std::string summary() const override {
    return "a copy of a model kept ready for requests, for as long as it is wanted";
  }
  std::vector<ClassParameter> parameters() const override { return HostParameters(params_.host); }

  Result<Demand> Shape(const SizeRow& size, uint32_t* replicas) const override {
    *replicas = 1;
    return OneNodeDemand(size, params_.host, "inference_endpoint");
  }

  // It is rented by the clock.
  ClassRoofline roofline() const override { return {.peak = ClassRoofline::Peak::kWallClock}; }

  void SetWork(const TaskDraw& draw, Job* job) const override {
    job->work = WorkOf(draw.ArrivalDuration());
    job->checkpoint_interval = Duration();
  }

  // The time for which it was there is not asked for again.
  Duration Kept(const Job&, Duration done, bool) const override { return done; }
  bool Preemptible() const override { return false; }

 private:
  InferenceEndpointParams params_;
};

}  // namespace

std::unique_ptr<JobClassModel> InferenceEndpoint(const InferenceEndpointParams& params) {
  return std::make_unique<InferenceEndpointModel>(params);
}

}  // namespace orrery::workload::classes
