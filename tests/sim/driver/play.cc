#include "tests/sim/driver/play.h"

namespace orrery::testing {

namespace {

workload::Job JobOf(const Work& work, const fleet::GpuCatalogue& gpus) {
  workload::Job job = MakeJob(work.submit, work.run, work.gpus, work.replicas);
  if (work.estimate >= 0) job.estimate = Duration::FromSeconds(work.estimate);
  if (work.limit >= 0) job.limit = Duration::FromSeconds(work.limit);
  if (work.deadline >= 0) job.deadline = SimTime::FromSeconds(work.deadline);
  if (work.budget_usd >= 0) job.budget = Usd::FromDollars(work.budget_usd);
  job.checkpoint_interval = Duration::FromSeconds(work.checkpoint);
  job.setup = Duration::FromSeconds(work.setup);
  job.demand.gpu_milli = work.gpu_milli;
  job.demand.cpu_milli = static_cast<uint32_t>(work.cores * 1000);
  job.demand.memory_mib = static_cast<uint32_t>(work.memory_gib * 1024);
  job.user = UserId(work.user);
  job.priority = work.priority;
  job.job_class = work.job_class;
  job.data = work.data;
  job.region = work.region;
  if (!work.gpu.empty()) job.reference_gpu = *gpus.Find(work.gpu);
  return job;
}

double Seconds(int64_t ns) { return static_cast<double>(ns) / 1e9; }

}  // namespace

std::ostream& operator<<(std::ostream& out, const Stint& stint) {
  return out << "{" << stint.run << ", " << stint.end << "}";
}

std::ostream& operator<<(std::ostream& out, const Spot& spot) {
  return out << "{node " << spot.node << ", " << spot.replicas << " replicas, GPUs "
             << spot.gpu_mask << "}";
}

Played Play(const scenario::Scenario& scenario, const std::vector<Work>& works,
            std::vector<workload::DataParams> data) {
  std::vector<workload::Job> jobs;
  for (const Work& work : works) jobs.push_back(JobOf(work, *scenario.gpus));
  Played played{.ran = Run(scenario, std::move(jobs), 0, {}, std::move(data)),
                .stints = Stints(works.size())};
  for (const results::AttemptRow& row : played.ran.attempts) {
    std::vector<Stint>& stints = played.stints[row.job];
    if (row.attempt < stints.size()) continue;  // another node of the same attempt
    stints.push_back({Seconds(row.run_ns), Seconds(row.end_ns)});
  }
  return played;
}

std::vector<Spot> SpotsOf(const Played& played, uint32_t job) {
  std::vector<Spot> spots;
  for (const results::AttemptRow& row : played.ran.attempts) {
    if (row.job == job) spots.push_back({row.node, row.replicas, row.gpu_mask});
  }
  return spots;
}

}  // namespace orrery::testing
