#include "sim/scenario/registered.h"

#include <algorithm>

#include "models/workload/traces/format.h"
#include "models/workload/transforms/transform.h"
#include "policies/api/registry.h"

namespace orrery::scenario {
namespace {

// Each parameter with the value that it got.
Parameters Zip(const Params& declared) {
  Parameters parameters;
  for (size_t i = 0; i < declared.declared().size(); ++i) {
    parameters.emplace_back(declared.declared()[i].name, declared.resolved()[i]);
  }
  return parameters;
}

// Formats and transformations declare their options alike.
template <typename Table>
RegisteredInfo DescribedOptions(const Table& row) {
  return {row.what, workload::DescribeOptions(row)};
}

template <typename Table>
Resolved ResolvedOptions(const std::string& owner, const Table& row, const GivenParams& given) {
  Params options(owner, given);
  row.declare(&options);
  return {Zip(options), options.Findings()};
}

const policies::RoleEntry* FindRole(const std::string& role) {
  for (const policies::RoleEntry& entry : policies::Roles()) {
    if (entry.role == role) return &entry;
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> PolicyRole::Names() const {
  std::vector<std::string> names = policies::PolicyNames(role_);
  const bool has_none = std::binary_search(names.begin(), names.end(), policies::kNoPolicy);
  if (may_be_none_ && !has_none) names.insert(names.begin(), policies::kNoPolicy);
  return names;
}

RegisteredInfo PolicyRole::Describe(const std::string& name) const {
  if (may_be_none_ && name == policies::kNoPolicy) return {"The role is not filled.", {}};
  for (const policies::PolicyInfo& info : FindRole(role_)->list()) {
    if (info.name == name) return {info.rule, info.params};
  }
  return {};
}

Resolved PolicyRole::Resolve(const std::string& name, const GivenParams& given) const {
  if (may_be_none_ && name == policies::kNoPolicy) return {};
  Params params("policy '" + name + "'", given);
  Resolved resolved;
  resolved.findings = FindRole(role_)->check(name, params);
  resolved.parameters = Zip(params);
  return resolved;
}

std::vector<std::string> TraceFormatTable::Names() const {
  std::vector<std::string> names;
  for (const workload::TraceFormat& format : workload::TraceFormats()) names.push_back(format.name);
  return names;
}

RegisteredInfo TraceFormatTable::Describe(const std::string& name) const {
  return DescribedOptions(*workload::FindTraceFormat(name));
}

Resolved TraceFormatTable::Resolve(const std::string& name, const GivenParams& given) const {
  return ResolvedOptions("trace format '" + name + "'", *workload::FindTraceFormat(name), given);
}

std::vector<std::string> TransformTable::Names() const {
  std::vector<std::string> names;
  for (const workload::Transform& transform : workload::Transforms()) {
    names.push_back(transform.name);
  }
  return names;
}

RegisteredInfo TransformTable::Describe(const std::string& name) const {
  return DescribedOptions(*workload::FindTransform(name));
}

Resolved TransformTable::Resolve(const std::string& name, const GivenParams& given) const {
  return ResolvedOptions("transformation '" + name + "'", *workload::FindTransform(name), given);
}

}  // namespace orrery::scenario
