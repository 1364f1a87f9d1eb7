// EASY and conservative backfilling as the papers state them: one kind of processor, counted. A
// reference for random workloads on nodes of one GPU each.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/policies/testing/schedule.h"

namespace orrery::policies::testing {

enum class Rule { kEasy, kConservative };

// Start of each job on `processors` equal ones; a job takes gpus × replicas of them. Estimates must
// not be below run times; all times are whole seconds.
std::vector<double> CountingSchedule(const std::vector<Work>& works, int processors, Rule rule);

// A random workload with whole times, for which both rules have work to do.
std::vector<Work> RandomWorks(uint64_t seed, int jobs, int processors, bool exact_estimates);

}  // namespace orrery::policies::testing
