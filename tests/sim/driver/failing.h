// Worlds whose nodes fail, for the tests of failures, checkpoints and churn.
#pragma once

#include <vector>

#include "tests/testing/interval.h"
#include "tests/testing/worlds.h"

namespace orrery::testing {

inline scenario::Scenario Failing(uint32_t nodes, uint16_t gpus, Duration mtbf, Duration mttr) {
  scenario::Scenario scenario = MakeScenario({{.nodes = nodes, .gpus = gpus}});
  scenario.failures.level = failure::SimpleFailures{.mtbf = mtbf, .mttr = mttr};
  scenario.scheduler.retries = UINT32_MAX;
  return scenario;
}

// Nothing fails but what a test says.
inline failure::FullFailures Sound() {
  failure::FullFailures full;
  full.gpu_mtbf = Duration::Hours(24 * 36'500);
  full.region_outage.mtbf = Duration::Max();
  full.gpu_error_mtbf = Duration::Max();
  full.job_rate_per_gpu_h = 0;
  return full;
}

// The share of time that a node is up is MTBF / (MTBF + MTTR), whatever the laws.
inline void ExpectAvailability(scenario::Scenario scenario, double theory) {
  scenario.horizon = Duration::Hours(24 * 100);
  std::vector<double> values;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    scenario.seed = seed;
    values.push_back(RunSummary(scenario, std::vector<workload::Job>()).failures.availability);
  }
  ExpectTheory(IntervalOf(values), theory, 0.02 * (1 - theory) / theory);
}

}  // namespace orrery::testing
