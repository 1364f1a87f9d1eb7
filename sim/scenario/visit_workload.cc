#include "models/workload/presets.h"
#include "sim/scenario/visit.h"

namespace orrery::scenario {
namespace {

void VisitDefaults(Visitor& v, TraceJobs& jobs) {
  v.Field("class", jobs.job_class, JobClassCodec(),
          {.doc = "job class: what stands for the speed on other GPUs, and what a stop costs"});
  v.Field(
      "cpu_per_gpu", jobs.cpu_milli_per_gpu, CoresCodec(),
      {.min = 0, .max = 1'000'000, .doc = "CPU cores for each GPU where the trace states no CPU"});
  v.Field("memory_per_gpu", jobs.memory_mib_per_gpu, MemoryCodec(),
          {.min = 0,
           .max = uint32_t{16} << 20,
           .doc = "memory for each GPU where the trace states none"});
  VisitCheckpoints(v, jobs.checkpoint_interval, "Assumption: training_checkpoint");
  v.Group({.key = "requirements", .doc = "of jobs that the trace states none for"},
          [&] { VisitRequirements(v, jobs.requirements); });
  VisitData(v, jobs.data);
}

const Codec<std::string>& PresetCodec() {
  static const WordCodec<std::string> codec([] {
    std::vector<std::pair<std::string, std::string>> words;
    for (const workload::PresetInfo& preset : workload::Presets()) {
      words.emplace_back(preset.name, preset.name);
    }
    return words;
  }());
  return codec;
}

// Reads the preset; a generator that has nothing yet gets what the preset holds.
void VisitPreset(Visitor& v, std::optional<Preset>& held, workload::GeneratorParams& generator) {
  v.Optional({.key = "preset",
              .doc = "begin with parameters fitted to a published trace; other keys replace its"},
             {.shorthand = "name"}, held, [&](Preset& preset) {
               v.Field("name", preset.name, PresetCodec(),
                       {.doc = "name of the preset (docs/models/workload.md)", .required = true});
               v.Field("reference_gpu", preset.reference_gpu, GpuCodec(v.names()),
                       {.none = GpuModelId::None(),
                        .none_means = "jobs run at the same speed on every GPU",
                        .doc = "the GPU on which its run times are taken to be stated"});
             });
  if (!held || held->name.empty() || !generator.populations.empty()) return;
  generator = workload::MakePreset(held->name).value();
  for (workload::Population& population : generator.populations) {
    population.reference_gpu = held->reference_gpu;
  }
}

struct VisitSource {
  Visitor& v;
  std::optional<Preset>& preset;
  void operator()(JobTrace& trace) const {
    v.OnRegistered({.key = "format", .doc = "format of the trace", .required = true},
                   TraceFormatTable(), trace.format, trace.options);
    v.Path("dir", trace.dir, {.doc = "folder of the file", .required = true});
    v.Field("file", trace.file, TextCodec(), {.doc = "the trace, plain or gzip", .required = true});
    v.Field("reference_gpu", trace.reference_gpu, GpuCodec(v.names()),
            {.none = GpuModelId::None(),
             .none_means = "jobs run at the same speed on every GPU",
             .doc = "the GPU on which the trace's run times are stated"});
    v.Group({.key = "defaults", .doc = "what jobs have where the trace says nothing"},
            [&] { VisitDefaults(v, trace.jobs); });
  }
  void operator()(workload::GeneratorParams& generator) const {
    VisitPreset(v, preset, generator);
    VisitGenerator(v, generator);
  }
};

}  // namespace

void VisitWorkload(Visitor& v, WorkloadSource& source) {
  v.Field("name", source.name, TextCodec(), {.doc = "name of the source, unique"});
  v.Choice({.key = "", .doc = "where jobs come from", .required = true},
           {.alternatives = {{"trace", "jobs of a recorded trace"},
                             {"generator", "jobs drawn from distributions"}}},
           source.source, VisitSource{v, source.preset});
  v.List({.key = "transforms", .doc = "changes to the stream of jobs, the first one first"},
         source.transforms, {.max = 100}, [&](TransformChoice& transform) {
           v.OnRegistered({.doc = "a transformation"}, TransformTable(), transform.name,
                          transform.options);
         });
  v.Flag("kill_at_limit", source.kill_at_limit, {.doc = "jobs that reach their limit are killed"});
}

}  // namespace orrery::scenario
