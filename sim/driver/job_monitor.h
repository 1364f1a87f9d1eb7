// What jobs and nodes report of themselves: the truth as it shows at the surface.
#pragma once

#include "policies/api/rebalance.h"
#include "sim/cluster/state.h"
#include "sim/driver/energy.h"
#include "sim/driver/sim_backend.h"
#include "sim/driver/trust.h"

namespace orrery::driver {

class JobMonitor final : public policies::Monitor {
 public:
  // `trust` and `energy` may be null; all outlive this.
  JobMonitor(const SimBackend* backend, const cluster::ClusterState* state, const Trust* trust,
             const EnergyMeter* energy)
      : backend_(backend), state_(state), trust_(trust), energy_(energy) {}

  Duration Done(const policies::JobInfo& job) const override;
  double Pace(const policies::JobInfo& job, const policies::NodeGrant& grant) const override;
  double TemperatureC(const policies::JobInfo& job,
                      const policies::NodeGrant& grant) const override;

 private:
  const SimBackend* backend_;
  const cluster::ClusterState* state_;
  const Trust* trust_;
  const EnergyMeter* energy_;
};

}  // namespace orrery::driver
