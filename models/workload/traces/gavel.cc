// Jobs from the traces of Gavel, which come in two layouts of tab-separated columns without a
// header:
//
//   msr_*       job_type  command  steps_arg  needs_data_dir  total_steps  arrival_s  scale_factor
//   physical_*  job_type  command  [directory]  steps_arg  needs_data_dir  total_steps
//               scale_factor  priority  slo  arrival_s
//
// The first line decides; columns count from the end, since what stands in front varies. Work is
// stated in steps: it becomes total_steps ÷ (measured steps a second on the reference GPU), and the
// job keeps its type, so that the same table gives its speed on every other GPU.
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "models/fleet/node.h"
#include "models/workload/traces/fields.h"
#include "models/workload/traces/format.h"
#include "models/workload/traces/line_trace.h"
#include "sim/base/text.h"

namespace orrery::workload {
namespace {

// What Gavel's own generator counts work in: the V100's throughput
// (scheduler/utils.py, generate_job).
constexpr std::string_view kDefaultReference = "v100";

struct GavelOptions {
  enum Unmeasured : size_t { kLinear, kSkip };

  explicit GavelOptions(Params& o)
      : replica_size(
            o.Integer("replica_size", {.value = 1,
                                       .min = 1,
                                       .max = fleet::kMaxGpusPerNode,
                                       .doc = "most GPUs of one replica, which lie on one node",
                                       .source = "Narayanan et al., OSDI 2020: a job's workers "
                                                 "may run unconsolidated"})),
        unmeasured_scale(o.Choice(
            "unmeasured_scale",
            {.value = "linear",
             .choices = {"linear", "skip"},
             .doc = "a job on a number of GPUs that was not measured: as fast for each GPU as at "
                    "the nearest smaller number, or left out",
             .source = "Assumption: gavel-linear-scaling"})) {}

  int64_t replica_size;
  size_t unmeasured_scale;
};

enum Skip : size_t { kUnmeasuredSkipped, kDoesNotRun };
enum Adjust : size_t { kUnmeasured };

const std::vector<std::string>& ShortLayout() {
  static const std::vector<std::string> names = {"job_type",       "command",     "steps_arg",
                                                 "needs_data_dir", "total_steps", "arrival_s",
                                                 "scale_factor"};
  return names;
}
const std::vector<std::string>& LongLayout() {
  static const std::vector<std::string> names = {
      "job_type",    "command",      "directory", "steps_arg", "needs_data_dir",
      "total_steps", "scale_factor", "priority",  "slo",       "arrival_s"};
  return names;
}
const std::vector<std::string>& LongLayoutWithoutDirectory() {
  static const std::vector<std::string> names = {"job_type",       "command",     "steps_arg",
                                                 "needs_data_dir", "total_steps", "scale_factor",
                                                 "priority",       "slo",         "arrival_s"};
  return names;
}

// The layout with so many columns; nullptr: none.
const std::vector<std::string>* Layout(size_t columns) {
  for (const auto* layout : {&ShortLayout(), &LongLayout(), &LongLayoutWithoutDirectory()}) {
    if (layout->size() == columns) return layout;
  }
  return nullptr;
}

class GavelSource final : public LineTrace {
 public:
  GavelSource(LineReader reader, const GavelOptions& options, const TraceContext& context)
      : LineTrace(std::move(reader), TraceOrder::kAsRead, "arrival_s"),
        options_(options),
        throughputs_(*context.throughputs),
        row_(&this->reader(), &LongLayout()) {
    reference_gpu_ = context.reference_gpu;
    if (!reference_gpu_.valid() && context.gpus != nullptr) {
      reference_gpu_ = context.gpus->Find(kDefaultReference).value_or(GpuModelId());
    }
    by_name_ = !context.reference_gpu.valid();
    mutable_report().skipped = {
        {"unmeasured_scale", "a scale that the table lacks, with unmeasured_scale = skip"},
        {"does_not_run", "the table says that the type does not run on the reference GPU"}};
    mutable_report().adjusted = {
        {"unmeasured_scale", "a scale that the table lacks: speed for each GPU as at the nearest"}};
  }

 private:
  Result<bool> ReadJob(Job* job) override;
  // Splits the line and learns the layout from the first one.
  bool Split(std::string_view line);
  // The column `from_end` places before the end: 1 is the last.
  size_t FromEnd(size_t from_end) const { return layout_->size() - from_end; }
  bool ReadType(Job* job);
  bool ReadPriorityAndSlo(Job* job, double* slo);
  // Steps a second on the reference GPU; 0 where the job is left out (and counted).
  double Speed(const Job& job, uint32_t scale);

  GavelOptions options_;
  const ThroughputTable& throughputs_;
  GpuModelId reference_gpu_;
  bool by_name_ = true;
  TraceRow row_;
  const std::vector<std::string>* layout_ = nullptr;
  uint64_t jobs_ = 0;
};

bool GavelSource::Split(std::string_view line) {
  const bool fits = row_.fields.SplitAt('\t', line);
  if (layout_ == nullptr && fits) {
    layout_ = Layout(row_.fields.size());
    if (layout_ != nullptr) row_ = TraceRow(&reader(), layout_);
    row_.fields.SplitAt('\t', line);
  }
  if (layout_ == nullptr) {
    return row_.WrongLine("got " + std::to_string(row_.fields.size()) +
                          " columns between tabs, expected 7 (job_type … total_steps, arrival_s, "
                          "scale_factor), or 9 or 10 (job_type … total_steps, scale_factor, "
                          "priority, slo, arrival_s)");
  }
  if (!fits || row_.fields.size() != layout_->size()) return row_.WrongCount(layout_->size());
  return true;
}

bool GavelSource::ReadType(Job* job) {
  const auto type = throughputs_.FindType(row_.fields[0]);
  if (!type) {
    const auto nearest = NearestName(row_.fields[0], throughputs_.types());
    return row_.Wrong(0, "a job type of the throughput table" +
                             (nearest ? " (did you mean '" + *nearest + "'?)" : ""));
  }
  job->type = *type;
  return true;
}

bool GavelSource::ReadPriorityAndSlo(Job* job, double* slo) {
  constexpr double kMostPriority = 1e6;
  double priority = 0;
  if (!ParseReal(row_.fields[FromEnd(3)], &priority) || priority < 0 || priority > kMostPriority) {
    return row_.Wrong(FromEnd(3), "a weight from 0 to 1000000");
  }
  job->priority = static_cast<int32_t>(std::lround(priority));
  if (!ParseReal(row_.fields[FromEnd(2)], slo) || *slo > 1e6) {
    return row_.Wrong(FromEnd(2), "a factor of the job's duration up to 1000000, or -1 for none");
  }
  return true;
}

double GavelSource::Speed(const Job& job, uint32_t scale) {
  std::optional<double> speed =
      by_name_ ? throughputs_.StepsPerSecond(job.type, kDefaultReference, scale)
               : throughputs_.StepsPerSecond(job.type, reference_gpu_, scale);
  if (!speed) {
    if (options_.unmeasured_scale == GavelOptions::kSkip) {
      ++mutable_report().skipped[kUnmeasuredSkipped].jobs;
      return 0;
    }
    speed = by_name_ ? throughputs_.StepsPerSecondAtAnyScale(job.type, kDefaultReference, scale)
                     : throughputs_.StepsPerSecondAtAnyScale(job.type, reference_gpu_, scale);
    if (speed && *speed > 0) ++mutable_report().adjusted[kUnmeasured].jobs;
  }
  if (!speed || *speed <= 0) {
    ++mutable_report().skipped[kDoesNotRun].jobs;
    return 0;
  }
  return *speed;
}

Result<bool> GavelSource::ReadJob(Job* job) {
  std::string_view line;
  Duration arrival;
  int64_t steps = 0, scale = 0;
  double slo = -1, speed = 0;
  while (speed == 0) {
    Result<bool> more = NextLine(&line);
    if (!more || !*more) return more;
    if (!Split(line)) return row_.Fail();
    const bool is_short = layout_ == &ShortLayout();
    const size_t steps_at = FromEnd(is_short ? 3 : 5);
    if (!ReadType(job) || !row_.Integer(steps_at, 0, int64_t{1} << 53, &steps) ||
        !row_.Seconds(FromEnd(is_short ? 2 : 1), 0, &arrival) ||
        !row_.Integer(FromEnd(is_short ? 1 : 4), 1, 65'535, &scale) ||
        (!is_short && !ReadPriorityAndSlo(job, &slo))) {
      return row_.Fail();
    }
    job->source_id = jobs_++;
    speed = Speed(*job, static_cast<uint32_t>(scale));
    const double work_s = speed > 0 ? static_cast<double>(steps) / speed : 0;
    if (work_s > static_cast<double>(TraceRow::kMostSeconds)) {
      row_.Wrong(steps_at, "steps that take at most " + std::to_string(TraceRow::kMostSeconds) +
                               " s at " + std::to_string(speed) + " steps a second");
      return row_.Fail();
    }
    job->work = job->estimate = Duration::FromSeconds(work_s);
  }
  job->submit = SimTime::Zero() + arrival;
  // Gavel's scheduler sets the deadline of a job to arrival + SLO × duration.
  if (slo > 0) {
    const double slack_s =
        std::min(slo * job->work.seconds(), static_cast<double>(TraceRow::kMostSeconds));
    job->deadline = job->submit + Duration::FromSeconds(slack_s);
  }
  const auto [replicas, size] =
      SplitGang(static_cast<uint32_t>(scale), static_cast<uint32_t>(options_.replica_size));
  job->replicas = replicas;
  job->demand.gpus = static_cast<uint16_t>(size);
  job->user = User("gavel");
  job->reference_gpu = reference_gpu_;
  return true;
}

Result<std::unique_ptr<TraceSource>> Open(const std::string& path, Params* options,
                                          const TraceContext& context) {
  const GavelOptions declared(*options);
  if (context.throughputs == nullptr) {
    return MakeError(path,
                     "states work in steps, so it needs a throughput table (for Gavel's own "
                     "traces: simulation_throughputs.json)");
  }
  const ThroughputTable& table = *context.throughputs;
  bool known = !table.types().empty();
  if (context.reference_gpu.valid()) {
    known = table.StepsPerSecondAtAnyScale(JobTypeId(0), context.reference_gpu, 1).has_value();
  } else {
    known = table.StepsPerSecondAtAnyScale(JobTypeId(0), kDefaultReference, 1).has_value();
  }
  if (!known) {
    return MakeError(path,
                     "the throughput table lacks the reference GPU, on which the jobs' times "
                     "are stated");
  }
  Result<LineReader> reader = LineReader::Open(path);
  if (!reader) return tl::unexpected(reader.error());
  return std::make_unique<GavelSource>(std::move(*reader), declared, context);
}

const TraceFormatRegistration kGavel({
    .name = "gavel",
    .what = "Training jobs of Gavel's traces, both layouts; needs a throughput table.",
    .source = "Narayanan et al., \"Heterogeneity-Aware Cluster Scheduling Policies for Deep "
              "Learning Workloads\", OSDI 2020",
    .ordered = true,
    .columns = {{"job_type", "row of the throughput table"},
                {"command", "not used; nor directory, steps_arg, needs_data_dir"},
                {"total_steps", "training steps: the job's work"},
                {"scale_factor", "GPUs of the job"},
                {"priority", "weight, rounded (physical_* only)"},
                {"slo", "deadline = arrival + slo × duration; −1: none (physical_* only)"},
                {"arrival_s", "seconds since the start of the trace, ascending"}},
    .declare = [](Params* options) { GavelOptions declared(*options); },
    .open = Open,
});

}  // namespace
}  // namespace orrery::workload
