// Sums over jobs: how many left in which way, and what they held.
#pragma once

#include "sim/results/rows.h"
#include "sim/results/summary.h"

namespace orrery::results {

inline constexpr double kMilliNanosPerHour = 3.6e15;  // [1e-3 · ns/h]

// Integer sums over jobs. allocated ≥ useful + lost for each job; the rest is overhead.
struct JobTotals {
  __int128 gpu_allocated = 0;  // [1e-3 GPU · ns]
  __int128 gpu_useful = 0;
  __int128 gpu_lost = 0;
  __int128 cpu_allocated = 0;     // [1e-3 core · ns]
  __int128 memory_allocated = 0;  // [MiB · ns]
  int64_t cost_usd_micro = 0;
};

// Of one job.
JobTotals TotalsOf(const JobRow& row);
void AddTo(JobTotals* sum, const JobTotals& totals);
GpuHours HoursOf(const JobTotals& totals);

// Counts one job.
void Count(const JobRow& row, JobCounts* counts);
void AddTo(JobCounts* sum, const JobCounts& counts);

}  // namespace orrery::results
