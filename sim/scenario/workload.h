// The workload of a scenario: sources of jobs, each a trace or a generator.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "models/workload/generator.h"
#include "sim/base/demand.h"
#include "sim/base/ids.h"
#include "sim/base/time.h"
#include "sim/scenario/registered.h"

namespace orrery::scenario {

// What jobs of a trace have where the trace says nothing.
struct TraceJobs {
  JobClass job_class = JobClass::kBatchTraining;
  // For each GPU of a replica, where the trace states no CPU or no memory.
  uint32_t cpu_milli_per_gpu = 0;
  uint32_t memory_mib_per_gpu = 0;
  // As in workload::Job. Assumption: training_checkpoint.
  Duration checkpoint_interval = Duration::Minutes(30);
  // Held by every job whose own requirements in the trace are empty.
  Requirements requirements;
  // What jobs move; none: nothing.
  std::optional<workload::DataParams> data;
};

// A trace of jobs in its field's own format, plain or gzip (models/workload/traces/format.h).
struct JobTrace {
  std::string format;  // registered
  Parameters options;  // all that the format declares
  // The file to open is PathOf(trace).
  std::string dir;
  std::string file;
  // The GPU on which the trace's run times are stated; none: speed 1 on every GPU.
  GpuModelId reference_gpu;
  TraceJobs jobs;
};

// A transformation of the stream (models/workload/transforms/transform.h).
struct TransformChoice {
  std::string name;    // registered
  Parameters options;  // all that it declares
};

// Parameters fitted to a published trace (models/workload/presets.h), from which a generator began.
struct Preset {
  std::string name;
  // The GPU that its run times are taken to be stated on.
  GpuModelId reference_gpu;
};

struct WorkloadSource {
  std::string name;
  // A generator has everything that its preset gave already.
  std::variant<JobTrace, workload::GeneratorParams> source;
  std::optional<Preset> preset;
  // Applied in this order.
  std::vector<TransformChoice> transforms;
  // Jobs that reach their limit are killed.
  bool kill_at_limit = false;
};

}  // namespace orrery::scenario
