#include "sim/scenario/visit.h"

namespace orrery::scenario {
namespace {

void VisitRoles(Visitor& v, Scheduler& scheduler) {
  VisitPolicy(v, {.key = "order", .doc = "whose turn it is"}, "order", "an order policy", false,
              scheduler.order);
  VisitPolicy(v, {.key = "place", .doc = "where a job goes"}, "place", "a place policy", false,
              scheduler.place);
  VisitPolicy(v,
              {.key = "allocate",
               .doc = "shares for all jobs at once, in rounds; takes the place of backfill, "
                      "preempt and rebalance"},
              "allocate", "an allocate policy", true, scheduler.allocate);
  const bool rounds = scheduler.allocate.policy != "none";
  v.OnUnless("allocate: none", !rounds, [&] {
    v.Time("round", scheduler.round,
           {.min = Duration::Seconds(1),
            .max = Duration::Hours(24),
            .doc = "length of a round of `allocate`",
            .source = "Narayanan et al. 2020 (Gavel): rounds of 6 minutes"});
  });
  v.OnUnless("allocate", rounds, [&] {
    VisitPolicy(v, {.key = "backfill", .doc = "which jobs may pass a head that does not fit"},
                "backfill", "a backfill policy", true, scheduler.backfill);
    VisitPolicy(v, {.key = "preempt", .doc = "whom to stop so that a waiting job can run"},
                "preempt", "a preempt policy", true, scheduler.preempt);
    VisitPolicy(v, {.key = "rebalance", .doc = "which running jobs move to other nodes"},
                "rebalance", "a rebalance policy", true, scheduler.rebalance);
  });
  VisitPolicy(v, {.key = "market", .doc = "what a job pays"}, "market", "a market policy", false,
              scheduler.market);
}

}  // namespace

void VisitPolicy(Visitor& v, const Info& info, const std::string& role, const std::string& noun,
                 bool may_be_none, PolicyChoice& choice) {
  v.Group(info, {.shorthand = "policy"}, [&] {
    v.OnRegistered({.key = "policy", .doc = info.doc}, PolicyRole(role, noun, may_be_none),
                   choice.policy, choice.parameters);
  });
}

void VisitScheduler(Visitor& v, Scheduler& scheduler) {
  v.Group({.key = "trigger", .doc = "when decisions are made; at least one of the two"}, [&] {
    v.Flag("each_event", scheduler.trigger.each_event,
           {.doc = "after every arrival, end and change of a node"});
    v.Time("every", scheduler.trigger.every,
           {.min = Duration::Millis(1),
            .max = Duration::Hours(24),
            .none = Duration(),
            .none_means = "no timer",
            .doc = "at regular times"});
  });
  static const WordCodec<Blocking> blocking(
      {{"strict", Blocking::kStrict}, {"skip", Blocking::kSkip}});
  v.Field("blocking", scheduler.blocking, blocking,
          {.doc = "whether a head of the queue that does not fit stops the jobs behind it (strict) "
                  "or every job that fits may pass (skip); skip goes with backfill: none and "
                  "allocate: none alone, as those policies say themselves who may pass"});
  static const WordCodec<TieRule> ties({{"lowest_id", TieRule::kLowestId},
                                        {"random", TieRule::kRandom},
                                        {"most_reliable", TieRule::kMostReliable}});
  v.Field("ties", scheduler.ties, ties, {.doc = "the rule for every choice among equals"});
  v.Field("queue_limit", scheduler.queue_limit, Whole<uint64_t>(),
          {.min = uint64_t{0},
           .max = kMostQueued,
           .none = UINT64_MAX,
           .none_means = "any number may wait",
           .doc = "most jobs that may wait; one that would have to wait beyond is rejected"});
  v.Flag("oracle", scheduler.oracle,
         {.doc = "policies see the truth (remaining work, dead nodes) instead of reports and "
                 "estimates"});
  VisitRoles(v, scheduler);
  v.Field("retries", scheduler.retries, Whole<uint32_t>(),
          {.min = uint32_t{0},
           .max = uint32_t{10'000},
           .none = UINT32_MAX,
           .none_means = "a job is tried again for ever",
           .doc = "how often a job whose attempt failed, or failed to start, is tried again",
           .source = "Kubernetes Job, backoffLimit: 6"});
  v.Group({.key = "delays", .doc = "time that the back end takes in the model"}, [&] {
    Delays& delays = scheduler.delays;
    const Duration most = Duration::Hours(24);
    v.Time("start", delays.start,
           {.min = Duration(), .max = most, .doc = "from the decision to start until a job runs"});
    v.Time("stop", delays.stop,
           {.min = Duration(),
            .max = most,
            .doc = "from the decision to stop until a job's nodes are free"});
    v.Time("decide", delays.decide,
           {.min = Duration(),
            .max = most,
            .doc = "compute time of a decision: it takes effect so much later"});
  });
}

void VisitOutputs(Visitor& v, Outputs& outputs) {
  v.Field("file", outputs.file, TextCodec(),
          {.none = std::string(),
           .none_means = "nothing but the summary",
           .doc = "the HDF5 file with the results, relative to the current folder"});
  static const WordCodec<Outputs::Jobs> jobs({{"all", Outputs::Jobs::kAll},
                                              {"sample", Outputs::Jobs::kSample},
                                              {"aggregate", Outputs::Jobs::kAggregate}});
  v.Field("jobs", outputs.jobs, jobs,
          {.doc = "which jobs get a row: all, a sample, or none (the summary counts all of them)"});
  const bool sample = outputs.jobs == Outputs::Jobs::kSample;
  v.OnUnless(outputs.jobs == Outputs::Jobs::kAll ? "jobs: all" : "jobs: aggregate", !sample, [&] {
    v.Field("sample_fraction", outputs.sample_fraction, ShareCodec(),
            {.min = 0.0,
             .max = 1.0,
             .above_min = true,
             .doc = "share of the jobs that get a row with `jobs: sample`"});
  });
  v.Flag("attempts", outputs.attempts, {.doc = "a row for each attempt of those jobs"});
  v.Time("timeseries", outputs.timeseries,
         {.min = Duration::Millis(1),
          .max = Duration::Hours(24 * 365),
          .none = Duration(),
          .none_means = "no time series",
          .doc = "simulated time between rows of the time series"});
  v.Time("flush", outputs.flush,
         {.min = Duration::Millis(100),
          .max = Duration::Hours(1),
          .doc = "wall-clock time after which rows have reached the disk"});
}

}  // namespace orrery::scenario
