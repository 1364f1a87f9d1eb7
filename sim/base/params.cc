#include "sim/base/params.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "sim/base/check.h"
#include "sim/base/text.h"
#include "sim/base/units.h"

namespace orrery {
namespace {

std::string WithUnit(std::string number, const std::string& unit) {
  return unit.empty() ? number : number + ' ' + unit;
}

// `text` without `unit` at its end; blanks between them do not matter.
std::optional<std::string_view> WithoutUnit(std::string_view text, std::string_view unit) {
  if (!text.ends_with(unit)) return std::nullopt;
  text.remove_suffix(unit.size());
  while (!unit.empty() && text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string Quoted(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += ", ";
    text += '\'' + name + '\'';
  }
  return text;
}

// What is expected of a number: kind, bounds, and an example where it has a unit.
std::string BoundsText(const char* kind, const ParamInfo& info) {
  std::string text = std::string(kind) + " from " + info.min + " to " + info.max;
  if (!info.unit.empty()) text += ", with its unit, for example '" + info.value + "'";
  return text;
}

}  // namespace

const char* ParamTypeName(ParamInfo::Type type) {
  switch (type) {
    case ParamInfo::Type::kReal:
      return "number";
    case ParamInfo::Type::kInteger:
      return "whole number";
    case ParamInfo::Type::kDuration:
      return "duration";
    case ParamInfo::Type::kFlag:
      return "true or false";
    case ParamInfo::Type::kChoice:
      return "choice";
    case ParamInfo::Type::kPrice:
      return "price";
    case ParamInfo::Type::kText:
      return "text";
  }
  return "?";
}

const GivenParam* Params::Declare(ParamInfo info) {
  for (const ParamInfo& other : declared_) {
    ORRERY_CHECK(other.name != info.name, owner_, info.name);
  }
  resolved_.push_back(info.value);
  declared_.push_back(std::move(info));
  const auto given = given_.find(declared_.back().name);
  return given == given_.end() ? nullptr : &given->second;
}

void Params::Complain(const std::string& name, const std::string& expected) {
  const auto given = given_.find(name);
  const bool is_given = given != given_.end();
  std::string what = name + ": got " + (is_given ? "'" + given->second.text + "'" : "nothing") +
                     ", expected " + expected;
  if (!owner_.empty()) what += " (" + owner_ + ")";
  findings_.push_back({is_given ? given->second.place : "", std::move(what)});
}

template <typename Spec, typename Show, typename Parse, typename Expected>
auto Params::Bounded(const std::string& name, const Spec& spec, ParamInfo info, Show text,
                     Parse parse, Expected expected) -> decltype(spec.value) {
  ORRERY_CHECK(spec.min < spec.max && spec.min <= spec.value && spec.value <= spec.max, owner_,
               name, text(spec.min), text(spec.value), text(spec.max));
  info.name = name;
  info.value = text(spec.value);
  info.min = text(spec.min);
  info.max = text(spec.max);
  info.doc = spec.doc;
  info.source = spec.source;
  const GivenParam* given = Declare(std::move(info));
  if (given == nullptr) return spec.value;
  const auto value = parse(given->text);
  if (!value || *value < spec.min || *value > spec.max) {
    Complain(name, expected(declared_.back()));
    return spec.value;
  }
  resolved_.back() = text(*value);
  return *value;
}

double Params::Real(const std::string& name, const RealSpec& spec) {
  ParamInfo info;
  info.type = ParamInfo::Type::kReal;
  info.unit = spec.unit;
  return Bounded(
      name, spec, std::move(info), [&](double x) { return WithUnit(FormatDouble(x), spec.unit); },
      [&](const std::string& text) {
        return ParseDouble(WithoutUnit(text, spec.unit).value_or(""));
      },
      [](const ParamInfo& declared) { return BoundsText("a number", declared); });
}

int64_t Params::Integer(const std::string& name, const IntegerSpec& spec) {
  ParamInfo info;
  info.type = ParamInfo::Type::kInteger;
  info.unit = spec.unit;
  return Bounded(
      name, spec, std::move(info),
      [&](int64_t n) { return WithUnit(std::to_string(n), spec.unit); },
      [&](const std::string& text) {
        return ParseCount(WithoutUnit(text, spec.unit).value_or(""));
      },
      [](const ParamInfo& declared) { return BoundsText("a whole number", declared); });
}

Duration Params::Time(const std::string& name, const DurationSpec& spec) {
  ParamInfo info;
  info.type = ParamInfo::Type::kDuration;
  return Bounded(
      name, spec, std::move(info), [](Duration time) { return FormatDuration(time); },
      [](const std::string& text) { return ParseDuration(text); },
      [](const ParamInfo& declared) {
        return "a duration from " + declared.min + " to " + declared.max +
               ", with its unit (s, min, h, d)";
      });
}

bool Params::Flag(const std::string& name, const FlagSpec& spec) {
  const auto text = [](bool flag) { return flag ? "true" : "false"; };
  const GivenParam* given = Declare({.name = name,
                                     .type = ParamInfo::Type::kFlag,
                                     .value = text(spec.value),
                                     .unit = "",
                                     .min = "",
                                     .max = "",
                                     .choices = {},
                                     .doc = spec.doc,
                                     .source = spec.source});
  if (given == nullptr) return spec.value;
  if (given->text != "true" && given->text != "false") {
    Complain(name, "true or false");
    return spec.value;
  }
  resolved_.back() = given->text;
  return given->text == "true";
}

size_t Params::Choice(const std::string& name, const ChoiceSpec& spec) {
  const std::vector<std::string>& choices = spec.choices;
  const auto place = [&choices](const std::string& word) {
    return static_cast<size_t>(std::find(choices.begin(), choices.end(), word) - choices.begin());
  };
  ORRERY_CHECK(place(spec.value) < choices.size(), owner_, name, spec.value);
  const GivenParam* given = Declare({.name = name,
                                     .type = ParamInfo::Type::kChoice,
                                     .value = spec.value,
                                     .unit = "",
                                     .min = "",
                                     .max = "",
                                     .choices = choices,
                                     .doc = spec.doc,
                                     .source = spec.source});
  if (given == nullptr) return place(spec.value);
  const size_t chosen = place(given->text);
  if (chosen == choices.size()) {
    const auto nearest = NearestName(given->text, choices);
    Complain(name,
             "one of " + Quoted(choices) + (nearest ? " (did you mean '" + *nearest + "'?)" : ""));
    return place(spec.value);
  }
  resolved_.back() = given->text;
  return chosen;
}

UsdPerHour Params::Price(const std::string& name, const PriceSpec& spec) {
  const GivenParam* given = Declare({.name = name,
                                     .type = ParamInfo::Type::kPrice,
                                     .value = FormatUsdPerHour(spec.value),
                                     .unit = "",
                                     .min = FormatUsdPerHour(UsdPerHour()),
                                     .max = "",
                                     .choices = {},
                                     .doc = spec.doc,
                                     .source = spec.source});
  if (given == nullptr) return spec.value;
  const Parsed<UsdPerHour> value = ParseUsdPerHour(given->text);
  if (!value || *value < UsdPerHour()) {
    Complain(name, "a price that is not negative, for example $2.19/h");
    return spec.value;
  }
  resolved_.back() = FormatUsdPerHour(*value);
  return *value;
}

std::string Params::Text(const std::string& name, const TextSpec& spec) {
  const GivenParam* given = Declare({.name = name,
                                     .type = ParamInfo::Type::kText,
                                     .value = spec.value,
                                     .unit = "",
                                     .min = "",
                                     .max = "",
                                     .choices = {},
                                     .doc = spec.doc,
                                     .source = spec.source});
  if (given == nullptr) return spec.value;
  resolved_.back() = given->text;
  return given->text;
}

std::vector<Finding> Params::Findings() const {
  std::vector<std::string> names;
  for (const ParamInfo& info : declared_) names.push_back(info.name);
  const std::string owner = owner_.empty() ? "its owner" : owner_;
  std::vector<Finding> findings = findings_;
  for (const auto& [name, given] : given_) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    std::string what = name + ": unknown parameter of " + owner + "; it has ";
    what += names.empty() ? "none" : Quoted(names);
    const auto nearest = NearestName(name, names);
    if (nearest) what += " (did you mean '" + *nearest + "'?)";
    findings.push_back({given.place, std::move(what)});
  }
  return findings;
}

}  // namespace orrery
