#include "sim/driver/workload_builder.h"

#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "models/workload/generator.h"
#include "models/workload/traces/format.h"
#include "sim/scenario/load.h"
#include "sim/scenario/scale.h"
#include "sim/scenario/transforms.h"

namespace orrery::driver {

namespace {

using scenario::JobTrace;
using scenario::Scenario;
using scenario::TraceJobs;
using scenario::WorkloadSource;

// Gives the jobs of a trace what the trace does not say.
class TraceDefaults final : public workload::JobSource {
 public:
  // `notes` may be null: the report is not wanted.
  TraceDefaults(std::unique_ptr<workload::TraceSource> source, const JobTrace& trace,
                RequirementsId requirements, uint16_t data, std::vector<std::string>* notes)
      : source_(std::move(source)),
        trace_(trace),
        requirements_(requirements),
        data_(data),
        notes_(notes) {}

  Result<bool> Next(workload::Job* job) override {
    Result<bool> more = source_->Next(job);
    if (more && !*more && notes_ != nullptr) *notes_ = source_->report().Lines();
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
    job->data = data_;
    return true;
  }

 private:
  std::unique_ptr<workload::TraceSource> source_;
  const JobTrace& trace_;
  RequirementsId requirements_;
  uint16_t data_;
  std::vector<std::string>* notes_;
};

// What the sources of a scenario put into tables that all of them share.
struct Tables {
  RequirementsTable* requirements;
  workload::JobTables* jobs;  // may be null
  TraceNotes* notes;          // may be null
};

Result<std::unique_ptr<workload::JobSource>> OpenJobTrace(const Scenario& scenario,
                                                          const JobTrace& trace,
                                                          const std::string& source_name,
                                                          const Tables& tables) {
  GivenParams options;
  for (const auto& [name, text] : trace.options) options[name] = {text, ""};
  const workload::TraceContext context{.gpus = scenario.gpus.get(),
                                       .requirements = tables.requirements,
                                       .throughputs = scenario.throughput_table.get(),
                                       .reference_gpu = trace.reference_gpu};
  auto source = workload::OpenTrace(trace.format, scenario::FileOf(trace), options, context);
  if (!source) return tl::unexpected<Error>(source.error());
  const RequirementsId own = tables.requirements->Intern(trace.jobs.requirements);
  const bool moves = trace.jobs.data && tables.jobs != nullptr;
  const uint16_t data =
      moves ? tables.jobs->data.Add(source_name, *trace.jobs.data) : workload::DataTable::kNothing;
  return std::make_unique<TraceDefaults>(
      std::move(*source), trace, own, data,
      tables.notes == nullptr ? nullptr : &(*tables.notes)[source_name]);
}

Result<std::unique_ptr<workload::JobSource>> OpenBare(const Scenario& scenario,
                                                      const WorkloadSource& source,
                                                      uint32_t replicate, const Tables& tables) {
  if (const auto* trace = std::get_if<JobTrace>(&source.source)) {
    return OpenJobTrace(scenario, *trace, source.name, tables);
  }
  workload::GeneratorParams generator =
      scenario::Scaled(scenario, std::get<workload::GeneratorParams>(source.source));
  // Every generator draws from streams of its own. Those of the first have the default name, so
  // that what it is called changes nothing.
  if (&source != &scenario.workload.front()) generator.name = "named/" + source.name;
  return workload::MakeGenerator(generator, scenario.seed, replicate, tables.requirements,
                                 tables.jobs, source.name);
}

}  // namespace

Result<std::vector<ArrivalStream>> OpenWorkload(const Scenario& scenario, uint32_t replicate,
                                                const workload::Capacity& capacity,
                                                RequirementsTable* requirements,
                                                workload::JobTables* tables_in, TraceNotes* notes) {
  const Tables tables{requirements, tables_in, notes};
  std::vector<ArrivalStream> streams;
  for (const WorkloadSource& source : scenario.workload) {
    workload::OpenSource open = [&scenario, &source, replicate, tables] {
      return OpenBare(scenario, source, replicate, tables);
    };
    const workload::TransformContext context =
        scenario::ContextOf(scenario, source, replicate, capacity, requirements);
    auto transformed = workload::Transformed(std::move(open), scenario::StepsOf(source), context);
    if (!transformed) return tl::unexpected<Error>(transformed.error());
    auto jobs = (*transformed)();
    if (!jobs) return tl::unexpected<Error>(jobs.error());
    streams.push_back({std::move(*jobs), source.kill_at_limit});
  }
  return streams;
}

}  // namespace orrery::driver
