// Makes the policies that a scenario names.
#pragma once

#include <memory>
#include <string>

#include "policies/api/registry.h"
#include "sim/base/check.h"
#include "sim/cluster/decision_loop.h"
#include "sim/scenario/scheduler.h"

namespace orrery::driver {

// The policy of a choice that has been checked: registered, parameters in bounds. nullptr for
// "none".
template <typename Role>
std::unique_ptr<Role> MakeRole(const scenario::PolicyChoice& choice) {
  if (choice.policy == policies::kNoPolicy) return nullptr;
  GivenParams given;
  for (const auto& [name, text] : choice.parameters) given[name] = {text, ""};
  Params params(std::string(Role::kRole) + " '" + choice.policy + "'", std::move(given));
  std::unique_ptr<Role> policy = policies::MakePolicy<Role>(choice.policy, params);
  for (const Finding& finding : params.Findings()) ORRERY_CHECK(false, finding.what);
  return policy;
}

// The scenario has been checked: every name is registered and every parameter in bounds.
cluster::Roles MakeRoles(const scenario::Scheduler& scheduler);

}  // namespace orrery::driver
