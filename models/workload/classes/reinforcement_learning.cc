// Reinforcement learning: actors play, one learner learns from what they played, after L. Espeholt
// et al., "IMPALA: Scalable Distributed Deep-RL with Importance Weighted Actor-Learner
// Architectures", ICML 2018. Actors do not wait for each other nor for the learner; samples go
// through a buffer. The job was sized so that on equal GPUs its learner is just kept busy
// (Assumption: rl_balanced): it goes at the pace of the learner or at the mean pace of the actors,
// whichever is less.
#include <algorithm>
#include <numeric>

#include "models/workload/classes/common.h"
#include "sim/base/units.h"

namespace orrery::workload::classes {
namespace {

class ReinforcementLearningModel final : public JobClassModel {
 public:
  explicit ReinforcementLearningModel(const ReinforcementLearningParams& params)
      : params_(params) {}

  JobClass job_class() const override { return JobClass::kReinforcementLearning; }
  std::string summary() const override {
    return "actors that fill a buffer, and one learner that empties it: the slower side decides";
  }
  std::vector<ClassParameter> parameters() const override {
    std::vector<ClassParameter> all = HostParameters(params_.host);
    all.push_back({"warm_up", FormatDuration(params_.warm_up),
                   "wall-clock time at the start of every attempt in which the buffer fills",
                   "Assumption: rl_warm_up"});
    all.push_back({"checkpoint_interval", FormatDuration(params_.checkpoint_interval),
                   "between checkpoints of the learner", "Assumption: rl_checkpoint"});
    return all;
  }

  // A process on each GPU, wherever there is one: the learner and its actors.
  Result<Demand> Shape(const SizeRow& size, uint32_t* replicas) const override {
    *replicas = std::max({1u, size.replicas, size.replicas == 0 ? size.gpus : 0});
    return ReplicaDemand(size, *replicas, params_.host);
  }

  // Assumption: rl_intensity: networks are small and batches of steps short, as in a sweep.
  ClassRoofline roofline() const override {
    return {.peak = ClassRoofline::Peak::kFp16, .flop_per_byte = 20};
  }

  void SetWork(const TaskDraw& draw, Job* job) const override {
    job->work = WorkOf(draw.ArrivalDuration());
    job->setup = params_.warm_up;
    job->checkpoint_interval = params_.checkpoint_interval;
  }

  // The learner sits where the job goes fastest.
  double GangSpeed(std::span<const double> replica_speeds) const override {
    if (replica_speeds.size() == 1) return replica_speeds[0];
    const double all = std::accumulate(replica_speeds.begin(), replica_speeds.end(), 0.0);
    const auto actors = static_cast<double>(replica_speeds.size() - 1);
    double best = 0;
    for (const double learner : replica_speeds) {
      best = std::max(best, std::min(learner, (all - learner) / actors));
    }
    return best;
  }

  // The learner's weights are what is worth keeping; the buffer never is.
  bool SavesAtIntervals() const override { return true; }
  Duration Kept(const Job& job, Duration done, bool notice) const override {
    return notice ? done : WholeIntervals(done, job.checkpoint_interval);
  }

 private:
  ReinforcementLearningParams params_;
};

}  // namespace

std::unique_ptr<JobClassModel> ReinforcementLearning(const ReinforcementLearningParams& params) {
  return std::make_unique<ReinforcementLearningModel>(params);
}

}  // namespace orrery::workload::classes
