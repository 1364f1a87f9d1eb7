// Two-dimensional least attained service: the job that has received the least GPU-time first.
#include <algorithm>
#include <array>
#include <cmath>

#include "policies/api/order.h"
#include "policies/api/registry.h"

namespace orrery::policies {
namespace {

constexpr double kNever = 9.2e9;  // GPU-seconds that no job receives

class Las2d final : public OrderPolicy {
 public:
  explicit Las2d(Params& params)
      : thresholds_{
            Threshold(params, "threshold_1", 3250,
                      "GPU-time after which a job leaves the first queue; 0 in all three: one "
                      "queue by GPU-time itself (plain LAS)",
                      "first queue_limit of the Tiresias artefact (SymbioticLab/Tiresias, "
                      "simulator/jobs.py), which uses two queues"),
            Threshold(params, "threshold_2", 0, "as threshold_1, for a further queue; 0: none",
                      "Tiresias artefact: two queues"),
            Threshold(params, "threshold_3", 0, "as threshold_1, for a further queue; 0: none",
                      "Tiresias artefact: two queues")} {
    for (double& threshold : thresholds_) {
      if (threshold > 0) continuous_ = false;
      if (threshold == 0) threshold = kNever;
    }
    std::sort(thresholds_.begin(), thresholds_.end());
  }

  // A queue is named by the GPU-time at which it begins.
  OrderKey Key(const JobInfo& job, SimTime now) const override {
    const double attained = job.AttainedService(now);
    if (continuous_) return {.major = Nanos(attained)};
    double queue = 0;
    for (double threshold : thresholds_) {
      if (attained >= threshold) queue = threshold;
    }
    return {.major = Nanos(queue), .minor = job.submit.nanos()};
  }

  SimTime NextKeyChange(const JobInfo& job, SimTime now) const override {
    if (continuous_ || job.phase != JobPhase::kRunning) return SimTime::Never();
    const double attained = job.AttainedService(now);
    for (double threshold : thresholds_) {
      if (attained >= threshold || threshold == kNever) continue;
      const double wait_ns = std::ceil((threshold - attained) / job.size() * 1e9);
      if (wait_ns > 4e18) return SimTime::Never();
      SimTime at = now + Duration::Nanos(std::max<int64_t>(static_cast<int64_t>(wait_ns), 1));
      // Rounding may land just before the threshold.
      while (job.AttainedService(at) < threshold) at += Duration::Nanos(1);
      return at;
    }
    return SimTime::Never();
  }

 private:
  static double Threshold(Params& params, const char* name, double value, const char* doc,
                          const char* source) {
    return params.Real(
        name,
        {.value = value, .unit = "GPU-s", .min = 0, .max = 1e9, .doc = doc, .source = source});
  }
  static int64_t Nanos(double gpu_s) { return static_cast<int64_t>(std::min(gpu_s, kNever) * 1e9); }

  std::array<double, 3> thresholds_;  // ascending; kNever: no such queue
  bool continuous_ = true;
};

ORRERY_REGISTER_POLICY(
    OrderPolicy, Las2d, "las2d",
    "Jobs in queues by the GPU-time (GPUs × running time) they have received, the least first; in "
    "order of arrival inside a queue. Needs preempt: by_order to be more than a name.",
    "Gu et al., Tiresias: A GPU Cluster Manager for Distributed Deep Learning, NSDI 2019, section "
    "3.2 (Discretized 2D-LAS)");

}  // namespace
}  // namespace orrery::policies
