// Jobs from the pod lists of the openb trace (Alibaba cluster-trace-gpu-v2023), and of its
// variants, some of which are not in order of time or have no times at all.
//
// Rules, each counted in the report where it replaces a value:
// - A pod is one replica. gpu_milli holds for pods of one GPU; several GPUs are whole ones.
// - gpu_spec "A|B" allows those GPU models, none allows all.
// - Work is how long the pod was there: from when it was scheduled (it held its GPUs) or from its
//   creation, by option, until its deletion. A pod that was never scheduled waited for all of its
//   life: its work is that lifetime, or it is left out, by option.
// - Pods of lists without times arrive at 0 and never end: such lists are for packing studies.
#include <limits>
#include <memory>
#include <utility>

#include "models/fleet/node.h"
#include "models/workload/traces/fields.h"
#include "models/workload/traces/format.h"
#include "models/workload/traces/line_trace.h"

namespace orrery::workload {
namespace {

struct OpenbOptions {
  enum Lifetime : size_t { kScheduled, kCreation };
  enum Pending : size_t { kKeep, kSkip };
  enum Order : size_t { kSort, kFile };

  explicit OpenbOptions(Params& o)
      : lifetime(o.Choice("lifetime", {.value = "scheduled",
                                       .choices = {"scheduled", "creation"},
                                       .doc = "work = deletion_time less this time",
                                       .source = "Assumption: openb-lifetime-is-work"})),
        pending(
            o.Choice("pending", {.value = "keep",
                                 .choices = {"keep", "skip"},
                                 .doc = "what becomes of pods that were never scheduled",
                                 .source = "Weng et al., USENIX ATC 2023, schedule all 8,152"})),
        order(o.Choice("order", {.value = "sort",
                                 .choices = {"sort", "file"},
                                 .doc = "sort: read all pods, then sort them by creation_time; "
                                        "file: as they come, in flat memory",
                                 .source = ""})) {}

  size_t lifetime;
  size_t pending;
  size_t order;
};

enum Skip : size_t { kPendingSkipped };
enum Adjust : size_t { kNeverScheduled, kNoTimes };

// The first five are in every list, the others in most.
enum Column : size_t {
  kName,
  kCpu,
  kMemory,
  kGpus,
  kGpuMilli,
  kGpuSpec,
  kQos,
  kPhase,
  kCreation,
  kDeletion,
  kScheduled
};

// Koordinator's classes from the most to the least favoured; Guaranteed and Burstable are
// Kubernetes' own, between latency-sensitive and best-effort.
int32_t QosPriority(std::string_view qos) {
  constexpr std::pair<std::string_view, int32_t> kClasses[] = {
      {"LSR", 4}, {"LS", 3}, {"Guaranteed", 2}, {"Burstable", 1}, {"BE", 0}, {"", 0}};
  for (const auto& [name, priority] : kClasses) {
    if (name == qos) return priority;
  }
  return -1;
}

class OpenbSource final : public LineTrace {
 public:
  OpenbSource(LineReader reader, CsvHeader header, const OpenbOptions& options,
              const TraceContext& context)
      : LineTrace(std::move(reader),
                  options.order == OpenbOptions::kSort ? TraceOrder::kSort : TraceOrder::kAsRead,
                  "creation_time"),
        options_(options),
        context_(context),
        header_(std::move(header)),
        row_(&this->reader(), &header_.names()) {
    mutable_report().skipped = {{"pending", "never scheduled, with the option pending = skip"}};
    mutable_report().adjusted = {
        {"never_scheduled", "never scheduled: work = its whole lifetime"},
        {"no_times", "the list has no times: arrives at 0 and never ends"}};
  }

 private:
  Result<bool> ReadJob(Job* job) override;
  bool Has(Column column) const { return header_[column] != CsvHeader::kAbsent; }
  std::string_view Text(Column column) const {
    return Has(column) ? row_.fields[header_[column]] : std::string_view();
  }
  bool ReadDemand(Job* job);
  bool ReadGpuSpec(Job* job);
  // `keep` is false where the options leave the pod out.
  bool ReadTimes(Job* job, bool* keep);

  OpenbOptions options_;
  TraceContext context_;
  CsvHeader header_;
  TraceRow row_;
  uint64_t pods_ = 0;
  // The gpu_spec seen last and its requirements: most pods repeat a few.
  std::string last_spec_;
  RequirementsId last_requirements_ = RequirementsTable::kAny;
};

bool OpenbSource::ReadDemand(Job* job) {
  int64_t cpu = 0, memory = 0, gpus = 0, milli = 1000;
  if (!row_.Integer(header_[kCpu], 0, 100'000'000, &cpu) ||
      !row_.Integer(header_[kMemory], 0, 1'000'000'000, &memory) ||
      !row_.Integer(header_[kGpus], 0, fleet::kMaxGpusPerNode, &gpus)) {
    return false;
  }
  if (!Text(kGpuMilli).empty() && !row_.Integer(header_[kGpuMilli], 0, 1000, &milli)) return false;
  if (gpus == 1 && milli < 1) {
    return row_.Wrong(header_[kGpuMilli], "1 … 1000 thousandths of the pod's one GPU");
  }
  job->demand.cpu_milli = static_cast<uint32_t>(cpu);
  job->demand.memory_mib = static_cast<uint32_t>(memory);
  job->demand.gpus = static_cast<uint16_t>(gpus);
  job->demand.gpu_milli = static_cast<uint16_t>(gpus == 1 ? milli : 1000);
  return true;
}

bool OpenbSource::ReadGpuSpec(Job* job) {
  const std::string_view spec = Text(kGpuSpec);
  if (spec.empty()) return true;
  if (spec != last_spec_) {
    if (context_.gpus == nullptr || context_.requirements == nullptr) {
      return row_.Wrong(header_[kGpuSpec], "none, since there is no GPU catalogue");
    }
    Requirements requirements;
    TraceFields models;
    if (!models.SplitAt('|', spec)) return row_.Wrong(header_[kGpuSpec], "at most 64 GPU models");
    for (size_t i = 0; i < models.size(); ++i) {
      const auto model = context_.gpus->Find(models[i]);
      if (!model) {
        return row_.Wrong(header_[kGpuSpec],
                          "GPU models of the catalogue separated by '|' (did you mean '" +
                              context_.gpus->Nearest(models[i]) + "'?)");
      }
      requirements.gpu_models.set(model->index());
    }
    last_requirements_ = context_.requirements->Intern(requirements);
    last_spec_ = spec;
  }
  job->requirements = last_requirements_;
  return true;
}

bool OpenbSource::ReadTimes(Job* job, bool* keep) {
  *keep = true;
  if (!Has(kCreation) || !Has(kDeletion)) {
    job->work = job->estimate = kNeverEnds;
    ++mutable_report().adjusted[kNoTimes].jobs;
    return true;
  }
  Duration creation, deletion, start;
  if (!row_.Seconds(header_[kCreation], 0, &creation) ||
      !row_.Seconds(header_[kDeletion], 0, &deletion)) {
    return false;
  }
  start = creation;
  if (Text(kScheduled).empty()) {
    *keep = options_.pending == OpenbOptions::kKeep;
    if (*keep) {
      ++mutable_report().adjusted[kNeverScheduled].jobs;
    } else {
      ++mutable_report().skipped[kPendingSkipped].jobs;
    }
  } else {
    Duration scheduled;
    if (!row_.Seconds(header_[kScheduled], 0, &scheduled)) return false;
    if (scheduled < creation) {
      return row_.Wrong(header_[kScheduled], "a time not before creation_time");
    }
    if (options_.lifetime == OpenbOptions::kScheduled) start = scheduled;
  }
  if (deletion < start) {
    return row_.Wrong(header_[kDeletion], "a time not before the pod was created and scheduled");
  }
  job->submit = SimTime::Zero() + creation;
  job->work = job->estimate = deletion - start;
  return true;
}

TraceStatus Status(std::string_view phase) {
  if (phase == "Succeeded") return TraceStatus::kCompleted;
  if (phase == "Failed") return TraceStatus::kFailed;
  if (phase == "Pending") return TraceStatus::kCancelled;
  return TraceStatus::kUnknown;
}

Result<bool> OpenbSource::ReadJob(Job* job) {
  std::string_view line;
  for (bool keep = false; !keep;) {
    Result<bool> more = NextLine(&line);
    if (!more || !*more) return more;
    if (!row_.fields.SplitAt(',', line) || row_.fields.size() != header_.names().size()) {
      row_.WrongCount(header_.names().size());
      return row_.Fail();
    }
    if (!ReadDemand(job) || !ReadGpuSpec(job) || !ReadTimes(job, &keep)) return row_.Fail();
    job->source_id = pods_++;
  }
  job->priority = QosPriority(Text(kQos));
  if (job->priority < 0) {
    row_.Wrong(header_[kQos], "LSR, LS, Guaranteed, Burstable, BE or nothing");
    return row_.Fail();
  }
  job->trace_status = Status(Text(kPhase));
  job->user = User("openb");
  job->reference_gpu = context_.reference_gpu;
  return true;
}

Result<std::unique_ptr<TraceSource>> Open(const std::string& path, Params* options,
                                          const TraceContext& context) {
  const OpenbOptions declared(*options);
  Result<LineReader> reader = LineReader::Open(path);
  if (!reader) return tl::unexpected(reader.error());
  Result<CsvHeader> header = CsvHeader::Read(
      &*reader, {"name", "cpu_milli", "memory_mib", "num_gpu", "gpu_milli"},
      {"gpu_spec", "qos", "pod_phase", "creation_time", "deletion_time", "scheduled_time"});
  if (!header) return tl::unexpected(header.error());
  return std::make_unique<OpenbSource>(std::move(*reader), std::move(*header), declared, context);
}

const TraceFormatRegistration kOpenb({
    .name = "openb",
    .what = "Pods of Alibaba's GPU-sharing production cluster (openb_pod_list_*.csv).",
    .source = "Weng et al., \"Beware of Fragmentation: Scheduling GPU-Sharing Workloads with "
              "Fragmentation Gradient Descent\", USENIX ATC 2023",
    .ordered = false,
    .columns = {{"name", "name of the pod; not used"},
                {"cpu_milli", "thousandths of a core"},
                {"memory_mib", "MiB of memory"},
                {"num_gpu", "GPUs, 0 … 16"},
                {"gpu_milli", "thousandths of the GPU, where num_gpu is 1"},
                {"gpu_spec", "GPU models allowed, separated by '|'; empty: all"},
                {"qos", "LSR, LS, Guaranteed, Burstable, BE: priorities 4 … 0"},
                {"pod_phase", "Succeeded, Failed, Running, Pending"},
                {"creation_time", "seconds since the start of the trace: the arrival"},
                {"deletion_time", "seconds since the start of the trace"},
                {"scheduled_time", "seconds since the start of the trace; empty: never"}},
    .declare = [](Params* options) { OpenbOptions declared(*options); },
    .open = Open,
});

}  // namespace
}  // namespace orrery::workload
