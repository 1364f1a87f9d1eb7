// Rendering: a film is a bag of tasks, each some frames after one scene load. Frames are
// independent, and a finished one is on disk.
#include <cmath>

#include "models/workload/classes/common.h"
#include "sim/base/math.h"
#include "sim/base/text.h"
#include "sim/base/units.h"

namespace orrery::workload::classes {
namespace {

class RenderingModel final : public KeepsWholeUnits {
 public:
  explicit RenderingModel(const RenderingParams& params)
      : params_(params), frames_(params.frames) {}

  JobClass job_class() const override { return JobClass::kRendering; }
  std::string summary() const override {
    return "a film as a bag of tasks: each loads the scene, then renders some independent frames";
  }
  std::vector<ClassParameter> parameters() const override {
    std::vector<ClassParameter> all = HostParameters(params_.host);
    all.push_back(
        {"frames", Text(params_.frames), "frames of one film", "Assumption: render_frames"});
    all.push_back({"frames_per_task", std::to_string(params_.frames_per_task),
                   "frames that one task renders after loading the scene once",
                   "Assumption: render_chunk"});
    all.push_back({"scene_load", FormatDuration(params_.scene_load),
                   "wall-clock time at the start of every attempt, on any GPU",
                   "Assumption: scene_load"});
    all.push_back({"frame_sigma", FormatDouble(params_.frame_sigma),
                   "spread (log-normal sigma) of a task's mean frame time around its film's",
                   "Assumption: frame_spread"});
    return all;
  }

  // The film's last task takes as many frames as the others, so that a film is at most one task
  // longer than drawn.
  uint32_t Tasks(double u) const override {
    const double tasks = frames_.At(u) / params_.frames_per_task;
    return CountOf(std::ceil(tasks), kMaxTasks);
  }
  bool MakesBags() const override { return true; }

  Result<Demand> Shape(const SizeRow& size, uint32_t* replicas) const override {
    *replicas = 1;
    return OneNodeDemand(size, params_.host, "rendering");
  }

  // Assumption: rendering_compute_bound.
  ClassRoofline roofline() const override { return {.peak = ClassRoofline::Peak::kFp32}; }

  // The film has one frame time; its tasks vary around it, with mean 1.
  void SetWork(const TaskDraw& draw, Job* job) const override {
    const double sigma = params_.frame_sigma;
    const double factor =
        sigma == 0 ? 1 : Exp(sigma * NormalQuantile(draw.Uniform(0)) - sigma * sigma / 2);
    const Duration frame = WorkOf(
        std::min(draw.ArrivalDuration() * factor, kLongestSeconds / params_.frames_per_task));
    job->work = frame * params_.frames_per_task;
    job->checkpoint_interval = frame;
    job->setup = params_.scene_load;  // of every attempt
  }

 private:
  RenderingParams params_;
  Sampler frames_;
};

}  // namespace

std::unique_ptr<JobClassModel> Rendering(const RenderingParams& params) {
  return std::make_unique<RenderingModel>(params);
}

}  // namespace orrery::workload::classes
