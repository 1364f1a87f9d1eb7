#include "policies/api/registry.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "sim/base/check.h"

namespace orrery::policies {

std::vector<RoleEntry>& Roles() {
  static std::vector<RoleEntry> roles;
  return roles;
}

std::vector<PolicyInfo> ListPolicies() {
  std::vector<PolicyInfo> infos;
  for (const RoleEntry& role : Roles()) {
    for (PolicyInfo& info : role.list()) infos.push_back(std::move(info));
  }
  // Registration runs in an order that the linker chose.
  std::sort(infos.begin(), infos.end(), [](const PolicyInfo& a, const PolicyInfo& b) {
    return std::tie(a.role, a.name) < std::tie(b.role, b.name);
  });
  return infos;
}

std::vector<std::string> PolicyNames(std::string_view role) {
  std::vector<std::string> names;
  for (const RoleEntry& entry : Roles()) {
    if (entry.role != role) continue;
    for (const PolicyInfo& info : entry.list()) names.push_back(info.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

namespace internal {

void CheckNewPolicy(const std::string& role, const std::string& name, bool is_new) {
  ORRERY_CHECK(is_new && name != kNoPolicy, role, name);
}

void RegisterRoleOnce(const std::string& role, std::function<std::vector<PolicyInfo>()> list,
                      std::function<std::vector<Finding>(const std::string&, Params&)> check) {
  for (const RoleEntry& entry : Roles()) {
    if (entry.role == role) return;
  }
  Roles().push_back({role, std::move(list), std::move(check)});
}

}  // namespace internal
}  // namespace orrery::policies
