// Options of trace formats and of transformations: each one declares its options with default,
// bounds and meaning, and gets the scenario's values or the defaults in return. The same
// declarations feed `orrery list traces`, the JSON Schema and the checks of a scenario.
//
//   struct SwfOptions {
//     explicit SwfOptions(TraceOptions& o)
//         : replica_size(o.Integer("replica_size", {.value = 1, .min = 1, .max = 4096,
//                                                   .doc = "most processors of one replica"})) {}
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/base/money.h"
#include "sim/base/result.h"
#include "sim/base/time.h"

namespace orrery::workload {

// What is known of one option; all values as text in scenario notation ("0.5", "6h", "requested").
struct TraceOptionInfo {
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
const char* TraceOptionTypeName(TraceOptionInfo::Type type);

// A value given in a scenario, and where ("file:line:col" or "--set").
struct GivenTraceOption {
  std::string text;
  std::string place;
};
using GivenTraceOptions = std::map<std::string, GivenTraceOption>;

class TraceOptions {
 public:
  // Only declarations: every option gets its default.
  TraceOptions() = default;
  // `owner` names the format or transformation in messages: "trace format 'swf'".
  TraceOptions(std::string owner, GivenTraceOptions given)
      : owner_(std::move(owner)), given_(std::move(given)) {}

  struct RealSpec {
    double value = 0;
    double min = 0, max = 0;
    std::string doc, source;
  };
  struct IntegerSpec {
    int64_t value = 0;
    int64_t min = 0, max = 0;
    std::string doc, source;
  };
  struct TimeSpec {
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

  // Bounds are inclusive and always given.
  double Real(const std::string& name, const RealSpec& spec);
  int64_t Integer(const std::string& name, const IntegerSpec& spec);
  Duration Time(const std::string& name, const TimeSpec& spec);
  bool Flag(const std::string& name, const FlagSpec& spec);
  // The place of the chosen word in `spec.choices`.
  size_t Choice(const std::string& name, const ChoiceSpec& spec);
  // Not negative.
  UsdPerHour Price(const std::string& name, const PriceSpec& spec);
  std::string Text(const std::string& name, const TextSpec& spec);

  // Notes a mistake that the declaration alone cannot see in the option `name`.
  void Complain(const std::string& name, const std::string& expected);

  // What was declared so far, in order.
  const std::vector<TraceOptionInfo>& declared() const { return declared_; }
  // The value each declared option got, in the order of `declared`.
  const std::vector<std::string>& resolved() const { return resolved_; }
  // Values out of bounds or of the wrong kind, and given names that were never declared.
  std::vector<Finding> Findings() const;

 private:
  // nullptr: not given.
  const GivenTraceOption* Declare(TraceOptionInfo info);

  std::string owner_;
  GivenTraceOptions given_;
  std::vector<TraceOptionInfo> declared_;
  std::vector<std::string> resolved_;
  std::vector<Finding> findings_;
};

}  // namespace orrery::workload
