#include "models/workload/serving/request_trace.h"
#include "sim/scenario/item_lists.h"
#include "sim/scenario/visit.h"

namespace orrery::scenario {
namespace {

const Codec<std::string>& LlmCodec() {
  static const WordCodec<std::string> codec([] {
    std::vector<std::pair<std::string, std::string>> words;
    for (const workload::LlmPreset& preset : workload::LlmPresets()) {
      words.emplace_back(preset.name, preset.name);
    }
    return words;
  }());
  return codec;
}

void VisitModel(Visitor& v, ServedModel& model) {
  v.Field("preset", model.preset, LlmCodec(),
          {.doc = "a published model; other keys replace its figures",
           .source = "Llama Team 2024, table 3; Jiang et al. 2023, table 1"});
  if (!model.filled) {
    model.figures = workload::FindLlm(model.preset)->model;
    model.filled = true;
  }
  workload::LlmModel& figures = model.figures;
  v.Field("parameters", figures.parameters_b, NumberCodec(),
          {.min = 0.001, .max = 10'000.0, .doc = "parameters, in billions"});
  v.Field("layers", figures.layers, Whole<uint32_t>(), {.min = 1, .max = 10'000, .doc = "layers"});
  v.Field("width", figures.width, Whole<uint32_t>(),
          {.min = 1, .max = 1'000'000, .doc = "numbers that stand for a token between layers"});
  v.Field("kv_width", figures.kv_width, Whole<uint32_t>(),
          {.min = 1,
           .max = 1'000'000,
           .doc = "numbers of a token's keys in a layer (heads of keys and values x width of one), "
                  "and of its values"});
  v.Field("weight_bits", figures.weight_bits, Whole<uint32_t>(),
          {.min = 1, .max = 64, .doc = "bits of a weight"});
  v.Field("kv_bits", figures.kv_bits, Whole<uint32_t>(),
          {.min = 1, .max = 64, .doc = "bits of a number of keys and values"});
}

void VisitServing(Visitor& v, workload::ServingParams& serving) {
  v.Field("prefill_efficiency", serving.prefill_efficiency, ShareCodec(),
          {.min = 0.001,
           .max = 1.0,
           .doc = "share of the GPUs' dense fp16 peak that reading prompts reaches",
           .source = "Assumption: prefill_efficiency"});
  v.Field("decode_efficiency", serving.decode_efficiency, ShareCodec(),
          {.min = 0.001,
           .max = 1.0,
           .doc = "share of the GPUs' memory bandwidth that writing tokens reaches",
           .source = "Assumption: decode_efficiency"});
  v.Field("step_overhead", serving.step_overhead_s, SecondsCodec(),
          {.min = 0.0,
           .max = 10.0,
           .doc = "time of every step beside that",
           .source = "Assumption: step_overhead"});
  v.Field("memory_use", serving.memory_use, ShareCodec(),
          {.min = 0.01,
           .max = 1.0,
           .doc = "share of the GPUs' memory for weights, keys and values",
           .source = "vLLM, gpu_memory_utilization"});
  v.Field("max_batch", serving.max_batch, Whole<uint32_t>(),
          {.min = 1,
           .max = 100'000,
           .doc = "most requests in a batch",
           .source = "vLLM, max_num_seqs"});
  v.Field("prefill_tokens", serving.prefill_tokens, Whole<uint32_t>(),
          {.min = 1,
           .max = 10'000'000,
           .doc = "most prompt tokens that one step reads; a longer prompt is read alone",
           .source = "vLLM, max_num_batched_tokens"});
  v.Flag("prefix_cache", serving.prefix_cache,
         {.doc = "whether replicas keep the keys and values of prompts in the room that is left, "
                 "with level: full",
          .source = "vLLM, enable_prefix_caching"});
}

const Codec<std::string>& RequestFormatCodec() {
  static const WordCodec<std::string> codec([] {
    std::vector<std::pair<std::string, std::string>> words;
    for (const workload::RequestFormat& format : workload::RequestFormats()) {
      words.emplace_back(format.name, format.name);
    }
    return words;
  }());
  return codec;
}

void VisitTrace(Visitor& v, RequestTrace& trace) {
  v.Field("format", trace.format, RequestFormatCodec(),
          {.doc = "format of the trace (docs/models/services.md)", .required = true});
  v.Path("dir", trace.dir, {.doc = "folder of the file", .required = true});
  v.Field("file", trace.file, TextCodec(), {.doc = "the trace, plain or gzip", .required = true});
  v.Time("skip", trace.skip,
         {.min = Duration(),
          .max = Duration::Hours(24 * 36'500),
          .doc = "the run begins so long after the trace does"});
}

void VisitPrefix(Visitor& v, workload::PrefixParams& prefix) {
  v.Field("share", prefix.share, ShareCodec(),
          {.min = 0.0, .max = 1.0, .doc = "share of the requests that begin with one of them"});
  v.Field("count", prefix.count, Whole<uint32_t>(),
          {.min = 1,
           .max = 1'000'000,
           .doc = "different beginnings",
           .source = "Assumption: prefix_count"});
  v.Field("zipf_exponent", prefix.zipf_exponent, NumberCodec(),
          {.min = 0.0,
           .max = 10.0,
           .doc = "the k-th one begins requests in proportion to k^-exponent",
           .source = "Assumption: prefix_zipf"});
  v.Field("tokens", prefix.tokens, Whole<uint32_t>(),
          {.min = 1,
           .max = 8'000'000,
           .doc = "tokens of a beginning, which come before the rest of the prompt",
           .source = "Assumption: prefix_tokens"});
}

void VisitRequests(Visitor& v, Service& service) {
  workload::RequestParams& requests = service.requests;
  v.Optional({.key = "trace", .doc = "requests of a recorded trace"}, service.trace,
             [&](RequestTrace& trace) { VisitTrace(v, trace); });
  v.OnUnless("trace", service.trace.has_value(), [&] {
    v.Group({.key = "arrivals", .doc = "when requests arrive, those of all clients together"},
            [&] { VisitArrivals(v, requests.arrivals); });
    v.Group({.key = "prefix", .doc = "prompts that begin alike, for caches"},
            {.shorthand = "share"}, [&] { VisitPrefix(v, requests.prefix); });
  });
  const RegionCodec region_codec(v.names());
  CodecWeights<workload::RegionShare, RegionId> clients(
      &requests.clients, &workload::RegionShare::region, region_codec);
  v.OnWeights({.key = "clients",
               .doc = "where clients are, by weight; default: every region of the scenario alike"},
              clients);
  VisitDistribution(v,
                    {.key = "prompt",
                     .doc = "tokens of a prompt, to the nearest whole number",
                     .source = "quantiles of azure-llm-2023 (Patel et al. 2024)"},
                    NumberCodec(), 0, 1e7, requests.prompt);
  VisitDistribution(v,
                    {.key = "output",
                     .doc = "tokens of an answer, to the nearest whole number",
                     .source = "quantiles of azure-llm-2023 (Patel et al. 2024)"},
                    NumberCodec(), 0, 1e7, requests.output);
}

void VisitReplicas(Visitor& v, Service& service) {
  v.Field("gpus", service.gpus, Whole<uint16_t>(),
          {.min = 1,
           .max = fleet::kMaxGpusPerNode,
           .doc = "GPUs of a replica, all on one node; they share every matrix"});
  v.Field("cpu_per_gpu", service.host.cpu_milli_per_gpu, CoresCodec(),
          {.min = 0,
           .max = 1'000'000,
           .doc = "CPU cores that come with each GPU",
           .source = "Assumption: host_share"});
  v.Field("memory_per_gpu", service.host.memory_mib_per_gpu, MemoryCodec(),
          {.min = 0,
           .max = uint32_t{16} << 20,
           .doc = "memory that comes with each GPU",
           .source = "Assumption: host_share"});
  v.Group({.key = "requirements", .doc = "what the node of a replica must be like"},
          [&] { VisitRequirements(v, service.requirements); });
  v.Field("min", service.min_replicas, Whole<uint32_t>(),
          {.min = 0, .max = kMostReplicas, .doc = "fewest replicas"});
  v.Field("max", service.max_replicas, Whole<uint32_t>(),
          {.min = 1, .max = kMostReplicas, .doc = "most replicas"});
  v.Optional({.key = "cold_start",
              .doc = "time from getting the GPUs to the first request, log-normal; default: by GPU",
              .source = "RTX 4090: mean 32 s, p95 58 s; H100: mean 52 s, p95 95 s; others: "
                        "Assumption: cold_start_by_memory"},
             service.cold_start, [&](workload::ColdStart& start) {
               v.Time("mean", start.mean,
                      {.min = Duration::Millis(1),
                       .max = Duration::Hours(24),
                       .doc = "mean",
                       .required = true});
               v.Time("p95", start.p95,
                      {.min = Duration::Millis(1),
                       .max = Duration::Hours(24 * 4),
                       .doc = "95th percentile, 1 to 3.8 times the mean",
                       .required = true});
             });
}

void VisitObjective(Visitor& v, ServiceObjective& objective) {
  const Spec<Duration> spec = {.min = Duration::Micros(1),
                               .max = Duration::Hours(24),
                               .none = Duration::Max(),
                               .none_means = "no bound",
                               .source = "MLPerf Inference 4.0, llama2-70b, server"};
  Spec<Duration> first = spec, between = spec;
  first.doc = "time to first token at most this, from sending the request to the token's arrival";
  between.doc = "time between tokens at most this, the mean over a request's tokens";
  v.Time("first_token", objective.first_token, first);
  v.Time("between_tokens", objective.between_tokens, between);
}

}  // namespace

void VisitService(Visitor& v, Service& service) {
  v.Field("name", service.name, TextCodec(), {.doc = "name of the service, unique"});
  static const WordCodec<Service::Level> levels({{"off", Service::Level::kOff},
                                                 {"simple", Service::Level::kSimple},
                                                 {"full", Service::Level::kFull}});
  v.Field("level", service.level, levels,
          {.doc = "not there; rates over windows and a queueing formula for each replica; or every "
                  "request"});
  v.OnUnless("level: full", service.level == Service::Level::kFull, [&] {
    v.Time("window", service.window,
           {.min = Duration::Seconds(1),
            .max = Duration::Hours(24),
            .doc = "time over which `level: simple` takes the rate of requests as constant",
            .source = "Assumption: service_window"});
  });
  v.Group({.key = "model", .doc = "the language model that is served"}, {.shorthand = "preset"},
          [&] { VisitModel(v, service.model); });
  v.Group({.key = "serving", .doc = "how well a replica uses its GPUs"},
          [&] { VisitServing(v, service.serving); });
  v.Group({.key = "requests", .doc = "who asks, when and how much"},
          [&] { VisitRequests(v, service); });
  v.Field("context", service.context, Whole<uint32_t>(),
          {.min = 2,
           .max = 100'000'000,
           .doc = "most tokens of a request, prompt and answer together; longer ones are refused",
           .source = "Assumption: service_context"});
  v.Group({.key = "replicas", .doc = "the jobs that serve"}, [&] { VisitReplicas(v, service); });
  VisitPolicy(v, {.key = "autoscale", .doc = "how many replicas there are"}, "autoscale",
              "an autoscale policy", false, service.autoscale);
  v.Time("scale_every", service.scale_interval,
         {.min = Duration::Seconds(1),
          .max = Duration::Hours(24),
          .doc = "how often the autoscale policy is asked",
          .source = "Kubernetes, horizontal-pod-autoscaler-sync-period"});
  VisitPolicy(v, {.key = "route", .doc = "which replica a request goes to"}, "route",
              "a route policy", false, service.route);
  v.Group({.key = "slo", .doc = "what a request is to get"},
          [&] { VisitObjective(v, service.objective); });
  v.Field("gateway_queue", service.gateway_queue, Whole<uint32_t>(),
          {.min = 0,
           .max = kMostAtGateway,
           .doc = "requests that wait at the gateway while no replica is ready; more are refused",
           .source = "Assumption: gateway_queue"});
  v.Field("retries", service.retries, Whole<uint32_t>(),
          {.min = 0,
           .max = 100,
           .doc = "how often a request that failed with its replica is sent to another",
           .source = "Envoy, num_retries: 1"});
  v.Field("user", service.user.value, Whole<uint32_t>(),
          {.min = 0, .max = workload::kMaxUsers, .doc = "number of the user who pays"});
  v.Field("priority", service.priority, Whole<int32_t>(),
          {.min = -1'000'000,
           .max = 1'000'000,
           .doc = "priority of replicas among jobs; higher is more urgent"});
}

}  // namespace orrery::scenario
