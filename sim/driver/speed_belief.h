// The speed model as policies may ask it.
#pragma once

#include <array>
#include <span>

#include "models/workload/classes/job_class.h"
#include "models/workload/speed.h"
#include "policies/api/view.h"
#include "sim/driver/gang_links.h"

namespace orrery::driver {

class SpeedBelief final : public policies::SpeedEstimate {
 public:
  // `links` outlives this. `share`: of its speed that a job on GPUs keeps, as everybody knows, if
  // it does not last by the clock.
  SpeedBelief(const fleet::GpuCatalogue& catalogue, const workload::ThroughputTable* table,
              const GangLinks* links, double share = 1)
      : model_(catalogue, table), links_(links) {
    for (int c = 0; c < kJobClasses; ++c) {
      const bool clock = workload::JobClassOf(static_cast<JobClass>(c)).LastsByTheClock();
      shares_[static_cast<size_t>(c)] = clock ? 1 : share;
    }
  }

  double Speed(JobClass job_class, JobTypeId type, GpuModelId reference, uint32_t gang_gpus,
               GpuModelId gpu) const override {
    const double share = shares_[static_cast<size_t>(job_class)];
    if (!reference.valid() || !gpu.valid()) return share;
    return share * Ratio(job_class, type, gang_gpus, reference, gpu);
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
  std::array<double, kJobClasses> shares_{};
};

}  // namespace orrery::driver
