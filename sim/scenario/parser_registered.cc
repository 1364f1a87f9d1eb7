// Reading what is registered by name, with parameters that it declares itself.
#include <algorithm>
#include <utility>

#include "sim/scenario/parser.h"
#include "sim/scenario/words.h"

namespace orrery::scenario {
namespace {

// Options that hold a list are declared as text, "a, b" or "a=2, b=1"; a scenario may write a YAML
// list or map of scalars. False where the value is neither.
bool AsText(const Value& value, std::string* text) {
  const auto add = [&](const std::string& item) { *text += (text->empty() ? "" : ", ") + item; };
  const auto scalar = [](const Value& item) { return item.kind == Value::Kind::kScalar; };
  if (value.kind == Value::Kind::kScalar) {
    *text = value.text;
  } else if (value.kind == Value::Kind::kList) {
    for (const Value& item : value.list) {
      if (!scalar(item)) return false;
      add(item.text);
    }
  } else {
    for (const Value::Entry& entry : value.map) {
      if (!scalar(entry.value)) return false;
      add(entry.key + "=" + entry.value.text);
    }
  }
  return value.kind != Value::Kind::kNull;
}

}  // namespace

bool Parser::CheckRegistered(const Registered& registered, const std::string& text,
                             const Place& place, const std::string& path) {
  const std::vector<std::string> names = registered.Names();
  if (std::find(names.begin(), names.end(), text) != names.end()) return true;
  Report(place, path,
         "got " + Quoted(text) + ", " +
             ComplaintText(
                 {std::string(registered.noun()) + ": " + Join(names), Nearest(text, names)}));
  return false;
}

void Parser::ReadParameters(const Registered& registered, const std::string& name,
                            Parameters& parameters) {
  GivenParams given;
  for (const ParamInfo& parameter : registered.Describe(name).parameters) {
    const Value* value = Slot({.key = parameter.name}, "");
    if (value == nullptr) continue;
    std::string text;
    const bool single = value->kind == Value::Kind::kScalar;
    if (AsText(*value, &text) && (single || parameter.type == ParamInfo::Type::kText)) {
      given[parameter.name] = {text, value->place.ToString()};
    } else {
      Wrong(*value, PathOf(parameter.name), {"a single value", ""});
    }
  }
  Resolved resolved = registered.Resolve(name, given);
  parameters = std::move(resolved.parameters);
  for (Finding& finding : resolved.findings) {
    // A policy's finding begins with the parameter, which ends its path.
    const std::string key = finding.what.substr(0, finding.what.find(": "));
    findings_.push_back(
        {finding.place, PathOf("") + (given.contains(key) ? "." : ": ") + finding.what});
  }
}

void Parser::OnRegistered(const Info& info, const Registered& registered, std::string& name,
                          Parameters& parameters) {
  if (info.key.empty()) {
    OnRegisteredEntry(registered, name, parameters);
    return;
  }
  const Value* value = Slot(info, std::string(registered.noun()));
  const bool missing = value == nullptr && info.required;
  const bool scalar = value == nullptr || value->kind == Value::Kind::kScalar;
  if (!missing && !scalar) Wrong(*value, PathOf(info.key), {std::string(registered.noun()), ""});
  const std::string wanted = value == nullptr ? name : value->text;
  const Place& place = value == nullptr ? frames_.back().at->place : value->place;
  if (missing || !scalar || !CheckRegistered(registered, wanted, place, PathOf(info.key))) {
    frames_.back().open = true;
    return;
  }
  name = wanted;
  ReadParameters(registered, name, parameters);
}

void Parser::OnRegisteredEntry(const Registered& registered, std::string& name,
                               Parameters& parameters) {
  const Value& entry = *frames_.back().at;
  const std::string path = PathOf("");
  const bool keyed = entry.kind == Value::Kind::kMap && entry.map.size() == 1;
  if (entry.kind != Value::Kind::kScalar && !keyed) {
    Wrong(entry, path,
          {std::string(registered.noun()) + ", or a map from it to its parameters", ""});
    return;
  }
  const std::string& wanted = keyed ? entry.map[0].key : entry.text;
  const Place& place = keyed ? entry.map[0].place : entry.place;
  if (!CheckRegistered(registered, wanted, place, path)) return;
  name = wanted;
  origins_[path] = place;
  Value& none = made_.emplace_back();
  none.kind = Value::Kind::kMap;
  none.place = place;
  const Value* given =
      keyed && entry.map[0].value.kind != Value::Kind::kNull ? &entry.map[0].value : &none;
  const std::string inner = path + "." + name;
  const Value* map = AsMap(*given, inner, {});
  if (map != nullptr) {
    Enter(map, inner, [&] { ReadParameters(registered, name, parameters); });
  }
}

}  // namespace orrery::scenario
