// Batch inference: copies of a model work off one list of batches. Bound by memory bandwidth; what
// is done is done, but a batch under way when the job stops is done again.
#include <numeric>

#include "models/workload/classes/common.h"
#include "sim/base/units.h"

namespace orrery::workload::classes {
namespace {

class BatchInferenceModel final : public KeepsWholeUnits {
 public:
  explicit BatchInferenceModel(const BatchInferenceParams& params) : params_(params) {}

  JobClass job_class() const override { return JobClass::kBatchInference; }
  std::string summary() const override {
    return "copies of a model that take batches from one list; a stop loses the batch under way";
  }
  std::vector<ClassParameter> parameters() const override {
    std::vector<ClassParameter> all = HostParameters(params_.host);
    all.push_back({"gpus_per_copy", std::to_string(params_.gpus_per_copy),
                   "GPUs that hold one copy of the model", "Assumption: inference_copy"});
    all.push_back({"batch", FormatDuration(params_.batch),
                   "run time of one batch on the reference GPU", "Assumption: inference_batch"});
    return all;
  }

  // One replica a copy, however many fit on a node: copies do not talk to each other.
  Result<Demand> Shape(const SizeRow& size, uint32_t* replicas) const override {
    return EqualReplicas(size, params_.gpus_per_copy, "gpus_per_copy", params_.host, replicas);
  }

  // Token generation reads every 2-byte weight once for 2 FLOP a sequence, so the intensity is the
  // number of sequences in the batch. Assumption: decode_batch.
  ClassRoofline roofline() const override {
    return {.peak = ClassRoofline::Peak::kFp16, .flop_per_byte = 16};
  }

  void SetWork(const TaskDraw& draw, Job* job) const override {
    job->work = WorkOf(draw.ArrivalDuration());
    job->checkpoint_interval = params_.batch;
  }

  // Fast copies take more batches, so that all finish together: the mean, not the slowest.
  double GangSpeed(std::span<const double> replica_speeds) const override {
    return std::accumulate(replica_speeds.begin(), replica_speeds.end(), 0.0) /
           static_cast<double>(replica_speeds.size());
  }

 private:
  BatchInferenceParams params_;
};

}  // namespace

std::unique_ptr<JobClassModel> BatchInference(const BatchInferenceParams& params) {
  return std::make_unique<BatchInferenceModel>(params);
}

}  // namespace orrery::workload::classes
