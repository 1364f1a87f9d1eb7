// Trace formats: what a scenario names to read jobs from a file, and the registry of them.
//
// Adding one costs one .cc file in this folder, which ends in a TraceFormatRegistration, its name
// in the list of BUILD, and a test.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/fleet/gpu.h"
#include "models/workload/job.h"
#include "models/workload/throughput_table.h"
#include "sim/base/demand.h"
#include "sim/base/ids.h"
#include "sim/base/params.h"
#include "sim/base/result.h"
#include "sim/base/time.h"

namespace orrery::workload {

// The work of a job that never leaves: ten years, so that no run waits for it and a GPU thirty
// times slower does not overflow SimTime.
inline constexpr Duration kNeverEnds = Duration::Hours(24 * 3650);

// What a reader needs of the world around a trace. Everything pointed to outlives the source.
struct TraceContext {
  // Resolves GPU names of formats that have them.
  const fleet::GpuCatalogue* gpus = nullptr;
  // Gets the requirements of the jobs.
  RequirementsTable* requirements = nullptr;
  // Turns steps into time, for formats that state work in steps.
  const ThroughputTable* throughputs = nullptr;
  // The GPU on which the trace's run times are stated; none: speed 1 on every GPU.
  GpuModelId reference_gpu;
};

// How many jobs something happened to.
struct TraceTally {
  const char* reason;  // "no_run_time"
  const char* doc;     // "run time −1: how long it ran is not known"
  uint64_t jobs = 0;
};

// What a source has read so far; complete once Next has returned false.
struct TraceReport {
  uint64_t lines = 0;  // of the file, comments and header included
  uint64_t jobs = 0;   // handed out
  // Jobs of the trace that were left out, by reason; all reasons of the format, zeros included.
  std::vector<TraceTally> skipped;
  // Jobs handed out with a value that the trace does not have or that a rule replaced.
  std::vector<TraceTally> adjusted;
  // The trace's users by the name or number it has for them; UserId is the row.
  std::vector<std::string> users;
  // What the trace says of itself ("MaxProcs" → "128"), in its order; a key may come up again.
  std::vector<std::pair<std::string, std::string>> header;

  uint64_t total_skipped() const;
  // For people: a line for each reason that held for any job, such as
  // "3 jobs skipped: neither requested nor allocated processors are known (no_processors)".
  std::vector<std::string> Lines() const;
};

class TraceSource : public JobSource {
 public:
  virtual const TraceReport& report() const = 0;
};

// A column of the format, for `orrery list traces`.
struct TraceColumn {
  std::string name;
  std::string meaning;  // with its unit
};

struct TraceFormat {
  std::string name;    // "swf"
  std::string what;    // in a sentence
  std::string source;  // where the format is defined, and what to cite
  // Whether the jobs of a file come in order of time: if not, the reader holds them all to sort
  // them.
  bool ordered = true;
  std::vector<TraceColumn> columns;
  // Declares the options.
  void (*declare)(Params* options);
  // Opens a file. `options` holds values that were found right.
  Result<std::unique_ptr<TraceSource>> (*open)(const std::string& path, Params* options,
                                               const TraceContext& context);
};

// All formats, by name.
const std::vector<TraceFormat>& TraceFormats();
// nullptr: no such format.
const TraceFormat* FindTraceFormat(std::string_view name);
// The options of a format, with defaults.
std::vector<ParamInfo> DescribeOptions(const TraceFormat& format);
// The mistakes in options given to a format: unknown names, values out of bounds.
std::vector<Finding> CheckTraceOptions(const TraceFormat& format, const GivenParams& given);

// Opens a trace. Errors: an unknown format (with the nearest), wrong options, whatever is wrong
// with the start of the file; Next reports what is wrong further on.
Result<std::unique_ptr<TraceSource>> OpenTrace(std::string_view format, const std::string& path,
                                               const GivenParams& given,
                                               const TraceContext& context);

struct TraceFormatRegistration {
  explicit TraceFormatRegistration(TraceFormat format);
};

}  // namespace orrery::workload
