#include "models/failure/failures.h"

#include "sim/base/check.h"

namespace orrery::failure {

OnOff NodeProcess(const Failures& failures, int gpus) {
  if (const auto* simple = std::get_if<SimpleFailures>(&failures)) {
    return {SpellLaw::Exponential(simple->mtbf), SpellLaw::Exponential(simple->mttr)};
  }
  const auto* full = std::get_if<FullFailures>(&failures);
  ORRERY_CHECK(full != nullptr, failures.index());
  const Duration mtbf =
      gpus > 0 ? Duration::Nanos(full->gpu_mtbf.nanos() / gpus) : full->cpu_node_mtbf;
  return {SpellLaw::Weibull(mtbf, full->shape),
          SpellLaw::LogNormal(full->repair_median, full->repair_sigma)};
}

std::optional<OnOff> OutageProcess(const Outage& outage) {
  if (outage.mtbf == Duration::Max()) return std::nullopt;
  return OnOff(SpellLaw::Exponential(outage.mtbf),
               SpellLaw::LogNormal(outage.median, outage.sigma));
}

}  // namespace orrery::failure
