// Jobs from logs in the Standard Workload Format (swf_record.h).
//
// Rules, each counted in the report:
// - Lines with status 2, 3 and 4 describe parts of a job whose whole stands in an earlier line; the
//   standard says to use only the latter in workload studies, so parts are left out.
// - Processors are those requested, or those allocated where the request is unknown (or the other
//   way round, by option); a job with neither cannot be placed and is left out.
// - A run time of 0 stands for less than half a second, since logs round to seconds.
// - A job cancelled in the queue (status 5 and no run time) never needed a processor: left out.
#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "models/fleet/node.h"
#include "models/workload/traces/format.h"
#include "models/workload/traces/line_trace.h"
#include "models/workload/traces/swf_record.h"

namespace orrery::workload {
namespace {

struct SwfOptions {
  enum Processor : size_t { kCore, kGpu };
  enum Size : size_t { kRequested, kAllocated };
  enum Memory : size_t { kRequestedMemory, kUsedMemory, kNoMemory };
  enum Jobs : size_t { kAll, kCompleted };

  explicit SwfOptions(Params& o)
      : processor(o.Choice("processor", {.value = "core",
                                         .choices = {"core", "gpu"},
                                         .doc = "what a processor of the log stands for",
                                         .source = ""})),
        replica_size(o.Integer(
            "replica_size",
            {.value = 1,
             .min = 1,
             .max = 4096,
             .doc = "most processors of one replica, which lie on one node; a job's processors "
                    "are split into the largest equal replicas that are not larger",
             .source = "Assumption: swf-single-processor-replicas"})),
        size(o.Choice("size", {.value = "requested",
                               .choices = {"requested", "allocated"},
                               .doc = "the column that gives the number of processors; the other "
                                      "one where it is unknown",
                               .source = ""})),
        memory(o.Choice("memory", {.value = "requested",
                                   .choices = {"requested", "used", "none"},
                                   .doc = "the column that gives the memory of a processor; "
                                          "unknown values ask for none",
                                   .source = ""})),
        jobs(o.Choice("jobs", {.value = "all",
                               .choices = {"all", "completed"},
                               .doc = "all jobs that ran, or only those with status 1 (or unknown)",
                               .source = ""})),
        zero_run_time(
            o.Time("zero_run_time", {.value = Duration::Millis(500),
                                     .min = Duration(),
                                     .max = Duration::Seconds(1),
                                     .doc = "what a run time of 0 is taken for",
                                     .source = "SWF 2.2, field 4: 0 is less than 0.5 s"})) {}

  size_t processor;
  int64_t replica_size;
  size_t size;
  size_t memory;
  size_t jobs;
  Duration zero_run_time;
};

enum Skip : size_t {
  kPart,
  kPartWithoutWhole,
  kCancelledInQueue,
  kNoRunTime,
  kNoProcessors,
  kNotCompleted,
};
enum Adjust : size_t { kZeroRunTime, kNoEstimate, kOtherSize, kRanOver };

class SwfSource final : public LineTrace {
 public:
  SwfSource(LineReader reader, const SwfOptions& options, const TraceContext& context)
      : LineTrace(std::move(reader), TraceOrder::kAsRead, "submit_time"),
        options_(options),
        reference_gpu_(context.reference_gpu),
        swf_(&this->reader(), &mutable_report().header) {
    mutable_report().skipped = {
        {"part", "status 2, 3 or 4: a part of a job that has a line of its own"},
        {"part_without_whole", "status 2, 3 or 4 without the line of the whole job before it"},
        {"cancelled_in_queue", "status 5 and no run time: cancelled before it ran"},
        {"no_run_time", "run time −1: how long it ran is unknown"},
        {"no_processors", "neither requested nor allocated processors are known"},
        {"not_completed", "status 0 or 5, with the option jobs = completed"}};
    mutable_report().adjusted = {
        {"zero_run_time", "run time 0, taken for the option zero_run_time"},
        {"no_estimate", "requested time unknown: estimate = run time, no limit"},
        {"other_size", "the size column asked for is unknown, the other one was taken"},
        {"ran_over", "ran longer than requested (kept; a limit may cut it)"}};
  }

 private:
  Result<bool> ReadJob(Job* job) override;
  void Skipped(Skip reason) { ++mutable_report().skipped[reason].jobs; }
  void Adjusted(Adjust reason) { ++mutable_report().adjusted[reason].jobs; }
  // Whether the record makes a job; counts it where not.
  bool Keep(const SwfRecord& record, int64_t processors);
  void FillTimes(const SwfRecord& record, Job* job);
  void FillDemand(const SwfRecord& record, int64_t processors, Job* job);

  SwfOptions options_;
  GpuModelId reference_gpu_;
  SwfReader swf_;
  int64_t last_whole_ = -1;
};

bool IsPart(const SwfRecord& record) {
  return record.status >= kSwfPartial && record.status <= kSwfPartialLastFailed;
}

bool SwfSource::Keep(const SwfRecord& record, int64_t processors) {
  const Duration none;
  if (IsPart(record)) {
    Skipped(record.job_number == last_whole_ ? kPart : kPartWithoutWhole);
    return false;
  }
  last_whole_ = record.job_number;
  if (record.status == kSwfCancelled && record.run <= none) {
    Skipped(kCancelledInQueue);
  } else if (record.run < none) {
    Skipped(kNoRunTime);
  } else if (processors <= 0) {
    Skipped(kNoProcessors);
  } else if (options_.jobs == SwfOptions::kCompleted &&
             (record.status == kSwfFailed || record.status == kSwfCancelled)) {
    Skipped(kNotCompleted);
  } else {
    return true;
  }
  return false;
}

void SwfSource::FillTimes(const SwfRecord& record, Job* job) {
  const Duration none;
  job->submit = SimTime::Zero() + record.submit;
  job->work = record.run;
  if (record.run == none) {
    job->work = options_.zero_run_time;
    Adjusted(kZeroRunTime);
  }
  job->estimate = job->work;
  if (record.requested_time > none) {
    job->estimate = job->limit = record.requested_time;
    if (record.run > record.requested_time) Adjusted(kRanOver);
  } else {
    Adjusted(kNoEstimate);
  }
}

void SwfSource::FillDemand(const SwfRecord& record, int64_t processors, Job* job) {
  const bool gpu = options_.processor == SwfOptions::kGpu;
  const int64_t most = gpu ? std::min<int64_t>(options_.replica_size, fleet::kMaxGpusPerNode)
                           : options_.replica_size;
  const auto [replicas, size] =
      SplitGang(static_cast<uint32_t>(processors), static_cast<uint32_t>(most));
  job->replicas = replicas;
  if (gpu) {
    job->demand.gpus = static_cast<uint16_t>(size);
  } else {
    job->demand.cpu_milli = size * 1000;
  }
  const int64_t memory_kb = options_.memory == SwfOptions::kRequestedMemory
                                ? record.requested_memory_kb
                            : options_.memory == SwfOptions::kUsedMemory ? record.used_memory_kb
                                                                         : 0;
  if (memory_kb > 0) {
    const int64_t mib = (memory_kb * size + 1023) / 1024;
    job->demand.memory_mib =
        static_cast<uint32_t>(std::min<int64_t>(mib, std::numeric_limits<uint32_t>::max()));
  }
}

TraceStatus Status(const SwfRecord& record) {
  switch (record.status) {
    case kSwfCompleted:
      return TraceStatus::kCompleted;
    case kSwfFailed:
      return TraceStatus::kFailed;
    case kSwfCancelled:
      return TraceStatus::kCancelled;
    default:
      return TraceStatus::kUnknown;
  }
}

Result<bool> SwfSource::ReadJob(Job* job) {
  std::string_view line;
  SwfRecord record;
  while (true) {
    Result<bool> more = NextLine(&line);
    if (!more || !*more) return more;
    Result<bool> parsed = swf_.Parse(line, &record);
    if (!parsed) return parsed;
    if (!*parsed) continue;
    const bool by_request = options_.size == SwfOptions::kRequested;
    int64_t processors = by_request ? record.requested_processors : record.allocated_processors;
    const bool other = processors <= 0;
    if (other) processors = by_request ? record.allocated_processors : record.requested_processors;
    if (!Keep(record, processors)) continue;
    if (other) Adjusted(kOtherSize);
    if (record.submit < Duration() || processors > 100'000'000) {
      return MakeError(reader().Place(),
                       record.submit < Duration()
                           ? "column 'submit_time': got '-1', expected seconds ≥ 0"
                           : "the job has " + std::to_string(processors) +
                                 " processors, expected at most 100000000");
    }
    FillTimes(record, job);
    FillDemand(record, processors, job);
    job->user = User(std::to_string(record.user));
    job->trace_status = Status(record);
    job->source_id = static_cast<uint64_t>(std::max<int64_t>(record.job_number, 0));
    job->reference_gpu = reference_gpu_;
    return true;
  }
}

std::vector<TraceColumn> Columns() {
  std::vector<TraceColumn> columns;
  for (size_t i = 0; i < kSwfColumns; ++i) {
    columns.push_back({SwfColumnNames()[i], SwfColumnMeanings()[i]});
  }
  return columns;
}

const TraceFormatRegistration kSwf({
    .name = "swf",
    .what = "Logs of parallel computers in the Standard Workload Format 2.2.",
    .source =
        "Parallel Workloads Archive, cs.huji.ac.il/labs/parallel/workload/swf.html; Feitelson, "
        "Tsafrir and Krakov, JPDC 74(10), 2014",
    .ordered = true,
    .columns = Columns(),
    .declare = [](Params* options) { SwfOptions declared(*options); },
    .open = [](const std::string& path, Params* options,
               const TraceContext& context) -> Result<std::unique_ptr<TraceSource>> {
      const SwfOptions declared(*options);
      Result<LineReader> reader = LineReader::Open(path);
      if (!reader) return tl::unexpected(reader.error());
      return std::make_unique<SwfSource>(std::move(*reader), declared, context);
    },
});

}  // namespace
}  // namespace orrery::workload
