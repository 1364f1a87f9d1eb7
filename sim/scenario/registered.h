// Things that are registered by name and declare their own parameters: policies of a role, formats
// of traces, transformations. One view of them all for the visitors.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/base/params.h"
#include "sim/base/result.h"

namespace orrery::scenario {

// A value for every declared parameter, in the order of the declaration and in scenario notation.
using Parameters = std::vector<std::pair<std::string, std::string>>;

struct RegisteredInfo {
  std::string rule;  // what it does
  std::vector<ParamInfo> parameters;
};

struct Resolved {
  Parameters parameters;
  std::vector<Finding> findings;
};

class Registered {
 public:
  virtual ~Registered() = default;
  // "an order policy", for messages.
  virtual std::string_view noun() const = 0;
  // Sorted.
  virtual std::vector<std::string> Names() const = 0;
  // `name` must be one of Names().
  virtual RegisteredInfo Describe(const std::string& name) const = 0;
  // Checks the given values and fills in defaults.
  virtual Resolved Resolve(const std::string& name, const GivenParams& given) const = 0;
};

// The policies of a role (policies/api/registry.h). "none" is a name of every role that may stay
// unfilled, registered or not.
class PolicyRole final : public Registered {
 public:
  PolicyRole(std::string role, std::string noun, bool may_be_none)
      : role_(std::move(role)), noun_(std::move(noun)), may_be_none_(may_be_none) {}
  std::string_view noun() const override { return noun_; }
  std::vector<std::string> Names() const override;
  RegisteredInfo Describe(const std::string& name) const override;
  Resolved Resolve(const std::string& name, const GivenParams& given) const override;

 private:
  std::string role_;
  std::string noun_;
  bool may_be_none_;
};

// The formats of job traces (models/workload/traces/format.h).
class TraceFormatTable final : public Registered {
 public:
  std::string_view noun() const override { return "a trace format"; }
  std::vector<std::string> Names() const override;
  RegisteredInfo Describe(const std::string& name) const override;
  Resolved Resolve(const std::string& name, const GivenParams& given) const override;
};

// The transformations of streams of jobs (models/workload/transforms/transform.h).
class TransformTable final : public Registered {
 public:
  std::string_view noun() const override { return "a transformation"; }
  std::vector<std::string> Names() const override;
  RegisteredInfo Describe(const std::string& name) const override;
  Resolved Resolve(const std::string& name, const GivenParams& given) const override;
};

}  // namespace orrery::scenario
