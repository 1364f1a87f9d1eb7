#include <cmath>

#include "sim/scenario/item_lists.h"
#include "sim/scenario/visit.h"

namespace orrery::scenario {
namespace {

using workload::Population;

constexpr double kTenYearsS = 10 * 365 * 86'400.0;
constexpr uint32_t kMaxCoresMilli = 4'000'000;
constexpr uint32_t kMaxMemoryMib = uint32_t{256} << 20;

// The parameters of each job class stand beside the key `class`.
struct VisitClass {
  Visitor& v;

  void Host(workload::HostShare& host) const {
    v.Field("cpu_per_gpu", host.cpu_milli_per_gpu, CoresCodec(),
            {.min = 0,
             .max = kMaxCoresMilli,
             .doc = "CPU cores that come with each GPU where a size does not state them",
             .source = "Assumption: host_share"});
    v.Field("memory_per_gpu", host.memory_mib_per_gpu, MemoryCodec(),
            {.min = 0,
             .max = kMaxMemoryMib,
             .doc = "memory that comes with each GPU where a size does not state it",
             .source = "Assumption: host_share"});
  }
  void operator()(workload::BatchTrainingParams& params) const {
    Host(params.host);
    v.Field("gpus_per_replica", params.gpus_per_replica, Whole<uint16_t>(),
            {.min = 1,
             .max = fleet::kMaxGpusPerNode,
             .doc = "GPUs that one replica holds at most; a larger job is a gang of them",
             .source = "the eight-GPU servers of the acme-summary, philly and helios data"});
    VisitCheckpoints(v, params.checkpoint_interval, "Assumption: training_checkpoint");
  }
  void operator()(workload::SweepParams& params) const {
    Host(params.host);
    VisitDistribution(v,
                      {.key = "trials",
                       .doc = "trials (tasks) of a sweep, to the nearest whole number",
                       .source = "Assumption: sweep_trials"},
                      NumberCodec(), 1, 4095, params.trials);
    v.Time("first_rung", params.first_rung,
           {.min = Duration::Seconds(1),
            .max = Duration::Hours(24 * 30),
            .doc = "run time of a trial until it first saves its state",
            .source = "Assumption: sweep_first_rung"});
  }
  void operator()(workload::BatchInferenceParams& params) const {
    Host(params.host);
    v.Field("gpus_per_copy", params.gpus_per_copy, Whole<uint16_t>(),
            {.min = 1,
             .max = fleet::kMaxGpusPerNode,
             .doc = "GPUs that hold one copy of the model; every copy is a replica"});
    v.Time("batch", params.batch,
           {.min = Duration::Millis(1),
            .max = Duration::Hours(24),
            .doc = "run time of one batch: the most that a stop can lose",
            .source = "Assumption: inference_batch"});
  }
  void operator()(workload::RenderingParams& params) const {
    Host(params.host);
    VisitDistribution(v,
                      {.key = "frames",
                       .doc = "frames of a film or shot, to the nearest whole number",
                       .source = "Assumption: render_frames"},
                      NumberCodec(), 1, 1e6, params.frames);
    v.Field("frames_per_task", params.frames_per_task, Whole<uint32_t>(),
            {.min = 1, .max = 1'000'000, .doc = "frames of one task, after one scene load"});
    v.Time("scene_load", params.scene_load,
           {.min = Duration(),
            .max = Duration::Hours(24),
            .doc = "time to load the scene at the start of every attempt",
            .source = "Assumption: scene_load"});
    v.Field("frame_sigma", params.frame_sigma, NumberCodec(),
            {.min = 0.0,
             .max = 5.0,
             .doc = "spread of the frames of one film: sigma of a log-normal with mean 1",
             .source = "Assumption: frame_spread"});
  }
  void operator()(workload::InteractiveParams& params) const {
    Host(params.host);
    VisitDistribution(v,
                      {.key = "max_wait",
                       .doc = "how long a user waits for the session to start",
                       .source = "Assumption: interactive_patience"},
                      SecondsCodec(), 0, kTenYearsS, params.max_wait);
  }
  void operator()(workload::TuningParams& params) const {
    Host(params.host);
    VisitDistribution(v,
                      {.key = "trials",
                       .doc = "trials (tasks) of a search, to the nearest whole number",
                       .source = "Assumption: tuning_trials"},
                      NumberCodec(), 1, 4095, params.trials);
    v.Time("first_rung", params.first_rung,
           {.min = Duration::Seconds(1),
            .max = Duration::Hours(24 * 30),
            .doc = "run time of a trial until it is judged first; then at every 4 times that",
            .source = "Assumption: tuning_first_rung"});
  }
  void operator()(workload::ReinforcementLearningParams& params) const {
    Host(params.host);
    v.Time("warm_up", params.warm_up,
           {.min = Duration(),
            .max = Duration::Hours(24),
            .doc = "time at the start of every attempt in which the replay buffer fills",
            .source = "Assumption: rl_warm_up"});
    VisitCheckpoints(v, params.checkpoint_interval, "Assumption: rl_checkpoint");
  }
  void operator()(workload::RayClusterParams& params) const {
    Host(params.host);
    v.Field("gpus_per_node", params.gpus_per_node, Whole<uint16_t>(),
            {.min = 1,
             .max = fleet::kMaxGpusPerNode,
             .doc = "GPUs of the head and of each worker",
             .source = "Assumption: ray_worker"});
    v.Time("start_up", params.start_up,
           {.min = Duration(),
            .max = Duration::Hours(24),
            .doc = "time at the start of every attempt until the workers have joined the head",
            .source = "Assumption: ray_start_up"});
    v.Time("task", params.task,
           {.min = Duration::Millis(1),
            .max = Duration::Hours(24),
            .doc = "run time of one task: the most that a stop can lose",
            .source = "Assumption: ray_task"});
  }
  void operator()(workload::InferenceEndpointParams& params) const { Host(params.host); }

  void FrameTimes(Duration& frame, Duration& encode, Duration& client, Duration& budget,
                  std::string_view frame_source, std::string_view budget_source) const {
    const Duration most = Duration::Seconds(10);
    v.Time("frame_time", frame,
           {.min = Duration(),
            .max = most,
            .doc = "rendering of a frame (at 1080p) on the whole reference GPU; what it takes of a "
                   "second is the share of a GPU that a job holds, where a size states none",
            .source = frame_source});
    v.Time("encode", encode,
           {.min = Duration(),
            .max = most,
            .doc = "encoding of a frame (at 1080p) for one viewer",
            .source = "Assumption: frame_encode"});
    v.Time("client", client,
           {.min = Duration(),
            .max = most,
            .doc = "a viewer's last mile (round trip), decoding and display",
            .source = "Assumption: frame_client"});
    v.Time("latency_budget", budget,
           {.min = Duration(),
            .max = most,
            .doc = "from an input to its picture at most: the service level",
            .source = budget_source});
  }
  void Rate(double& fps) const {
    v.Field(
        "fps", fps, NumberCodec(),
        {.min = 1.0, .max = 1000.0, .doc = "frames a second", .source = "as most services offer"});
  }
  void Patience(workload::Distribution& max_wait) const {
    VisitDistribution(v,
                      {.key = "max_wait",
                       .doc = "how long users wait for the start",
                       .source = "Assumption: gaming_patience"},
                      SecondsCodec(), 0, kTenYearsS, max_wait);
  }
  void operator()(workload::CloudGamingParams& params) const {
    using workload::Resolution;
    static const WordCodec<Resolution> resolutions({{"720p", Resolution::k720p},
                                                    {"1080p", Resolution::k1080p},
                                                    {"1440p", Resolution::k1440p},
                                                    {"2160p", Resolution::k2160p}});
    Host(params.host);
    v.Field("resolution", params.resolution, resolutions,
            {.doc = "pixels of a frame; rendering and encoding take time in proportion",
             .source = "Assumption: frame_by_pixels"});
    Rate(params.fps);
    FrameTimes(params.frame_time, params.encode, params.client, params.budget,
               "Assumption: game_frame", "Claypool and Claypool 2010: first-person games");
    Patience(params.max_wait);
  }
  void operator()(workload::PixelStreamingParams& params) const {
    Host(params.host);
    VisitDistribution(v,
                      {.key = "viewers",
                       .doc = "viewers of one event, to the nearest whole number",
                       .source = "Assumption: stream_viewers"},
                      NumberCodec(), 1, 1e6, params.viewers);
    v.Field("viewers_per_instance", params.viewers_per_instance, Whole<uint32_t>(),
            {.min = 1,
             .max = 1000,
             .doc = "viewers who share an instance and its view",
             .source = "Assumption: stream_instance"});
    v.Field("encode_sessions", params.encode_sessions, Whole<uint32_t>(),
            {.min = 1,
             .max = 1000,
             .doc = "streams that the encoders of one GPU serve at once; an instance holds that "
                    "share of a GPU at least",
             .source = "NVIDIA, Video Encode and Decode GPU Support Matrix: GeForce, since 2024"});
    Rate(params.fps);
    FrameTimes(params.frame_time, params.encode, params.client, params.budget,
               "Assumption: stream_frame", "Assumption: stream_budget");
    v.Time("load", params.load,
           {.min = Duration(),
            .max = Duration::Hours(24),
            .doc = "time at the start of every attempt until the scene is loaded",
            .source = "Assumption: stream_load"});
    Patience(params.max_wait);
  }
};

void VisitSize(Visitor& v, workload::SizeRow& size) {
  v.Field("gpus", size.gpus, Whole<uint32_t>(),
          {.min = 0,
           .max = 1'000'000,
           .doc = "GPUs of the whole job (of one task of a bag); 0: a CPU job",
           .required = true});
  v.Field("weight", size.weight, NumberCodec(),
          {.min = 0.0, .max = 1e9, .doc = "relative to the other sizes"});
  v.Field("gpu_share", size.gpu_milli, GpuShareCodec(),
          {.min = 1, .max = 1000, .doc = "share of the GPU; below 1 only with gpus: 1"});
  v.Field("replicas", size.replicas, Whole<uint32_t>(),
          {.min = 0,
           .max = 1'000'000,
           .none = 0,
           .none_means = "the class decides from `gpus`",
           .doc = "replicas of the gang; must divide `gpus`"});
  v.OptionalField("cpu", size.cpu_milli, CoresCodec(),
                  {.min = 0,
                   .max = kMaxCoresMilli,
                   .none_means = "the share that comes with the GPUs",
                   .doc = "CPU cores of one replica"});
  v.OptionalField("memory", size.memory_mib, MemoryCodec(),
                  {.min = 0,
                   .max = kMaxMemoryMib,
                   .none_means = "the share that comes with the GPUs",
                   .doc = "memory of one replica"});
  VisitOptionalDistribution(
      v, {.key = "duration", .doc = "run time of jobs of this size; default: the population's"},
      SecondsCodec(), 0, kTenYearsS, size.duration);
}

// A share of the jobs has it, and a distribution says how much of it.
void VisitProbability(Visitor& v, double& probability, std::string_view doc) {
  v.Field("probability", probability, ShareCodec(), {.min = 0.0, .max = 1.0, .doc = doc});
}

void VisitTerms(Visitor& v, Population& population) {
  v.Group({.key = "estimate", .doc = "what users say of run times"}, [&] {
    VisitDistribution(v, {.key = "factor", .doc = "estimate / true run time"}, NumberCodec(), 0,
                      1e6, population.estimate.factor);
    v.Field("limit_factor", population.estimate.limit_factor, NumberCodec(),
            {.min = 0.0,
             .max = 1e6,
             .above_min = true,
             .none = 0.0,
             .none_means = "no limits",
             .doc = "limit / estimate"});
  });
  v.Group({.key = "deadline", .doc = "deadlines"}, [&] {
    VisitProbability(v, population.deadline.probability, "share of the jobs that have one");
    VisitDistribution(v, {.key = "slack", .doc = "(deadline - submit) / true run time"},
                      NumberCodec(), 0, 1e6, population.deadline.slack);
  });
  v.Group({.key = "budget", .doc = "budgets: price × whole GPUs × estimate × factor"}, [&] {
    VisitProbability(v, population.budget.probability, "share of the jobs that have one");
    v.Field("price", population.budget.price, PriceCodec(),
            {.min = UsdPerHour(),
             .max = UsdPerHour::FromDollars(1e6),
             .doc = "what a user thinks a whole GPU costs"});
    VisitDistribution(v, {.key = "factor", .doc = "willingness beyond that"}, NumberCodec(), 0, 1e6,
                      population.budget.factor);
  });
}

}  // namespace

void VisitCheckpoints(Visitor& v, Duration& interval, std::string_view source) {
  v.Time("checkpoint_interval", interval,
         {.min = Duration(),
          .max = Duration::Hours(24 * 30),
          .none = Duration::Max(),
          .none_means = "no checkpoints: a stop loses everything",
          .doc = "time between checkpoints; 0s: a stop loses nothing",
          .source = source});
}

void VisitPopulation(Visitor& v, Population& population) {
  v.Field("name", population.name, TextCodec(), {.doc = "name of the population"});
  v.Field("weight", population.weight, NumberCodec(),
          {.min = 0.0, .max = 1e9, .doc = "share of arrivals, relative to the others"});
  std::vector<ChoiceSpec::Alternative> classes;
  for (int i = 0; i < kJobClasses; ++i) {
    classes.push_back({JobClassName(static_cast<JobClass>(i)), "", ""});
  }
  v.Choice({.key = "class", .doc = "job class"}, {.tag = "class", .alternatives = classes},
           population.job_class, VisitClass{v});
  v.List({.key = "sizes", .doc = "the mix of sizes"}, population.sizes, {.min = 1, .max = 1000},
         [&](workload::SizeRow& size) {
           v.Group({}, {.shorthand = "gpus"}, [&] { VisitSize(v, size); });
         });
  VisitDistribution(
      v,
      {.key = "duration",
       .doc = "run time on `reference_gpu`: of a job, a trial, a frame, or a session"},
      SecondsCodec(), 0, kTenYearsS, population.duration);
  v.Field("reference_gpu", population.reference_gpu, GpuCodec(v.names()),
          {.none = GpuModelId::None(),
           .none_means = "jobs run at the same speed on every GPU",
           .doc = "the GPU on which run times are stated"});
  const JobTypeCodec type_codec(v.names());
  CodecWeights<workload::TypeShare, JobTypeId> types(&population.types, &workload::TypeShare::type,
                                                     type_codec);
  v.OnWeights({.key = "types",
               .doc = "job types of the throughput table, by weight; default: the speed comes from "
                      "the roofline of the class"},
              types);
  v.List({.key = "requirements",
          .doc = "requirements of some of the jobs; at most one row holds "
                 "for a job"},
         population.requirements, {.max = 100}, [&](workload::RequirementTemplate& row) {
           v.Group({}, [&] {
             v.Field("probability", row.probability, ShareCodec(),
                     {.min = 0.0, .max = 1.0, .doc = "share of the jobs", .required = true});
             VisitRequirements(v, row.requirements);
           });
         });
  CodecWeights<workload::PriorityShare, int32_t> priorities(
      &population.priorities, &workload::PriorityShare::priority, Whole<int32_t>());
  v.OnWeights({.key = "priorities",
               .doc = "priorities by weight, higher is more urgent; default: "
                      "0 for all"},
              priorities);
  VisitTerms(v, population);
  VisitData(v, population.data);
}

}  // namespace orrery::scenario
