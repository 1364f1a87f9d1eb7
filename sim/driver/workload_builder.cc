#include "sim/driver/workload_builder.h"

#include <filesystem>
#include <memory>
#include <utility>
#include <variant>

#include "models/workload/generator.h"
#include "models/workload/traces/format.h"

namespace orrery::driver {

namespace {

using scenario::JobTrace;
using scenario::Scenario;
using scenario::TraceJobs;
using scenario::WorkloadSource;

// Gives the jobs of a trace what the trace does not say.
class TraceDefaults final : public workload::JobSource {
 public:
  TraceDefaults(std::unique_ptr<workload::JobSource> source, const JobTrace& trace,
                RequirementsId requirements)
      : source_(std::move(source)), trace_(trace), requirements_(requirements) {}

  Result<bool> Next(workload::Job* job) override {
    Result<bool> more = source_->Next(job);
    if (!more || !*more) return more;
    const TraceJobs& defaults = trace_.jobs;
    job->job_class = defaults.job_class;
    job->checkpoint_interval = defaults.checkpoint_interval;
    if (job->demand.cpu_milli == 0) {
      job->demand.cpu_milli = defaults.cpu_milli_per_gpu * job->demand.gpus;
    }
    if (job->demand.memory_mib == 0) {
      job->demand.memory_mib = defaults.memory_mib_per_gpu * job->demand.gpus;
    }
    if (job->requirements == RequirementsTable::kAny) job->requirements = requirements_;
    return true;
  }

 private:
  std::unique_ptr<workload::JobSource> source_;
  const JobTrace& trace_;
  RequirementsId requirements_;
};

Result<std::unique_ptr<workload::JobSource>> OpenJobTrace(const Scenario& scenario,
                                                          const JobTrace& trace,
                                                          RequirementsTable* requirements) {
  workload::GivenTraceOptions options;
  for (const auto& [name, text] : trace.options) options[name] = {text, ""};
  const workload::TraceContext context{.gpus = scenario.gpus.get(),
                                       .requirements = requirements,
                                       .throughputs = scenario.throughput_table.get(),
                                       .reference_gpu = trace.reference_gpu};
  auto source =
      workload::OpenTrace(trace.format, (std::filesystem::path(trace.dir) / trace.file).string(), options, context);
  if (!source) return tl::unexpected<Error>(source.error());
  const RequirementsId own = requirements->Intern(trace.jobs.requirements);
  return std::make_unique<TraceDefaults>(std::move(*source), trace, own);
}

}  // namespace

Result<std::vector<ArrivalStream>> OpenWorkload(const Scenario& scenario, uint32_t replicate,
                                                RequirementsTable* requirements) {
  std::vector<ArrivalStream> streams;
  for (const WorkloadSource& source : scenario.workload) {
    Result<std::unique_ptr<workload::JobSource>> jobs =
        std::holds_alternative<JobTrace>(source.source)
            ? OpenJobTrace(scenario, std::get<JobTrace>(source.source), requirements)
            : workload::MakeGenerator(std::get<workload::GeneratorParams>(source.source),
                                      scenario.seed, replicate, requirements);
    if (!jobs) return tl::unexpected<Error>(jobs.error());
    streams.push_back({std::move(*jobs), source.kill_at_limit});
  }
  return streams;
}

}  // namespace orrery::driver
