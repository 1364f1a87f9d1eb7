#include "sim/scenario/visit.h"

namespace orrery::scenario {
namespace {

constexpr Duration kLongest = Duration::Hours(24 * 36'500);

struct VisitLevel {
  Visitor& v;

  void operator()(failure::NoFailures&) const {}

  void operator()(failure::SimpleFailures& p) const {
    v.Time("mtbf", p.mtbf,
           {.min = Duration::Seconds(1),
            .max = kLongest,
            .doc = "mean time to failure of a node",
            .source = "Kokolis et al. 2025 (RSC-1): 6.5 failures per 1000 node-days"});
    v.Time("mttr", p.mttr,
           {.min = Duration::Seconds(1),
            .max = kLongest,
            .doc = "mean time to repair of a node",
            .source = "LANL failure data (Schroeder and Gibson 2006): mean repair"});
  }

  void operator()(failure::ReplayedFailures& p) const { VisitReplay(v, p.replay); }

  void operator()(failure::FullFailures& p) const {
    v.Time("gpu_mtbf", p.gpu_mtbf,
           {.min = Duration::Seconds(1),
            .max = kLongest,
            .doc = "mean time to failure of one GPU with its part of the node; a node with eight "
                   "fails eight times as often",
            .source = "Kokolis et al. 2025 (RSC-1): 6.5 failures per 1000 days of eight GPUs"});
    v.Time("cpu_node_mtbf", p.cpu_node_mtbf,
           {.min = Duration::Seconds(1),
            .max = kLongest,
            .doc = "mean time to failure of a node without GPUs",
            .source = "LANL failure data (Schroeder and Gibson 2006)"});
    v.Field("shape", p.shape, NumberCodec(),
            {.min = 0.1,
             .max = 10.0,
             .doc = "shape of the Weibull law of times to failure; 1: exponential",
             .source = "fitted on the LANL failure data (docs/models/failures.md)"});
    v.Group({.key = "repair", .doc = "time to repair, log-normal"}, [&] {
      v.Time("median", p.repair_median,
             {.min = Duration::Seconds(1),
              .max = kLongest,
              .doc = "median",
              .source = "fitted on the LANL failure data (docs/models/failures.md)"});
      v.Field("sigma", p.repair_sigma, NumberCodec(),
              {.min = 0.0,
               .max = 3.0,
               .doc = "standard deviation of the logarithm",
               .source = "fitted on the LANL failure data (docs/models/failures.md)"});
    });
    v.Group({.key = "region_outage",
             .doc = "all nodes of a region gone at once, with network: full its relay and its data "
                    "store, too"},
            [&] { VisitOutage("regions", "Assumption: region_outage", p.region_outage); });
    v.Group({.key = "provider_outage",
             .doc = "all nodes of an owner gone at once; of owners with two nodes or more"},
            [&] { VisitOutage("providers", "Assumption: provider_outage", p.provider_outage); });
    v.Time("gpu_error_mtbf", p.gpu_error_mtbf,
           {.min = Duration::Seconds(1),
            .max = kLongest,
            .none = Duration::Max(),
            .none_means = "GPUs have no errors",
            .doc = "mean time between errors of one GPU that end what runs on it, but leave it and "
                   "its node in service",
            .source = "Cui et al. 2025 (Delta): uncorrectable memory errors of A100"});
    v.Field("job_rate", p.job_rate_per_gpu_h, PerHourCodec(),
            {.min = 0.0,
             .max = 1e6,
             .doc = "failures of a running job by its own software, for each of its GPUs",
             .source = "Kokolis et al. 2025: interruptions of 1024-GPU jobs less node failures and "
                       "errors of GPUs"});
  }

  void VisitOutage(std::string_view whose, std::string_view source, failure::Outage& outage) const {
    v.Time("mtbf", outage.mtbf,
           {.min = Duration::Seconds(1),
            .max = kLongest,
            .none = Duration::Max(),
            .none_means = std::string(whose) + " have no outages",
            .doc = "mean time between outages of each (exponential)",
            .source = source});
    v.Time("median", outage.median,
           {.min = Duration::Seconds(1),
            .max = kLongest,
            .doc = "median length of an outage (log-normal)",
            .source = source});
    v.Field("sigma", outage.sigma, NumberCodec(),
            {.min = 0.0,
             .max = 3.0,
             .doc = "standard deviation of the logarithm of the length",
             .source = source});
  }
};

void VisitBlacklist(Visitor& v, Blacklist& list) {
  v.Field("failures", list.failures, Whole<uint32_t>(),
          {.min = uint32_t{1},
           .max = uint32_t{1000},
           .doc = "so many are too many",
           .source = "Apache Spark, excludeOnFailure.application.maxFailedTasksPerExecutor: 2"});
  v.Time("within", list.within,
         {.min = Duration::Seconds(1),
          .max = kLongest,
          .doc = "in so short a time",
          .source = "Assumption: blacklist_day"});
  v.Time("for", list.length,
         {.min = Duration::Seconds(1),
          .max = kLongest,
          .doc = "how long the node is left alone",
          .source = "Assumption: blacklist_day"});
}

}  // namespace

void VisitFailures(Visitor& v, Failures& failures) {
  v.Choice({.key = "level", .doc = "how much of it is modelled"},
           {.tag = "level",
            .alternatives = {{"off", "nothing ever fails"},
                             {"simple", "nodes fail one by one; exponential times"},
                             {"full",
                              "nodes fail by their GPUs, Weibull and log-normal times; outages of "
                              "regions and providers; errors of GPUs; failures of jobs"},
                             {"replay", "nodes go down and come back as machines of traces did"}}},
           failures.level, VisitLevel{v});
  v.Optional({.key = "blacklist",
              .doc = "a node on which the scheduler heard of so many failures is left alone for a "
                     "time"},
             failures.blacklist, [&](Blacklist& list) { VisitBlacklist(v, list); });
}

void VisitCheckpointing(Visitor& v, Checkpoints& checkpoints) {
  using Interval = Checkpoints::Interval;
  static const WordCodec<Interval> intervals(
      {{"of_job", Interval::kOfJob}, {"young_daly", Interval::kYoungDaly}});
  v.Field(
      "interval", checkpoints.interval, intervals,
      {.doc = "of_job: each job's own; young_daly: what makes its expected run time least, from "
              "the cost and the failures that its GPUs meet (Daly 2006); needs both"});
  failure::SaveCost& cost = checkpoints.cost;
  v.Group({.key = "cost",
           .doc = "time that a save takes, in which the job makes no progress: `fixed`, and its "
                  "size over `bandwidth`"},
          {.shorthand = "fixed"}, [&] {
            v.Time("fixed", cost.fixed,
                   {.min = Duration(),
                    .max = Duration::Hours(24),
                    .doc = "time of every save, whatever its size"});
            v.Field("bandwidth", cost.bandwidth_gbs, BandwidthCodec(),
                    {.min = 0.001f,
                     .max = 100'000.0f,
                     .none = 0.0f,
                     .none_means = "the size costs nothing",
                     .doc = "what each of the job's nodes writes its part at, to storage nearby"});
            v.Field("per_gpu", cost.bytes_per_gpu, BytesCodec(),
                    {.min = 0.0,
                     .max = 1e13,
                     .doc = "size of what is saved, for each GPU, of jobs whose `data` have no "
                            "`checkpoint` of their own",
                     .source = "BLOOM-176B (BigScience 2022): 2.3 TB with the optimizer's state, "
                               "on 384 GPUs"});
          });
}

void VisitDetection(Visitor& v, Detection& detection) {
  v.Time("health_check", detection.health_check,
         {.min = Duration::Millis(1),
          .max = Duration::Hours(24),
          .doc = "time between the health checks of a node; until the next one the scheduler "
                 "believes what it last heard",
          .source = "Assumption: health_check (one minute)"});
}

}  // namespace orrery::scenario
