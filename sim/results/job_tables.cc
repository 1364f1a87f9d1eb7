// The tables of jobs and of their attempts.
#include <iterator>

#include "sim/base/demand.h"
#include "sim/results/table_making.h"

namespace orrery::results {
namespace {

constexpr std::string_view kOutcomes[] = {"finished", "rejected", "unfinished",
                                          "killed",   "failed",   "released"};
static_assert(std::size(kOutcomes) == kJobOutcomes);

constexpr std::string_view kReasons[] = {"none", "never_fits", "policy", "queue_full", "abandoned"};
static_assert(std::size(kReasons) == kRejectReasons);

constexpr std::string_view kEnds[] = {"finished", "preempted", "killed",  "start_failed",
                                      "horizon",  "failed",    "migrated"};
static_assert(std::size(kEnds) == kAttemptEnds);

constexpr std::string_view kTraceStatuses[] = {"unknown", "completed", "failed", "cancelled"};
constexpr std::string_view kServiceLevels[] = {"none", "met", "missed"};
static_assert(std::size(kServiceLevels) == kSlos);

std::span<const std::string_view> JobClasses() {
  static const auto names = NamesBy<JobClass, kJobClasses>(JobClassName);
  return names;
}

}  // namespace

template <>
const Table& TableOf<JobRow>() {
  static const Column columns[] = {
      COLUMN(JobRow, job, "1",
             "number of the job in the workload, in order of arrival; replicas of services count "
             "from 2^31 on"),
      COLUMN(JobRow, source_id, "1", "number of the job in its trace or generator"),
      Named(COLUMN(JobRow, user, "1", "user who submitted it"), "users"),
      COLUMN(JobRow, submit_ns, "ns", "submitted"),
      OrNone(COLUMN(JobRow, start_ns, "ns", "first ran"), kNever),
      OrNone(COLUMN(JobRow, end_ns, "ns", "finished, rejected, killed or given up"), kNever),
      Coded(COLUMN(JobRow, outcome, "1", "how it left the run"), kOutcomes),
      Coded(COLUMN(JobRow, reject_reason, "1", "why it was turned away"), kReasons),
      COLUMN(JobRow, work_ns, "ns", "true work, as run time on the reference GPU"),
      COLUMN(JobRow, estimate_ns, "ns", "the user's estimate of work_ns"),
      OrNone(COLUMN(JobRow, deadline_ns, "ns", "wanted by"), kNever),
      Coded(COLUMN(
                JobRow, slo, "1",
                "service level: whether it finished by its deadline; of an interactive session, "
                "whether it started before its user gave up and was not cut short; of cloud_gaming "
                "and pixel_streaming, that and a latency within budget"),
            kServiceLevels),
      COLUMN(JobRow, allocated_ns, "ns", "time it held its nodes, all attempts"),
      COLUMN(JobRow, useful_ns, "ns", "time it ran and kept the progress"),
      COLUMN(JobRow, lost_ns, "ns",
             "time it ran and lost the progress, or held nodes that were down; overhead is "
             "allocated - useful - lost"),
      COLUMN(JobRow, cost_usd_micro, "1e-6 USD", "charged to the user"),
      COLUMN(JobRow, energy_kwh, "kWh",
             "electricity of what it held, all attempts; NaN: energy off"),
      COLUMN(JobRow, energy_usd, "USD", "what that cost the nodes' owners"),
      COLUMN(JobRow, carbon_kg, "kg", "what that emitted, as CO2 equivalent"),
      COLUMN(JobRow, replicas, "1", "replicas of the gang"),
      COLUMN(JobRow, gpus, "1", "GPUs of one replica"),
      COLUMN(JobRow, gpu_milli, "1e-3", "share of each of those GPUs"),
      COLUMN(JobRow, cpu_milli, "1e-3", "CPU cores of one replica"),
      COLUMN(JobRow, memory_mib, "MiB", "main memory of one replica"),
      Named(OrNone(COLUMN(JobRow, gpu_model, "1", "GPU model of the last attempt"), kNone16),
            "gpu_models"),
      OrNone(COLUMN(JobRow, node, "1", "first node of the last attempt"), kNone32),
      Named(OrNone(COLUMN(JobRow, region, "1", "where the user is"), kNone16), "regions"),
      COLUMN(JobRow, attempts, "1", "times it was started"),
      COLUMN(JobRow, preemptions, "1", "times it was stopped and put back into the queue"),
      COLUMN(JobRow, migrations, "1", "times it was stopped to go on elsewhere"),
      COLUMN(JobRow, priority, "1", "higher is more urgent"),
      COLUMN(JobRow, bag, "1", "the bag of tasks it belongs to; 0: none"),
      Coded(COLUMN(JobRow, job_class, "1", "class of the job"), JobClasses()),
      Coded(COLUMN(JobRow, trace_status, "1", "how it ended in its trace"), kTraceStatuses),
      COLUMN(JobRow, moved_bytes, "B",
             "data brought to its nodes and sent from them, all attempts"),
      COLUMN(JobRow, egress_usd_micro, "1e-6 USD",
             "charged to the user for data that left their store's region, beside cost_usd_micro"),
      OrNone(COLUMN(JobRow, latency_us, "us",
                    "from an input to the picture that shows it, 19 of 20 times at most, in its "
                    "worst attempt; 1e12: without bound"),
             kNever),
  };
  static const Table table = MakeTable<JobRow>(
      "jobs", "One row a job, in the order in which jobs left the run; unfinished ones come last.",
      columns);
  return table;
}

template <>
const Table& TableOf<AttemptRow>() {
  static const Column columns[] = {
      COLUMN(AttemptRow, job, "1", "the job, as in /jobs/job"),
      COLUMN(AttemptRow, attempt, "1", "0 for the job's first attempt, 1 for the second, ..."),
      COLUMN(AttemptRow, node, "1", "the node, as in /nodes/node"),
      COLUMN(AttemptRow, replicas, "1", "replicas of the gang on this node"),
      COLUMN(AttemptRow, gpu_mask, "1", "bit g is set where GPU g of the node was used"),
      COLUMN(AttemptRow, start_ns, "ns", "node taken"),
      OrNone(COLUMN(AttemptRow, run_ns, "ns", "running began, after the start-up delay"), kNever),
      COLUMN(AttemptRow, end_ns, "ns", "node given back"),
      OrNone(COLUMN(AttemptRow, died_ns, "ns", "one of its nodes went down"), kNever),
      Coded(COLUMN(AttemptRow, end, "1", "why the attempt ended"), kEnds),
  };
  static const Table table =
      MakeTable<AttemptRow>("attempts", "One row for each node of each attempt of a job.", columns);
  return table;
}

}  // namespace orrery::results
