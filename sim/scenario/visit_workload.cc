#include "sim/scenario/visit.h"

namespace orrery::scenario {
namespace {

void VisitTraceJobs(Visitor& v, TraceJobs& jobs) {
  v.Field("class", jobs.job_class, JobClassCodec(),
          {.doc = "job class: what stands for the speed on other GPUs, and what a stop costs"});
  v.Field("cpu_per_gpu", jobs.cpu_milli_per_gpu, CoresCodec(),
          {.min = 0,
           .max = 1'000'000,
           .doc = "CPU cores for each GPU where the trace states no CPU"});
  v.Field("memory_per_gpu", jobs.memory_mib_per_gpu, MemoryCodec(),
          {.min = 0,
           .max = uint32_t{16} << 20,
           .doc = "memory for each GPU where the trace states none"});
  v.Time("checkpoint_interval", jobs.checkpoint_interval,
         {.min = Duration(),
          .max = Duration::Hours(24 * 30),
          .none = Duration::Max(),
          .none_means = "no checkpoints: a stop loses everything",
          .doc = "time between checkpoints; 0s: a stop loses nothing",
          .source = "Assumption: training_checkpoint"});
  v.Group({.key = "requirements", .doc = "of jobs that the trace states none for"},
          [&] { VisitRequirements(v, jobs.requirements); });
}

struct VisitSource {
  Visitor& v;
  void operator()(JobTrace& trace) const {
    v.OnRegistered({.key = "format", .doc = "format of the trace", .required = true},
                   TraceFormatTable(), trace.format, trace.options);
    v.Path("dir", trace.dir, {.doc = "folder of the file", .required = true});
    v.Field("file", trace.file, TextCodec(),
            {.doc = "the trace, plain or gzip", .required = true});
    v.Field("reference_gpu", trace.reference_gpu, GpuCodec(v.names()),
            {.none = GpuModelId::None(),
             .none_means = "jobs run at the same speed on every GPU",
             .doc = "the GPU on which the trace's run times are stated"});
    v.Group({.key = "jobs", .doc = "what jobs have where the trace says nothing"},
            [&] { VisitTraceJobs(v, trace.jobs); });
  }
  void operator()(workload::GeneratorParams& generator) const { VisitGenerator(v, generator); }
};

}  // namespace

void VisitWorkload(Visitor& v, WorkloadSource& source) {
  v.Field("name", source.name, TextCodec(), {.doc = "name of the source, unique"});
  v.Choice({.key = "", .doc = "where jobs come from", .required = true},
           {.alternatives = {{"trace", "jobs of a recorded trace"},
                             {"generator", "jobs drawn from distributions"}}},
           source.source, VisitSource{v});
  v.List({.key = "transforms", .doc = "changes to the stream of jobs, the first one first"},
         source.transforms, {.max = 100}, [&](TransformChoice& transform) {
           v.OnRegistered({.doc = "a transformation"}, TransformTable(), transform.name,
                          transform.options);
         });
  v.Flag("kill_at_limit", source.kill_at_limit, {.doc = "jobs that reach their limit are killed"});
}

}  // namespace orrery::scenario
