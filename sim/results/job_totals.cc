#include "sim/results/job_totals.h"

namespace orrery::results {

void Count(const JobRow& row, JobCounts* counts) {
  ++counts->submitted;
  counts->preemptions += row.preemptions;
  counts->migrations += row.migrations;
  counts->slo_met += row.slo == Slo::kMet;
  counts->slo_missed += row.slo == Slo::kMissed;
  switch (row.outcome) {
    case JobOutcome::kFinished:
      ++counts->finished;
      return;
    case JobOutcome::kRejected:
      ++counts->rejected;
      return;
    case JobOutcome::kUnfinished:
      ++counts->unfinished;
      return;
    case JobOutcome::kKilled:
      ++counts->killed;
      return;
    case JobOutcome::kFailed:
      ++counts->failed;
      return;
    case JobOutcome::kReleased:
      ++counts->released;
      return;
  }
}

JobTotals TotalsOf(const JobRow& row) {
  const auto product = [](uint64_t demand, int64_t time) {
    return static_cast<__int128>(static_cast<int64_t>(demand)) * time;
  };
  const uint64_t gpus = uint64_t{row.replicas} * row.gpus * row.gpu_milli;
  return {.gpu_allocated = product(gpus, row.allocated_ns),
          .gpu_useful = product(gpus, row.useful_ns),
          .gpu_lost = product(gpus, row.lost_ns),
          .cpu_allocated = product(uint64_t{row.replicas} * row.cpu_milli, row.allocated_ns),
          .memory_allocated = product(uint64_t{row.replicas} * row.memory_mib, row.allocated_ns),
          .cost_usd_micro = row.cost_usd_micro};
}

void AddTo(JobTotals* sum, const JobTotals& totals) {
  sum->gpu_allocated += totals.gpu_allocated;
  sum->gpu_useful += totals.gpu_useful;
  sum->gpu_lost += totals.gpu_lost;
  sum->cpu_allocated += totals.cpu_allocated;
  sum->memory_allocated += totals.memory_allocated;
  sum->cost_usd_micro += totals.cost_usd_micro;
}

void AddTo(JobCounts* sum, const JobCounts& counts) {
  sum->submitted += counts.submitted;
  sum->finished += counts.finished;
  sum->rejected += counts.rejected;
  sum->unfinished += counts.unfinished;
  sum->killed += counts.killed;
  sum->failed += counts.failed;
  sum->released += counts.released;
  sum->preemptions += counts.preemptions;
  sum->migrations += counts.migrations;
  sum->slo_met += counts.slo_met;
  sum->slo_missed += counts.slo_missed;
}

GpuHours HoursOf(const JobTotals& totals) {
  const auto hours = [](__int128 sum) { return static_cast<double>(sum) / kMilliNanosPerHour; };
  return {.allocated = hours(totals.gpu_allocated),
          .useful = hours(totals.gpu_useful),
          .lost = hours(totals.gpu_lost),
          .overhead = hours(totals.gpu_allocated - totals.gpu_useful - totals.gpu_lost)};
}

}  // namespace orrery::results
