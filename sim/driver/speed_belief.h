// The speed model as policies may ask it.
#pragma once

#include <span>

#include "models/workload/classes/job_class.h"
#include "models/workload/speed.h"
#include "policies/api/view.h"
#include "sim/driver/gang_links.h"

namespace orrery::driver {

class SpeedBelief final : public policies::SpeedEstimate {
 public:
  // `links` outlives this. `share`: of its speed that any job on GPUs keeps, as everybody knows.
  SpeedBelief(const fleet::GpuCatalogue& catalogue, const workload::ThroughputTable* table,
              const GangLinks* links, double share = 1)
      : model_(catalogue, table), links_(links), share_(share) {}

  double Speed(JobClass job_class, JobTypeId type, GpuModelId reference, uint32_t gang_gpus,
               GpuModelId gpu) const override {
    if (!reference.valid() || !gpu.valid()) return share_;
    return share_ * Ratio(job_class, type, gang_gpus, reference, gpu);
  }
  // The speed of such a job on one model, over that on another. 0: its type does not run there.
  double Ratio(JobClass job_class, JobTypeId type, uint32_t gang_gpus, GpuModelId reference,
               GpuModelId gpu) const {
    workload::Job job;
    job.job_class = job_class;
    job.type = type;
    job.demand.gpus = 1;
    job.replicas = gang_gpus;
    return model_.Ratio(model_.RowOf(job), reference, gpu, workload::Spread::kConsolidated);
  }
  double GangSpeed(JobClass job_class, std::span<const double> replica_speeds) const override {
    return workload::JobClassOf(job_class).GangSpeed(replica_speeds);
  }
  double LinkedSpeed(JobClass job_class, std::span<const NodeId> nodes,
                     double speed) const override {
    return links_->LinkedSpeed(job_class, nodes, speed);
  }
  bool prices_links() const override { return links_->on(); }

 private:
  workload::SpeedModel model_;
  const GangLinks* links_;
  const double share_;
};

}  // namespace orrery::driver
