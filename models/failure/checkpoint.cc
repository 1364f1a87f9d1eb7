#include "models/failure/checkpoint.h"

#include <algorithm>
#include <cmath>

namespace orrery::failure {
namespace {

double RateOf(Duration mtbf) { return mtbf == Duration::Max() ? 0 : 1 / mtbf.seconds(); }

constexpr double kCenturyS = 100 * 365.0 * 86'400;

}  // namespace

Duration SaveTime(const SaveCost& cost, double bytes, double largest) {
  if (cost.bandwidth_gbs == 0) return cost.fixed;
  const double write_s = bytes * largest / (1e9 * double{cost.bandwidth_gbs});
  return Duration::FromSeconds(std::min(cost.fixed.seconds() + write_s, kCenturyS));
}

Duration YoungDalyInterval(Duration cost, Duration mtbf) {
  if (mtbf == Duration::Max()) return mtbf;
  const double d = cost.seconds(), m = mtbf.seconds();
  if (d >= 2 * m) return mtbf;
  const double part = d / (2 * m);
  const double seconds = std::sqrt(2 * d * m) * (1 + std::sqrt(part) / 3 + part / 9) - d;
  return Duration::FromSeconds(std::max(seconds, 1.0));
}

Duration JobMtbf(const Failures& failures, double gpus, uint32_t nodes) {
  double per_s = 0;
  if (const auto* simple = std::get_if<SimpleFailures>(&failures)) {
    per_s = nodes / simple->mtbf.seconds();
  } else if (const auto* full = std::get_if<FullFailures>(&failures)) {
    const double per_gpu_s = 1 / full->gpu_mtbf.seconds() + RateOf(full->gpu_error_mtbf) +
                             full->job_rate_per_gpu_h / 3600;
    per_s = gpus > 0 ? gpus * per_gpu_s : nodes / full->cpu_node_mtbf.seconds();
    per_s += RateOf(full->region_outage.mtbf) + RateOf(full->provider_outage.mtbf);
  }
  return per_s > 5e-10 ? Duration::FromSeconds(1 / per_s) : Duration::Max();
}

}  // namespace orrery::failure
