// What a run came to, in some hundred numbers.
//
// Which jobs are measured. wait_s, jct_s, slowdown and bounded_slowdown are taken over the jobs
// that were submitted in [warm_up, horizon) and finished. The others are not ignored but counted:
// rejected, killed at their limit, failed, unfinished, replicas that a service released. A job that
// still waits for its first start when the run ends has waited at least until then:
// unfinished_wait_s is the distribution of these lower bounds. Everything else (jobs, gpu_hours,
// utilisation, makespan_s, …) covers the whole run.
//
// Of one job, with run the time that it ran and kept the progress (useful_ns):
//   wait             = start − submit, where start is the first time it ran
//   jct              = end − submit (job completion time)
//   slowdown         = jct / run; a job that ran for no time has none and is left out
//   bounded slowdown = max(1, jct / max(run, 10 s)) (Feitelson, Rudolph, Schwiegelshohn, Sevcik,
//   Wong:
//                      "Theory and Practice in Parallel Job Scheduling", JSSPP 1997, with τ = 10 s)
#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/base/time.h"
#include "sim/results/energy.h"
#include "sim/results/mining.h"
#include "sim/results/transfers.h"
#include "sim/results/trust.h"

namespace orrery::results {

inline constexpr Duration kSlowdownBound = Duration::Seconds(10);

// Stands for a figure that does not exist (the mean of nothing); null in JSON.
inline constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

// Quantiles are of type 7 (quantile.h).
struct Distribution {
  uint64_t count = 0;
  double mean = kNoValue;
  double p50 = kNoValue;
  double p90 = kNoValue;
  double p95 = kNoValue;
  double p99 = kNoValue;
  double max = kNoValue;
};

// Of a time series: the mean over time by the trapezoidal rule, the greatest and the last value.
struct SeriesFigures {
  double mean = kNoValue;
  double max = kNoValue;
  double last = kNoValue;
};

struct JobCounts {
  uint64_t submitted = 0;
  uint64_t finished = 0;
  uint64_t rejected = 0;
  uint64_t unfinished = 0;
  uint64_t killed = 0;
  uint64_t failed = 0;
  uint64_t preemptions = 0;
  uint64_t migrations = 0;
  // Of the jobs for which a service level was asked for and was due, or kept, before the run ended.
  uint64_t slo_met = 0;
  uint64_t slo_missed = 0;
  uint64_t released = 0;  // replicas that their service let go

  // kNoValue where nothing was asked for.
  double slo_attainment() const {
    const uint64_t due = slo_met + slo_missed;
    return due > 0 ? static_cast<double>(slo_met) / static_cast<double>(due) : kNoValue;
  }
};

// allocated = useful + lost + overhead, exactly before the conversion to hours.
struct GpuHours {
  double allocated = 0;
  double useful = 0;
  double lost = 0;
  double overhead = 0;
};

struct ClassFigures {
  std::string name;
  JobCounts jobs;
  GpuHours gpu_hours;
  double cost_usd = 0;
  Distribution wait_s;
  Distribution jct_s;
};

// Of an inference service. Requests are those sent in [warm_up, horizon); replicas count all the
// time.
struct ServiceFigures {
  std::string name;
  // requests = served + refused + failed + under_way.
  uint64_t requests = 0;
  uint64_t served = 0;
  uint64_t refused = 0;    // turned away at the gateway, or too long
  uint64_t failed = 0;     // lost with replicas, retries included
  uint64_t under_way = 0;  // when the run ended
  uint64_t retries = 0;    // sent to another replica
  Distribution ttft_s;     // of served requests: from sending it to the arrival of the first token
  Distribution tbt_s;      // and from there to the last one, over the tokens after the first
  // Served within both bounds, over all that were served, refused or failed.
  double slo_attainment = kNoValue;
  uint64_t output_tokens = 0;  // of served requests
  // Tokens found in replicas' caches, over those of all prompts that begin with known blocks.
  double cached_prompt_share = kNoValue;
  double replica_hours = 0;  // from taking the nodes to giving them back
  uint64_t cold_starts = 0;
  uint64_t replicas_lost = 0;  // with their nodes, or by a failure of their own
  double mean_cold_start_s = kNoValue;
  // Room that requests took up or waited for, over the room of ready replicas; mean over time.
  double utilisation = kNoValue;
  double busy = kNoValue;  // share of the time of ready replicas in which they computed

  // By where clients are; only regions with clients.
  struct OfClients {
    std::string name;
    uint64_t requests = 0;
    uint64_t served = 0;
    Distribution ttft_s;
    double slo_attainment = kNoValue;
  };
  std::vector<OfClients> per_region;
};

struct Summary {
  std::string scenario;
  std::string version;
  uint64_t seed = 0;
  uint32_t replicate = 0;
  bool complete = true;
  std::string partial_reason;

  JobCounts jobs;

  struct Measured {
    double warm_up_s = 0;
    double horizon_s = kNoValue;  // null: the run goes on until the last job is done
    uint64_t submitted = 0;       // jobs submitted in [warm_up, horizon)
    uint64_t finished = 0;        // of them, those that the distributions are about
    std::string rows = "all";     // outputs.jobs: all, sample, aggregate
    bool exact_quantiles = true;
    double quantile_relative_error = 0;  // bound on it where they are not exact
  } measured;

  Distribution wait_s;
  Distribution jct_s;
  Distribution slowdown;
  Distribution bounded_slowdown;
  Distribution unfinished_wait_s;

  double end_s = 0;  // simulated time reached
  // From the first submission to the last end of a job that ran.
  double makespan_s = kNoValue;

  // Allocated by jobs / present, both integrated over time.
  struct Utilisation {
    double gpu = kNoValue;
    double cpu = kNoValue;
    double memory = kNoValue;
  } utilisation;
  GpuHours gpu_hours;
  double cost_usd = 0;             // charged to all users
  SeriesFigures allocation_ratio;  // of GPUs, from /timeseries
  SeriesFigures fragmentation;     // from /timeseries

  std::vector<ClassFigures> per_class;  // of classes that have jobs, by class

  struct PerUser {
    uint64_t users = 0;  // who submitted a job
    // Jain's index of GPU-hours allocated, over these users.
    double jain_gpu_hours = kNoValue;
    // Jain's index of Σ run / Σ jct (the pace at which a user's jobs got on; 1: never kept
    // waiting), over the users with a measured finished job.
    double jain_pace = kNoValue;
  } per_user;

  // All zero, and without values, where nothing can fail.
  struct Failures {
    uint64_t nodes = 0;             // failures of single nodes
    uint64_t region_outages = 0;    // all nodes of a region at once
    uint64_t provider_outages = 0;  // all nodes of an owner at once
    uint64_t departures = 0;        // nodes that their owners took away
    uint64_t evictions = 0;         // attempts that this ended with notice; preemptions, too
    uint64_t attempts_lost = 0;     // attempts that ended because a node went down
    uint64_t gpu_errors = 0;        // attempts that an error of a GPU ended; its node stayed
    uint64_t job_failures = 0;      // attempts that ended by the job's own failure
    uint64_t failed_starts = 0;     // attempts on a node that was down, or went before the job ran
    uint64_t blacklistings = 0;     // times that a node was left alone: too much failed there
    uint64_t nodes_blacklisted = 0;
    double node_hours_blacklisted = 0;
    // Held by these attempts and of no use: progress since the last checkpoint, and time on nodes
    // that were down. Part of gpu_hours.lost.
    double gpu_hours_lost = 0;
    double gpu_hours_unnoticed = 0;      // of it, on nodes that were down before anybody looked
    double availability = kNoValue;      // share of the time that nodes are truly up, their mean
    double mean_detection_s = kNoValue;  // from going down to the health check that noticed
  } failures;

  struct Decisions {
    uint64_t made = 0;
    uint64_t refused = 0;
  } decisions;
  // Where energy is modelled.
  std::optional<EnergyFigures> energy;
  // Where owners mine.
  std::optional<MiningFigures> mining;
  // Where data move.
  std::optional<TransferFigures> transfers;
  // Where there are any; by name.
  std::vector<ServiceFigures> services;
  // Where trust is modelled.
  std::optional<TrustFigures> trust;
  // Of jobs that made pictures for people (JobRow::latency_us).
  struct Latency {
    uint64_t jobs = 0;
    uint64_t unbounded = 0;  // of them; mean and maximum are of the others
    double mean_ms = kNoValue;
    double max_ms = kNoValue;
  } latency;
  // These two depend on the machine; nothing else does.
  double policy_seconds = 0;
  double wall_seconds = 0;
  uint64_t events = 0;
  std::string trace_digest;
  std::string outcome_digest;
};

// Keys are the names above, in this order; per_class is an object by class. Stable: keys are added,
// not renamed.
nlohmann::ordered_json ToJson(const Summary& summary);

// The opposite. Keys that are missing keep their default, unknown ones are skipped: summaries of
// other versions can be read. Errors: a value of the wrong type, named; `place` is for the message.
Result<Summary> FromJson(const nlohmann::ordered_json& json, const std::string& place);

// Equal but for the figures that depend on the machine, policy_seconds and wall_seconds.
bool SameOutcome(const Summary& a, const Summary& b);

}  // namespace orrery::results
