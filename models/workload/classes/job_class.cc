#include "models/workload/classes/job_class.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "models/workload/classes/common.h"
#include "sim/base/math.h"
#include "sim/base/text.h"
#include "sim/base/units.h"

namespace orrery::workload {
namespace {

struct Maker {
  std::unique_ptr<JobClassModel> operator()(const BatchTrainingParams& p) const {
    return classes::BatchTraining(p);
  }
  std::unique_ptr<JobClassModel> operator()(const SweepParams& p) const {
    return classes::Sweep(p);
  }
  std::unique_ptr<JobClassModel> operator()(const BatchInferenceParams& p) const {
    return classes::BatchInference(p);
  }
  std::unique_ptr<JobClassModel> operator()(const RenderingParams& p) const {
    return classes::Rendering(p);
  }
  std::unique_ptr<JobClassModel> operator()(const InteractiveParams& p) const {
    return classes::Interactive(p);
  }
  std::unique_ptr<JobClassModel> operator()(const TuningParams& p) const {
    return classes::Tuning(p);
  }
  std::unique_ptr<JobClassModel> operator()(const ReinforcementLearningParams& p) const {
    return classes::ReinforcementLearning(p);
  }
  std::unique_ptr<JobClassModel> operator()(const RayClusterParams& p) const {
    return classes::RayCluster(p);
  }
  std::unique_ptr<JobClassModel> operator()(const InferenceEndpointParams& p) const {
    return classes::InferenceEndpoint(p);
  }
  std::unique_ptr<JobClassModel> operator()(const CloudGamingParams& p) const {
    return classes::CloudGaming(p);
  }
  std::unique_ptr<JobClassModel> operator()(const PixelStreamingParams& p) const {
    return classes::PixelStreaming(p);
  }
};

class Checker {
 public:
  Checker(const std::string& place, std::vector<Finding>* findings)
      : place_(place), findings_(findings) {}

  void operator()(const BatchTrainingParams& p) {
    AtLeastOne("gpus_per_replica", p.gpus_per_replica);
    NonNegative("checkpoint_interval", p.checkpoint_interval);
  }
  void operator()(const SweepParams& p) {
    CheckDistribution(p.trials, place_ + "trials", findings_);
    NonNegative("first_rung", p.first_rung);
  }
  void operator()(const BatchInferenceParams& p) {
    AtLeastOne("gpus_per_copy", p.gpus_per_copy);
    NonNegative("batch", p.batch);
  }
  void operator()(const RenderingParams& p) {
    CheckDistribution(p.frames, place_ + "frames", findings_);
    AtLeastOne("frames_per_task", p.frames_per_task);
    if (p.frames_per_task > 100'000) {
      Report("frames_per_task",
             "got " + std::to_string(p.frames_per_task) + ", expected at most 100000");
    }
    NonNegative("scene_load", p.scene_load);
    if (!std::isfinite(p.frame_sigma) || p.frame_sigma < 0 || p.frame_sigma > 3) {
      Report("frame_sigma", "got " + FormatDouble(p.frame_sigma) + ", expected 0 … 3");
    }
  }
  void operator()(const InteractiveParams& p) {
    CheckDistribution(p.max_wait, place_ + "max_wait", findings_);
  }
  void operator()(const TuningParams& p) {
    CheckDistribution(p.trials, place_ + "trials", findings_);
    if (p.first_rung <= Duration()) {
      Report("first_rung", "got " + FormatDuration(p.first_rung) + ", expected more than 0");
    }
  }
  void operator()(const ReinforcementLearningParams& p) {
    NonNegative("warm_up", p.warm_up);
    NonNegative("checkpoint_interval", p.checkpoint_interval);
  }
  void operator()(const RayClusterParams& p) {
    AtLeastOne("gpus_per_node", p.gpus_per_node);
    NonNegative("start_up", p.start_up);
    NonNegative("task", p.task);
  }
  void operator()(const InferenceEndpointParams&) {}
  void operator()(const CloudGamingParams& p) {
    CheckDistribution(p.max_wait, place_ + "max_wait", findings_);
    Frames(p.fps, p.frame_time, p.encode, p.client, p.budget);
  }
  void operator()(const PixelStreamingParams& p) {
    CheckDistribution(p.viewers, place_ + "viewers", findings_);
    CheckDistribution(p.max_wait, place_ + "max_wait", findings_);
    Frames(p.fps, p.frame_time, p.encode, p.client, p.budget);
    AtLeastOne("viewers_per_instance", p.viewers_per_instance);
    NonNegative("load", p.load);
    if (p.viewers_per_instance > p.encode_sessions) {
      Report("viewers_per_instance", "got " + std::to_string(p.viewers_per_instance) +
                                         ", expected at most encode_sessions");
    }
  }

 private:
  void Frames(double fps, Duration frame, Duration encode, Duration client, Duration budget) {
    if (!(fps > 0) || fps > 1000) {
      Report("fps", "got " + FormatDouble(fps) + ", expected above 0 and at most 1000");
    }
    NonNegative("frame_time", frame);
    NonNegative("encode", encode);
    NonNegative("client", client);
    NonNegative("latency_budget", budget);
  }
  void AtLeastOne(const char* key, uint32_t value) {
    if (value == 0) Report(key, "got 0, expected at least 1");
  }
  void NonNegative(const char* key, Duration value) {
    if (value >= Duration()) return;
    Report(key, "got " + FormatDuration(value) + ", expected 0 or more");
  }
  void Report(const char* key, std::string what) {
    findings_->push_back({place_ + key, std::move(what)});
  }

  std::string place_;
  std::vector<Finding>* findings_;
};

template <size_t... kIndex>
std::array<std::unique_ptr<JobClassModel>, sizeof...(kIndex)> DefaultsOfAll(
    std::index_sequence<kIndex...>) {
  static_assert(sizeof...(kIndex) == std::variant_size_v<ClassParams>);
  return {MakeJobClass(ClassParams(std::in_place_index<kIndex>))...};
}

}  // namespace

double TaskDraw::LongestOf(uint32_t n) const {
  const double rank = Pow(Uniform(0), 1.0 / n);
  return duration_.At(std::min(rank, 1 - 0x1p-53));
}

std::unique_ptr<JobClassModel> MakeJobClass(const ClassParams& params) {
  return std::visit(Maker(), params);
}

std::span<const JobClassModel* const> JobClasses() {
  static const auto models = DefaultsOfAll(std::make_index_sequence<kJobClasses>());
  static const auto pointers = [] {
    std::array<const JobClassModel*, kJobClasses> all;
    for (size_t i = 0; i < all.size(); ++i) all[i] = models[i].get();
    return all;
  }();
  return pointers;
}

void CheckClassParams(const ClassParams& params, const std::string& place,
                      std::vector<Finding>* findings) {
  Checker check(place.empty() ? "" : place + ".", findings);
  std::visit(check, params);
}

}  // namespace orrery::workload
