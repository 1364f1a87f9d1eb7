// Parameters of a policy, and options of trace formats and transformations: whoever has them
// declares each one with default, unit, bounds, meaning and source, and gets the scenario's value
// or the default in return. The same declarations feed `orrery describe`, the JSON Schema and the
// checks of a scenario.
//
//   class Ageing final : public OrderPolicy {
//    public:
//     explicit Ageing(Params& params)
//         : rate_(params.Real("rate", {.value = 1, .unit = "priority/h", .min = 0, .max = 1e6,
//                                      .doc = "priority gained for each hour of waiting"})) {}
//
// Bounds are inclusive and always given. A declaration that contradicts itself (a name used twice,
// inverted bounds, a default outside them) is a broken invariant and aborts.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/money.h"
#include "sim/base/result.h"
#include "sim/base/time.h"

namespace orrery {

// What `describe`, the schema and the checks know of one parameter. All values as text in scenario
// notation ("6h", "0.5", "3250 GPU-s", "true", "strict"): a number whose `unit` is not empty is
// written with it, and only so.
struct ParamInfo {
  enum class Type : uint8_t { kReal, kInteger, kDuration, kFlag, kChoice, kPrice, kText };
  std::string name;
  Type type = Type::kReal;
  std::string value;  // the default
  std::string unit;
  std::string min, max;
  std::vector<std::string> choices;
  std::string doc;
  // Where the default comes from: a citation, or "Assumption: <name>".
  std::string source;
};
// "number", "whole number", "duration", "true or false", "choice", "price", "text".
const char* ParamTypeName(ParamInfo::Type type);

// A value given in a scenario, and where ("file:line:col" or "--set").
struct GivenParam {
  std::string text;
  std::string place;
};
using GivenParams = std::map<std::string, GivenParam>;

class Params {
 public:
  // Only declarations: every parameter gets its default.
  Params() = default;
  // `owner` names the policy or format in messages, for example "policy 'las'".
  Params(std::string owner, GivenParams given)
      : owner_(std::move(owner)), given_(std::move(given)) {}

  struct RealSpec {
    double value = 0;
    std::string unit = {};
    double min = 0, max = 0;
    std::string doc, source;
  };
  struct IntegerSpec {
    int64_t value = 0;
    std::string unit = {};
    int64_t min = 0, max = 0;
    std::string doc, source;
  };
  struct DurationSpec {
    Duration value;
    Duration min, max;
    std::string doc, source;
  };
  struct FlagSpec {
    bool value = false;
    std::string doc, source;
  };
  struct ChoiceSpec {
    std::string value;
    std::vector<std::string> choices;
    std::string doc, source;
  };
  struct PriceSpec {
    UsdPerHour value;
    std::string doc, source;
  };
  struct TextSpec {
    std::string value;
    std::string doc, source;
  };

  double Real(const std::string& name, const RealSpec& spec);
  int64_t Integer(const std::string& name, const IntegerSpec& spec);
  Duration Time(const std::string& name, const DurationSpec& spec);
  bool Flag(const std::string& name, const FlagSpec& spec);
  // The place of the chosen word in `spec.choices`.
  size_t Choice(const std::string& name, const ChoiceSpec& spec);
  // Not negative.
  UsdPerHour Price(const std::string& name, const PriceSpec& spec);
  // Any text, which its owner makes sense of.
  std::string Text(const std::string& name, const TextSpec& spec);

  // Notes a mistake that the declaration alone cannot see in the parameter `name`.
  void Complain(const std::string& name, const std::string& expected);

  // What was declared so far, in order.
  const std::vector<ParamInfo>& declared() const { return declared_; }
  // The value each declared parameter got, in scenario notation.
  const std::vector<std::string>& resolved() const { return resolved_; }
  // Values out of bounds or of the wrong kind, and given names that were never declared.
  std::vector<Finding> Findings() const;

 private:
  // The value given for it; nullptr: none.
  const GivenParam* Declare(ParamInfo info);
  // Declares a parameter of a kind that has bounds (`info` says which kind and unit) and reads it.
  template <typename Spec, typename Show, typename Parse, typename Expected>
  auto Bounded(const std::string& name, const Spec& spec, ParamInfo info, Show text, Parse parse,
               Expected expected) -> decltype(spec.value);

  std::string owner_;
  GivenParams given_;
  std::vector<ParamInfo> declared_;
  std::vector<std::string> resolved_;
  std::vector<Finding> findings_;
};

}  // namespace orrery
