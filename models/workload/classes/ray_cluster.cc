// A Ray-like cluster: a head that hands out tasks, and workers that run them, after P. Moritz et
// al., "Ray: A Distributed Framework for Emerging AI Applications", OSDI 2018. Workers take tasks
// as they come, so fast ones do more; the head runs none (as Ray's documentation advises for large
// clusters) and sits on the slowest node.
#include <algorithm>
#include <numeric>

#include "models/workload/classes/common.h"
#include "sim/base/units.h"

namespace orrery::workload::classes {
namespace {

class RayClusterModel final : public KeepsWholeUnits {
 public:
  explicit RayClusterModel(const RayClusterParams& params) : params_(params) {}

  JobClass job_class() const override { return JobClass::kRayCluster; }
  std::string summary() const override {
    return "a head that hands out tasks, and workers that take them as fast as each can";
  }
  std::vector<ClassParameter> parameters() const override {
    std::vector<ClassParameter> all = HostParameters(params_.host);
    all.push_back({"gpus_per_node", std::to_string(params_.gpus_per_node),
                   "GPUs of the head and of each worker", "Assumption: ray_worker"});
    all.push_back({"start_up", FormatDuration(params_.start_up),
                   "wall-clock time at the start of every attempt until the workers have joined",
                   "Assumption: ray_start_up"});
    all.push_back({"task", FormatDuration(params_.task),
                   "run time of one task on the reference GPU", "Assumption: ray_task"});
    return all;
  }

  Result<Demand> Shape(const SizeRow& size, uint32_t* replicas) const override {
    return EqualReplicas(size, params_.gpus_per_node, "gpus_per_node", params_.host, replicas);
  }

  // Assumption: ray_intensity: tasks are those of a sweep.
  ClassRoofline roofline() const override {
    return {.peak = ClassRoofline::Peak::kFp16, .flop_per_byte = 20};
  }

  void SetWork(const TaskDraw& draw, Job* job) const override {
    job->work = WorkOf(draw.ArrivalDuration());
    job->setup = params_.start_up;
    job->checkpoint_interval = params_.task;  // results are written as tasks end
  }

  // Relative to equal GPUs, of which all but the head's work. A cluster of one node works on it.
  double GangSpeed(std::span<const double> replica_speeds) const override {
    if (replica_speeds.size() == 1) return replica_speeds[0];
    const double all = std::accumulate(replica_speeds.begin(), replica_speeds.end(), 0.0);
    const double head = *std::min_element(replica_speeds.begin(), replica_speeds.end());
    return (all - head) / static_cast<double>(replica_speeds.size() - 1);
  }

 private:
  RayClusterParams params_;
};

}  // namespace

std::unique_ptr<JobClassModel> RayCluster(const RayClusterParams& params) {
  return std::make_unique<RayClusterModel>(params);
}

}  // namespace orrery::workload::classes
