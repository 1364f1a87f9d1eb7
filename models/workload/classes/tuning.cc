// Hyper-parameter tuning with early stopping: a bag of trials of which each rung stops the poorer
// ones, after L. Li, K. Jamieson, A. Rostamizadeh, E. Gonina, J. Ben-tzur, M. Hardt, B. Recht, A.
// Talwalkar, "A System for Massively Parallel Hyperparameter Tuning", MLSys 2020 (ASHA).
//
// A trial is judged at its first rung and then at every 4 times as much training; a quarter of
// those judged goes on. Judgement is asynchronous: a promoted trial waits for no other. So which
// trials go on is a matter of their rank alone, which is drawn with the job, and tasks stay
// independent: a trial of rank u (0 is best) passes rung k where u < 4^-k.
//
// Of a search of n trials with rungs r, 4r, … R = 4^s r, the mean training time of a trial is
// r (1 + 3s/4), where a sweep's is R.
#include <algorithm>

#include "models/workload/classes/common.h"
#include "sim/base/units.h"

namespace orrery::workload::classes {
namespace {

class TuningModel final : public KeepsRungs {
 public:
  explicit TuningModel(const TuningParams& params) : params_(params), trials_(params.trials) {}

  JobClass job_class() const override { return JobClass::kTuning; }
  std::string summary() const override {
    return "a bag of trials that are judged at rungs; a quarter of them goes on from each";
  }
  std::vector<ClassParameter> parameters() const override {
    std::vector<ClassParameter> all = HostParameters(params_.host);
    all.push_back({"trials", Text(params_.trials), "trials (tasks) of one search",
                   "Assumption: tuning_trials"});
    all.push_back({"first_rung", FormatDuration(params_.first_rung),
                   "run time of a trial until it is judged first; then at every 4 times that",
                   "eta = 4: Li et al. 2020, section 3; length: Assumption: tuning_first_rung"});
    return all;
  }

  uint32_t Tasks(double u) const override { return CountOf(trials_.At(u), kMaxTasks); }
  bool MakesBags() const override { return true; }

  Result<Demand> Shape(const SizeRow& size, uint32_t* replicas) const override {
    *replicas = 1;
    return OneNodeDemand(size, params_.host, "tuning");
  }

  // As the trials of a sweep.
  ClassRoofline roofline() const override {
    return {.peak = ClassRoofline::Peak::kFp16, .flop_per_byte = 20};
  }

  // The arrival's draw is the run time of a trial that is never stopped.
  void SetWork(const TaskDraw& draw, Job* job) const override {
    const Duration whole = WorkOf(draw.ArrivalDuration());
    const double rank = draw.Uniform(0);
    Duration judged = params_.first_rung;
    for (double passes = 1.0 / kReduction; rank < passes && judged < whole; passes /= kReduction) {
      judged = NextRung(judged, params_.first_rung);
    }
    job->work = std::min(whole, judged);
    job->checkpoint_interval = params_.first_rung;  // it saves its state where it is judged
  }

 private:
  TuningParams params_;
  Sampler trials_;
};

}  // namespace

std::unique_ptr<JobClassModel> Tuning(const TuningParams& params) {
  return std::make_unique<TuningModel>(params);
}

}  // namespace orrery::workload::classes
