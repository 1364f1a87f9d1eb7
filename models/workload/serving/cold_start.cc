#include "models/workload/serving/cold_start.h"

#include <algorithm>
#include <cmath>

#include "sim/base/math.h"

namespace orrery::workload {

// With ln X normal, ln(p95 / mean) = z σ − σ² / 2; the smaller of the two solutions.
Duration ColdStart::At(double u) const {
  if (mean == Duration()) return Duration();
  const double z = NormalQuantile(0.95);
  const double ratio = Log(p95.seconds() / mean.seconds());
  const double sigma = z - std::sqrt(std::max(z * z - 2 * ratio, 0.0));
  const double mu = Log(mean.seconds()) - sigma * sigma / 2;
  return Duration::FromSeconds(Exp(mu + sigma * NormalQuantile(u)));
}

ColdStart ColdStartOf(const fleet::GpuModel& gpu) {
  constexpr uint32_t kLargeMib = 40 * 1024;
  if (gpu.memory_mib >= kLargeMib) return {Duration::Seconds(52), Duration::Seconds(95)};
  return {Duration::Seconds(32), Duration::Seconds(58)};
}

}  // namespace orrery::workload
