// Batch training: a gang of replicas that move in step, and save their state at intervals.
#include "models/workload/classes/common.h"
#include "sim/base/units.h"

namespace orrery::workload::classes {
namespace {

class BatchTrainingModel final : public JobClassModel {
 public:
  explicit BatchTrainingModel(const BatchTrainingParams& params) : params_(params) {}

  JobClass job_class() const override { return JobClass::kBatchTraining; }
  std::string summary() const override {
    return "a gang of replicas that go at the pace of the slowest and save their state at "
           "intervals";
  }
  std::vector<ClassParameter> parameters() const override {
    std::vector<ClassParameter> all = HostParameters(params_.host);
    all.push_back({"gpus_per_replica", std::to_string(params_.gpus_per_replica),
                   "GPUs of one replica at most; larger jobs become gangs",
                   "eight-GPU servers of the clusters in Hu et al., NSDI 2024"});
    all.push_back({"checkpoint_interval", FormatDuration(params_.checkpoint_interval),
                   "between checkpoints while running", "Assumption: training_checkpoint"});
    return all;
  }

  // The fewest equal replicas of which each fits on a node.
  Result<Demand> Shape(const SizeRow& size, uint32_t* replicas) const override {
    *replicas = std::max(1u, size.replicas);
    if (size.replicas == 0 && size.gpus > 0) {
      *replicas = (size.gpus + params_.gpus_per_replica - 1) / params_.gpus_per_replica;
      while (size.gpus % *replicas != 0) ++*replicas;
    }
    return ReplicaDemand(size, *replicas, params_.host);
  }

  // Assumption: training_intensity. NVIDIA, "GPU Performance Background User's Guide", table 1, has
  // 315 FLOP/B for a large linear layer and under 10 for the layers between such ones.
  ClassRoofline roofline() const override {
    return {.peak = ClassRoofline::Peak::kFp16, .flop_per_byte = 200};
  }

  void SetWork(const TaskDraw& draw, Job* job) const override {
    job->work = WorkOf(draw.ArrivalDuration());
    job->checkpoint_interval = params_.checkpoint_interval;
  }

  // A preempted gang writes a checkpoint before it leaves; a failed one falls back to the last.
  bool SavesAtIntervals() const override { return true; }
  Duration Kept(const Job& job, Duration done, bool notice) const override {
    return notice ? done : WholeIntervals(done, job.checkpoint_interval);
  }

 private:
  BatchTrainingParams params_;
};

}  // namespace

std::unique_ptr<JobClassModel> BatchTraining(const BatchTrainingParams& params) {
  return std::make_unique<BatchTrainingModel>(params);
}

}  // namespace orrery::workload::classes
