// Rows for tests and benchmarks: what a plausible run would record, the same on every machine.
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/results/rows.h"

namespace orrery::results {

// A number without pattern made of `x` (the finaliser of SplitMix64).
inline uint64_t Scramble(uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

// Job number `job` of the sample: a third of the jobs wait for nothing, the others from
// milliseconds to hours; they run for seconds to a day.
inline JobRow SampleJob(uint32_t job) {
  const uint64_t bits = Scramble(job);
  JobRow row;
  row.job = job;
  row.source_id = job + 1000;
  row.submit_ns = int64_t{job} * 250'000'000 + static_cast<int64_t>(bits % 1'000'000);
  const int64_t wait = bits % 3 == 0 ? 0 : int64_t{1'000'000} << ((bits >> 8) % 24);
  const int64_t run = 1'000'000'000 + static_cast<int64_t>((bits >> 16) % 86'400'000) * 1'000'000;
  row.start_ns = row.submit_ns + wait + wait / 7;
  row.end_ns = row.start_ns + run;
  row.work_ns = run;
  row.estimate_ns = run + run / 4;
  row.allocated_ns = row.useful_ns = run;
  row.cost_usd_micro = run / 1'000'000;
  row.user = static_cast<uint32_t>((bits >> 24) % 150);
  row.replicas = 1;
  row.cpu_milli = 1000u * (1 + static_cast<uint32_t>((bits >> 32) % 16));
  row.memory_mib = 1024u * (1 + static_cast<uint32_t>((bits >> 36) % 64));
  row.node = static_cast<uint32_t>((bits >> 40) % 1000);
  row.gpus = static_cast<uint16_t>(1 + (bits >> 44) % 8);
  row.gpu_milli = 1000;
  row.gpu_model = static_cast<uint16_t>((bits >> 48) % 3);
  row.region = static_cast<uint16_t>((bits >> 50) % 2);
  row.attempts = 1;
  row.job_class = static_cast<uint8_t>((bits >> 52) % 3);
  row.outcome = JobOutcome::kFinished;
  return row;
}

// The one attempt of that job.
inline AttemptRow SampleAttempt(const JobRow& job) {
  AttemptRow row;
  row.job = job.job;
  row.node = job.node;
  row.start_ns = row.run_ns = job.start_ns;
  row.end_ns = job.end_ns;
  row.replicas = job.replicas;
  row.gpu_mask = static_cast<uint16_t>((1u << job.gpus) - 1);
  return row;
}

}  // namespace orrery::results
