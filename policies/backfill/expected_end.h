// When jobs are believed to end: what reservations are made of.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "policies/api/view.h"
#include "sim/base/time.h"

namespace orrery::policies {

// The believed end of a job that holds nodes. A job that has outrun its estimate, and one that was
// told to stop, is expected to end at once: 1 ns from now.
inline SimTime ExpectedEndOf(const JobInfo& job, SimTime now) {
  const SimTime soon = now + Duration::Nanos(1);
  if (job.phase == JobPhase::kStopping) return soon;
  return std::max(job.ExpectedEnd(now), soon);
}

// Believed run time of a waiting job on nodes of this speed, at least 1 ns. Rounded down like
// JobInfo::ExpectedEnd, so that a job fits exactly into a gap of its own length.
inline Duration RunTimeAt(const JobInfo& job, double speed) {
  constexpr double kFarNs = 4.6e18;  // beyond every horizon, and safe to add to a time
  const double ns = static_cast<double>(std::max(job.estimate - job.done, Duration()).nanos());
  if (!(ns < kFarNs * speed)) return Duration::Nanos(INT64_MAX / 2);
  return Duration::Nanos(std::max<int64_t>(static_cast<int64_t>(ns / speed), 1));
}

// The same to the last nanosecond begun, as a run really takes: what is reserved for a job whose
// estimate is exact lasts until its end.
inline Duration WholeRunTime(Duration remaining, double speed) {
  constexpr double kFarNs = 4.6e18;
  const double ns = static_cast<double>(std::max(remaining, Duration()).nanos());
  if (!(ns < kFarNs * speed)) return Duration::Nanos(INT64_MAX / 2);
  return Duration::Nanos(std::max<int64_t>(static_cast<int64_t>(std::ceil(ns / speed)), 1));
}
inline Duration WholeRunTimeAt(const JobInfo& job, double speed) {
  return WholeRunTime(job.estimate - job.done, speed);
}
inline SimTime WholeEndOf(const JobInfo& job, SimTime now) {
  const SimTime soon = now + Duration::Nanos(1);
  if (job.phase == JobPhase::kStopping) return soon;
  const SimTime from = job.phase == JobPhase::kStarting ? job.attempt_start : job.run_start;
  return std::max(from + WholeRunTimeAt(job, job.speed), soon);
}

// A bound on the remaining time, reference scale, of jobs with RunTimeAt(job, speed) <= `length`:
// those that are longer take longer. It may be a little high.
inline Duration LongestWithin(Duration length, double speed) {
  constexpr double kFarNs = 4.6e18;
  if (length < Duration::Nanos(1)) return Duration::Nanos(-1);
  if (length >= Duration::Nanos(INT64_MAX / 2)) return Duration::Max();
  const double ns = (static_cast<double>(length.nanos()) + 1) * speed * (1 + 1e-12) + 1;
  return ns < kFarNs ? Duration::Nanos(static_cast<int64_t>(ns)) : Duration::Max();
}

// The believed speed of a job on these nodes, at least one, but for what they exchange.
inline double ComputeSpeedOn(const ClusterView& view, const JobInfo& job,
                             const Placement& placement) {
  const auto model = [&](const NodeShare& share) { return view.node_shape(share.node).gpu_model; };
  const GpuModelId first = model(placement.front());
  if (std::all_of(placement.begin(), placement.end(),
                  [&](const NodeShare& share) { return model(share) == first; })) {
    return view.Speed(job, first);
  }
  std::vector<double> speeds;
  for (const NodeShare& share : placement) {
    speeds.insert(speeds.end(), share.replicas, view.Speed(job, model(share)));
  }
  const SpeedEstimate* speed = view.fleet().speed;
  return speed != nullptr ? speed->GangSpeed(job.job_class, speeds)
                          : *std::min_element(speeds.begin(), speeds.end());
}

// Whether it matters where the nodes of a placement are.
inline bool LinksMatter(const ClusterView& view, const Placement& placement) {
  const SpeedEstimate* speed = view.fleet().speed;
  return placement.size() > 1 && speed != nullptr && speed->prices_links();
}

// The believed speed of a job on these nodes, at least one.
inline double SpeedOn(const ClusterView& view, const JobInfo& job, const Placement& placement) {
  const double speed = ComputeSpeedOn(view, job, placement);
  if (!LinksMatter(view, placement)) return speed;
  std::vector<NodeId> nodes;
  for (const NodeShare& share : placement) nodes.push_back(share.node);
  return view.fleet().speed->LinkedSpeed(job.job_class, nodes, speed);
}

// `from` + `length`, or SimTime::Never() past the end of time.
inline SimTime EndOf(SimTime from, Duration length) {
  return length.nanos() > INT64_MAX - from.nanos() ? SimTime::Never() : from + length;
}

}  // namespace orrery::policies
