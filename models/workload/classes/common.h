// What the class files share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "models/workload/classes/job_class.h"

namespace orrery::workload::classes {

std::unique_ptr<JobClassModel> BatchTraining(const BatchTrainingParams& params);
std::unique_ptr<JobClassModel> Sweep(const SweepParams& params);
std::unique_ptr<JobClassModel> BatchInference(const BatchInferenceParams& params);
std::unique_ptr<JobClassModel> Rendering(const RenderingParams& params);
std::unique_ptr<JobClassModel> Interactive(const InteractiveParams& params);
std::unique_ptr<JobClassModel> Tuning(const TuningParams& params);
std::unique_ptr<JobClassModel> ReinforcementLearning(const ReinforcementLearningParams& params);
std::unique_ptr<JobClassModel> CloudGaming(const CloudGamingParams& params);
std::unique_ptr<JobClassModel> PixelStreaming(const PixelStreamingParams& params);
std::unique_ptr<JobClassModel> RayCluster(const RayClusterParams& params);
std::unique_ptr<JobClassModel> InferenceEndpoint(const InferenceEndpointParams& params);

// The demand of one replica of `replicas` that share the size's GPUs. Errors: replicas that do not
// divide the GPUs, a share of more than one GPU, more GPUs than a node holds, a CPU job that does
// not say how much.
Result<Demand> ReplicaDemand(const SizeRow& size, uint32_t replicas, const HostShare& host);

// The demand of one of the replicas of `gpus_each` GPUs that share the size's GPUs; sets their
// number. Errors: as above, and GPUs that are no multiple of `gpus_each`, which goes by `key`.
Result<Demand> EqualReplicas(const SizeRow& size, uint32_t gpus_each, const char* key,
                             const HostShare& host, uint32_t* replicas);

// The demand of a job that must fit on one node. Errors: as above, and more than one replica.
Result<Demand> OneNodeDemand(const SizeRow& size, const HostShare& host, const char* job_class);

// The demand of a job that renders on one GPU and takes `milli` thousandths of it, where the size
// does not state a share.
Result<Demand> FrameDemand(const SizeRow& size, uint32_t milli, const HostShare& host,
                           const char* job_class);

// Run times are at least 1 ns, so that a job always has an end of its own, and at most 63 years, so
// that times stay in range.
inline constexpr double kLongestSeconds = 2e9;
inline Duration WorkOf(double seconds) {
  return std::max(Duration::Nanos(1), Duration::FromSeconds(std::min(seconds, kLongestSeconds)));
}

// The largest multiple of `interval` that is not above `done`.
inline Duration WholeIntervals(Duration done, Duration interval) {
  if (interval == Duration()) return done;
  return interval * (done / interval);
}

// The first whole multiple of `interval` beyond `done`.
inline Duration NextInterval(Duration done, Duration interval) {
  if (interval == Duration()) return done + Duration::Nanos(1);
  const Duration last = WholeIntervals(done, interval);
  return last > Duration::Max() - interval ? Duration::Max() : last + interval;
}

// Rungs of trials: after `first`, then after each kReduction times as much (Li et al. 2020, "A
// System for Massively Parallel Hyperparameter Tuning", section 3: eta = 4).
inline constexpr int64_t kReduction = 4;
// The last rung that `done` reaches; zero: none. With `first` zero, all is a rung.
Duration LastRung(Duration done, Duration first);
// The first rung beyond `done`; Max(): later than time goes.
Duration NextRung(Duration done, Duration first);

// Of what is done, whole units of checkpoint_interval are kept; a stop loses the one under way,
// announced or not.
class KeepsWholeUnits : public JobClassModel {
 public:
  Duration Kept(const Job& job, Duration done, bool notice) const final {
    static_cast<void>(notice);
    return WholeIntervals(done, job.checkpoint_interval);
  }
  Duration NextSave(const Job& job, Duration done) const final {
    return NextInterval(done, job.checkpoint_interval);
  }
};

// A trial is only ever resumed from a rung, announced stop or not: it saves its state there and
// nowhere else. checkpoint_interval is the first rung.
class KeepsRungs : public JobClassModel {
 public:
  Duration Kept(const Job& job, Duration done, bool notice) const final {
    static_cast<void>(notice);
    return LastRung(done, job.checkpoint_interval);
  }
  Duration NextSave(const Job& job, Duration done) const final {
    return NextRung(done, job.checkpoint_interval);
  }
};

// A count drawn from `law`: to the nearest whole number, 1 … `most`.
inline uint32_t CountOf(double drawn, uint32_t most) {
  return static_cast<uint32_t>(std::clamp(drawn + 0.5, 1.0, static_cast<double>(most) + 0.5));
}

// "lognormal (median 16, sigma 0.7) from 2 to 256".
std::string Text(const Distribution& distribution);
// The parameters that every class has.
std::vector<ClassParameter> HostParameters(const HostShare& host);

}  // namespace orrery::workload::classes
