#include "models/workload/traces/options.h"

#include <algorithm>

#include "sim/base/check.h"
#include "sim/base/text.h"
#include "sim/base/units.h"

namespace orrery::workload {
namespace {

using Type = TraceOptionInfo::Type;

std::string FlagText(bool flag) { return flag ? "true" : "false"; }

std::string Between(const char* kind, const TraceOptionInfo& info) {
  return std::string(kind) + " from " + info.min + " to " + info.max;
}

// What every kind of option declares alike.
template <typename Spec>
TraceOptionInfo InfoOf(const std::string& name, Type type, const Spec& spec, std::string value,
                       std::string min = "", std::string max = "",
                       std::vector<std::string> choices = {}) {
  return {name,           type,           std::move(value),   "",
          std::move(min), std::move(max), std::move(choices), spec.doc,
          spec.source};
}

}  // namespace

const char* TraceOptionTypeName(TraceOptionInfo::Type type) {
  switch (type) {
    case Type::kReal:
      return "number";
    case Type::kInteger:
      return "whole number";
    case Type::kDuration:
      return "duration";
    case Type::kFlag:
      return "true or false";
    case Type::kChoice:
      return "choice";
    case Type::kPrice:
      return "price";
    case Type::kText:
      return "text";
  }
  return "?";
}

const GivenTraceOption* TraceOptions::Declare(TraceOptionInfo info) {
  for (const TraceOptionInfo& other : declared_) ORRERY_CHECK(other.name != info.name, info.name);
  resolved_.push_back(info.value);
  const auto found = given_.find(info.name);
  declared_.push_back(std::move(info));
  return found == given_.end() ? nullptr : &found->second;
}

void TraceOptions::Complain(const std::string& name, const std::string& expected) {
  const auto found = given_.find(name);
  std::string got = "nothing", place;
  if (found != given_.end()) {
    got = "'" + found->second.text + "'";
    place = found->second.place;
  }
  findings_.push_back({place, owner_ + ": " + name + ": got " + got + ", expected " + expected});
}

double TraceOptions::Real(const std::string& name, const RealSpec& spec) {
  const GivenTraceOption* given = Declare(InfoOf(name, Type::kReal, spec, FormatDouble(spec.value),
                                                 FormatDouble(spec.min), FormatDouble(spec.max)));
  if (given == nullptr) return spec.value;
  const Parsed<double> value = ParseDouble(given->text);
  if (!value || *value < spec.min || *value > spec.max) {
    Complain(name, Between("a number", declared_.back()));
    return spec.value;
  }
  resolved_.back() = FormatDouble(*value);
  return *value;
}

int64_t TraceOptions::Integer(const std::string& name, const IntegerSpec& spec) {
  const GivenTraceOption* given =
      Declare(InfoOf(name, Type::kInteger, spec, std::to_string(spec.value),
                     std::to_string(spec.min), std::to_string(spec.max)));
  if (given == nullptr) return spec.value;
  const Parsed<int64_t> value = ParseCount(given->text);
  if (!value || *value < spec.min || *value > spec.max) {
    Complain(name, Between("a whole number", declared_.back()));
    return spec.value;
  }
  resolved_.back() = std::to_string(*value);
  return *value;
}

Duration TraceOptions::Time(const std::string& name, const TimeSpec& spec) {
  const GivenTraceOption* given =
      Declare(InfoOf(name, Type::kDuration, spec, FormatDuration(spec.value),
                     FormatDuration(spec.min), FormatDuration(spec.max)));
  if (given == nullptr) return spec.value;
  const Parsed<Duration> value = ParseDuration(given->text);
  if (!value || *value < spec.min || *value > spec.max) {
    Complain(name, Between("a duration with its unit", declared_.back()));
    return spec.value;
  }
  resolved_.back() = FormatDuration(*value);
  return *value;
}

bool TraceOptions::Flag(const std::string& name, const FlagSpec& spec) {
  const GivenTraceOption* given = Declare(InfoOf(name, Type::kFlag, spec, FlagText(spec.value)));
  if (given == nullptr) return spec.value;
  if (given->text != "true" && given->text != "false") {
    Complain(name, "true or false");
    return spec.value;
  }
  resolved_.back() = given->text;
  return given->text == "true";
}

size_t TraceOptions::Choice(const std::string& name, const ChoiceSpec& spec) {
  const GivenTraceOption* given =
      Declare(InfoOf(name, Type::kChoice, spec, spec.value, "", "", spec.choices));
  const auto& choices = spec.choices;
  const auto place = [&choices](const std::string& word) {
    return static_cast<size_t>(std::find(choices.begin(), choices.end(), word) - choices.begin());
  };
  if (given == nullptr) return place(spec.value);
  const size_t chosen = place(given->text);
  if (chosen == choices.size()) {
    findings_.push_back(
        {given->place, owner_ + ": " + name + ": " + UnknownName("one of", given->text, choices)});
    return place(spec.value);
  }
  resolved_.back() = given->text;
  return chosen;
}

UsdPerHour TraceOptions::Price(const std::string& name, const PriceSpec& spec) {
  const GivenTraceOption* given = Declare(InfoOf(
      name, Type::kPrice, spec, FormatUsdPerHour(spec.value), FormatUsdPerHour(UsdPerHour()), ""));
  if (given == nullptr) return spec.value;
  const Parsed<UsdPerHour> value = ParseUsdPerHour(given->text);
  if (!value || *value < UsdPerHour()) {
    Complain(name, "a price that is not negative, for example $2.19/h");
    return spec.value;
  }
  resolved_.back() = FormatUsdPerHour(*value);
  return *value;
}

std::string TraceOptions::Text(const std::string& name, const TextSpec& spec) {
  const GivenTraceOption* given = Declare(InfoOf(name, Type::kText, spec, spec.value));
  if (given == nullptr) return spec.value;
  resolved_.back() = given->text;
  return given->text;
}

std::vector<Finding> TraceOptions::Findings() const {
  std::vector<Finding> findings = findings_;
  std::vector<std::string> names;
  for (const TraceOptionInfo& info : declared_) names.push_back(info.name);
  for (const auto& [name, given] : given_) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    findings.push_back({given.place, owner_ + ": " +
                                         (names.empty() ? "got '" + name + "', expected no option"
                                                        : UnknownName("an option", name, names))});
  }
  return findings;
}

}  // namespace orrery::workload
