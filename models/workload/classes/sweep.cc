// Hyper-parameter sweep: a bag of independent trials, each on one node, each with a run time of its
// own, which save their state at rungs only.
#include "models/workload/classes/common.h"
#include "sim/base/units.h"

namespace orrery::workload::classes {
namespace {

class SweepModel final : public KeepsRungs {
 public:
  explicit SweepModel(const SweepParams& params) : params_(params), trials_(params.trials) {}

  JobClass job_class() const override { return JobClass::kSweep; }
  std::string summary() const override {
    return "a bag of independent trials; the sweep ends with its last trial";
  }
  std::vector<ClassParameter> parameters() const override {
    std::vector<ClassParameter> all = HostParameters(params_.host);
    all.push_back({"trials", Text(params_.trials), "trials (tasks) of one sweep",
                   "Assumption: sweep_trials"});
    all.push_back(
        {"first_rung", FormatDuration(params_.first_rung),
         "run time of a trial at which it first saves its state; then at every 4 times that",
         "eta = 4: Li et al. 2020, section 3; length: Assumption: sweep_first_rung"});
    return all;
  }

  uint32_t Tasks(double u) const override { return CountOf(trials_.At(u), kMaxTasks); }
  bool MakesBags() const override { return true; }

  Result<Demand> Shape(const SizeRow& size, uint32_t* replicas) const override {
    *replicas = 1;
    return OneNodeDemand(size, params_.host, "sweep");
  }

  // Small models, bound by memory. The medians over the single-GPU types of Gavel's throughput
  // table, V100 / P100 = 1.23 and V100 / K80 = 4.05, come out as 1.23 and 4.12.
  ClassRoofline roofline() const override {
    return {.peak = ClassRoofline::Peak::kFp16, .flop_per_byte = 20};
  }

  void SetWork(const TaskDraw& draw, Job* job) const override {
    job->work = WorkOf(draw.TaskDuration());
    job->checkpoint_interval = params_.first_rung;
  }

 private:
  SweepParams params_;
  Sampler trials_;
};

}  // namespace

std::unique_ptr<JobClassModel> Sweep(const SweepParams& params) {
  return std::make_unique<SweepModel>(params);
}

}  // namespace orrery::workload::classes
