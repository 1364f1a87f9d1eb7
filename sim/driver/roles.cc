#include "sim/driver/roles.h"

namespace orrery::driver {

cluster::Roles MakeRoles(const scenario::Scheduler& scheduler) {
  cluster::Roles roles;
  roles.order = MakeRole<policies::OrderPolicy>(scheduler.order);
  roles.place = MakeRole<policies::PlacePolicy>(scheduler.place);
  roles.market = MakeRole<policies::MarketPolicy>(scheduler.market);
  roles.allocate = MakeRole<policies::AllocatePolicy>(scheduler.allocate);
  if (roles.allocate == nullptr) {
    roles.backfill = MakeRole<policies::BackfillPolicy>(scheduler.backfill);
    roles.preempt = MakeRole<policies::PreemptPolicy>(scheduler.preempt);
    roles.rebalance = MakeRole<policies::RebalancePolicy>(scheduler.rebalance);
  }
  return roles;
}

}  // namespace orrery::driver
