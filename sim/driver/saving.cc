#include "sim/driver/saving.h"

#include <algorithm>

#include "models/failure/checkpoint.h"
#include "models/workload/classes/job_class.h"

namespace orrery::driver {
namespace {

struct Spread {
  uint32_t nodes = 0;
  double largest = 0;  // the share of the replicas that the node with most of them has
};

// Grants of a node stand together.
Spread SpreadOf(std::span<const policies::NodeGrant> grants) {
  Spread spread;
  uint64_t all = 0, here = 0, most = 0;
  NodeId node;
  for (const policies::NodeGrant& grant : grants) {
    if (grant.node != node) {
      ++spread.nodes;
      here = 0;
    }
    node = grant.node;
    here += grant.replicas;
    all += grant.replicas;
    most = std::max(most, here);
  }
  spread.largest = static_cast<double>(most) / static_cast<double>(all);
  return spread;
}

}  // namespace

bool Saving::Concerns(const workload::Job& job) {
  return job.checkpoint_interval > Duration() && job.checkpoint_interval < Duration::Max() &&
         workload::JobClassOf(job.job_class).SavesAtIntervals();
}

void Saving::Plan(std::span<const policies::NodeGrant> grants, Attempt* attempt) const {
  workload::Job& job = attempt->job;
  const double gpus = job.demand.total_gpu_milli() * 1e-3 * job.replicas;
  double bytes = gpus * checkpoints_.cost.bytes_per_gpu;
  if (job.data != workload::DataTable::kNothing && data_->params(job.data).checkpoint > 0) {
    bytes = data_->params(job.data).checkpoint;
  }
  const Spread spread = SpreadOf(grants);
  attempt->save_cost = failure::SaveTime(checkpoints_.cost, bytes, spread.largest);
  if (checkpoints_.interval != scenario::Checkpoints::Interval::kYoungDaly || !attempt->saves()) {
    return;
  }
  job.checkpoint_interval = failure::YoungDalyInterval(
      attempt->save_cost, failure::JobMtbf(failures_, gpus, spread.nodes));
}

}  // namespace orrery::driver
