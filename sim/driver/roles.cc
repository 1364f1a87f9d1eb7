#include "sim/driver/roles.h"

#include <map>
#include <string>

#include "policies/api/registry.h"
#include "sim/base/check.h"

namespace orrery::driver {

namespace {

template <typename Role>
std::unique_ptr<Role> Make(const scenario::PolicyChoice& choice) {
  if (choice.policy == "none") return nullptr;
  GivenParams given;
  for (const auto& [name, text] : choice.parameters) given[name] = {text, ""};
  Params params(std::string(Role::kRole) + " '" + choice.policy + "'", std::move(given));
  std::unique_ptr<Role> policy = policies::MakePolicy<Role>(choice.policy, params);
  for (const Finding& finding : params.Findings()) ORRERY_CHECK(false, finding.what);
  return policy;
}

}  // namespace

cluster::Roles MakeRoles(const scenario::Scheduler& scheduler) {
  cluster::Roles roles;
  roles.order = Make<policies::OrderPolicy>(scheduler.order);
  roles.place = Make<policies::PlacePolicy>(scheduler.place);
  roles.market = Make<policies::MarketPolicy>(scheduler.market);
  roles.allocate = Make<policies::AllocatePolicy>(scheduler.allocate);
  if (roles.allocate == nullptr) {
    roles.backfill = Make<policies::BackfillPolicy>(scheduler.backfill);
    roles.preempt = Make<policies::PreemptPolicy>(scheduler.preempt);
  }
  return roles;
}

}  // namespace orrery::driver
