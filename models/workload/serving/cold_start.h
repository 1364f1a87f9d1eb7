// How long a replica takes from getting its GPUs to its first request: image, weights, start of the
// server.
#pragma once

#include "models/fleet/gpu.h"
#include "sim/base/time.h"

namespace orrery::workload {

// Log-normal, by its mean and its 95th percentile, which is at least the mean and at most 3.8 times
// it.
struct ColdStart {
  Duration mean;
  Duration p95;

  // At probability 0 < u < 1.
  Duration At(double u) const;
};
// The largest p95 / mean that a log-normal can have: e^(1.645² / 2).
inline constexpr double kMostColdStartRatio = 3.8;

// RTX 4090: mean 32 s, p95 58 s; H100: mean 52 s, p95 95 s, as given for io.net's fleet.
// Assumption: cold_start_by_memory: other GPUs take as long as the one of these two that is nearer
// by memory (40 GiB and more: the H100), since what loads is what fills it.
ColdStart ColdStartOf(const fleet::GpuModel& gpu);

}  // namespace orrery::workload
