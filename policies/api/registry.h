// The registry of policies: one line in a policy's own file makes it known by name.
//
//   ORRERY_REGISTER_POLICY(OrderPolicy, Fifo, "fifo", "Jobs in order of arrival.",
//                          "textbook FCFS");
//
// A role that may stay empty says so by `static constexpr const char* kNone`, the rule that holds
// then; it is listed as the policy "none", which takes no parameters and is made as nullptr.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/params.h"
#include "sim/base/result.h"

namespace orrery::policies {

// What is known of a policy without running it.
struct PolicyInfo {
  std::string role;  // "order", "place", "backfill", "preempt", "allocate", "market", …
  std::string name;
  std::string rule;    // in two sentences
  std::string source;  // paper or textbook
  std::vector<ParamInfo> params;
};

template <typename Role>
concept OptionalRole = requires {
  Role::kNone;
};
inline constexpr const char* kNoPolicy = "none";

// Each role class has `static constexpr const char* kRole` and is constructed from Params&.
template <typename Role>
class Registry {
 public:
  using Factory = std::function<std::unique_ptr<Role>(Params&)>;
  struct Entry {
    std::string rule, source;
    Factory make;
  };

  static std::map<std::string, Entry>& entries() {
    static std::map<std::string, Entry> map;
    return map;
  }
};

// Type-erased access for the scenario layer and the command line.
struct RoleEntry {
  std::string role;
  std::function<std::vector<PolicyInfo>()> list;
  // Checks parameters by constructing once; returns the findings (empty: fine).
  std::function<std::vector<Finding>(const std::string& name, Params&)> check;
};
std::vector<RoleEntry>& Roles();

// All policies of all roles, by role and name.
std::vector<PolicyInfo> ListPolicies();
// Names registered for a role, sorted; empty for an unknown role.
std::vector<std::string> PolicyNames(std::string_view role);

namespace internal {
// Aborts unless the name is new and not "none".
void CheckNewPolicy(const std::string& role, const std::string& name, bool is_new);
void RegisterRoleOnce(const std::string& role, std::function<std::vector<PolicyInfo>()> list,
                      std::function<std::vector<Finding>(const std::string&, Params&)> check);
}  // namespace internal

template <typename Role>
bool RegisterPolicy(const char* name, const char* rule, const char* source,
                    typename Registry<Role>::Factory make) {
  auto& map = Registry<Role>::entries();
  internal::CheckNewPolicy(
      Role::kRole, name,
      map.emplace(name, typename Registry<Role>::Entry{rule, source, std::move(make)}).second);
  internal::RegisterRoleOnce(
      Role::kRole,
      [] {
        std::vector<PolicyInfo> infos;
        for (const auto& [policy, entry] : Registry<Role>::entries()) {
          Params params;
          entry.make(params);
          infos.push_back({Role::kRole, policy, entry.rule, entry.source, params.declared()});
        }
        if constexpr (OptionalRole<Role>) {
          infos.push_back({Role::kRole, kNoPolicy, Role::kNone, "", {}});
        }
        return infos;
      },
      [](const std::string& policy, Params& params) {
        if (policy != kNoPolicy) Registry<Role>::entries().at(policy).make(params);
        return params.Findings();
      });
  return true;
}

// Makes the policy `name` of a role; nullptr for "none" of a role that may stay empty. The name
// must be registered and the parameters checked before.
template <typename Role>
std::unique_ptr<Role> MakePolicy(const std::string& name, Params& params) {
  if constexpr (OptionalRole<Role>) {
    if (name == kNoPolicy) return nullptr;
  }
  return Registry<Role>::entries().at(name).make(params);
}

}  // namespace orrery::policies

#define ORRERY_REGISTER_POLICY(Role, Class, name, rule, source)                       \
  [[maybe_unused]] static const bool orrery_registered_##Class =                      \
      ::orrery::policies::RegisterPolicy<Role>(                                       \
          name, rule, source, [](::orrery::Params& params) -> std::unique_ptr<Role> { \
            return std::make_unique<Class>(params);                                   \
          })
