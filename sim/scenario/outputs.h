// What a run writes.
#pragma once

#include <cstdint>
#include <string>

#include "sim/base/time.h"

namespace orrery::scenario {

struct Outputs {
  // Which jobs get a row: every one, a sample, or none (the summary still counts all of them).
  enum class Jobs : uint8_t { kAll, kSample, kAggregate };

  // The HDF5 file; empty: none.
  std::string file;
  Jobs jobs = Jobs::kAll;
  // Share of the jobs that get a row where jobs == kSample.
  double sample_fraction = 1;
  // A row of each job's each attempt (of the jobs that get a row).
  bool attempts = true;
  // Simulated time between rows of the time series; zero: none.
  Duration timeseries = Duration::Minutes(10);
  // Wall-clock time after which rows so far must have reached the disk.
  Duration flush = Duration::Seconds(5);
};

}  // namespace orrery::scenario
