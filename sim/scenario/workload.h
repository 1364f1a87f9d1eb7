// The workload of a scenario: sources of jobs (a trace or a generator, with transformations) and what
// holds for jobs whose source does not say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/demand.h"
#include "sim/base/ids.h"
#include "sim/base/time.h"

namespace orrery::scenario {

// A trace of jobs in its field's own format, plain or gzip.
struct JobTrace {
  enum class Format : uint8_t { kSwf, kOpenb, kPhilly, kGavel };
  Format format = Format::kSwf;
  // The file to open: the folder `dir` and `file`, joined.
  std::string dir;
  std::string file;
  // The GPU on which the trace's run times are stated; none: speed 1 on every GPU.
  GpuModelId reference_gpu;
  bool operator==(const JobTrace&) const = default;
};

// What a job has where its trace or generator says nothing.
struct JobDefaults {
  JobClass job_class = JobClass::kBatchTraining;
  // CPU and memory of a replica for each of its GPUs.
  uint32_t cpu_milli_per_gpu = 0;
  uint32_t memory_mib_per_gpu = 0;
  // Time between checkpoints; zero: progress is never lost; Max(): no checkpoints.
  Duration checkpoint_interval;
  // Jobs that reach their limit are killed.
  bool kill_at_limit = false;
  Requirements requirements;
  bool operator==(const JobDefaults&) const = default;
};

struct WorkloadSource {
  std::string name;
  // Exactly one of the two.
  std::optional<JobTrace> trace;
  // std::optional<workload::GeneratorParameters> generator;
  // std::vector<workload::Transform> transforms;
  JobDefaults jobs;
  bool operator==(const WorkloadSource&) const = default;
};

}  // namespace orrery::scenario
