#include "sim/scenario/parser.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "sim/base/check.h"
#include "sim/scenario/layers.h"
#include "sim/scenario/words.h"

namespace orrery::scenario {
namespace {

const Value kEmptyMap = [] {
  Value value;
  value.kind = Value::Kind::kMap;
  return value;
}();

std::vector<std::string> AlternativeNames(const ChoiceSpec& spec) {
  std::vector<std::string> names;
  for (const auto& alternative : spec.alternatives) names.emplace_back(alternative.name);
  return names;
}

void AddImplied(const GroupSpec& spec, Value* map) {
  const auto& [key, text] = spec.implied;
  if (key.empty() || map->Find(key) != nullptr) return;
  Value value;
  value.kind = Value::Kind::kScalar;
  value.place = map->place;
  value.text = text;
  map->map.push_back({std::string(key), map->place, std::move(value)});
}

// Whether a map says something else of the key that the shorthand implies.
bool Contradicts(const Value& map, const GroupSpec& spec) {
  const auto& [key, text] = spec.implied;
  const Value* said = key.empty() ? nullptr : map.Find(key);
  return said != nullptr && said->text != text;
}

}  // namespace

std::string BesideSource(const std::string& path, const Place& place) {
  if (place.line == 0 || place.source == nullptr || path == "none") return path;
  const std::filesystem::path folder = std::filesystem::path(*place.source).parent_path();
  return (folder / path).lexically_normal().string();
}

Parser::Parser(const Value* root, Names names) : Visitor(names) {
  frames_.push_back({root, "", {}, false});
}

std::string Parser::PathOf(std::string_view key) const {
  const std::string& path = frames_.back().path;
  if (key.empty()) return path;
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

void Parser::Report(const Place& place, const std::string& path, const std::string& what) {
  findings_.push_back({place.ToString(), path.empty() ? what : path + ": " + what});
}

void Parser::Wrong(const Value& value, const std::string& path, const Complaint& complaint) {
  Report(value.place, path, "got " + value.Describe() + ", " + ComplaintText(complaint));
}

void Parser::Complain(const std::string& path, const std::string& what) {
  std::string at = path;
  auto origin = origins_.find(at);
  while (origin == origins_.end() && !at.empty()) {
    const size_t cut = at.find_last_of(".[");
    at.resize(cut == std::string::npos ? 0 : cut);
    origin = origins_.find(at);
  }
  Report(origin == origins_.end() ? frames_.front().at->place : origin->second, path, what);
}

const Value* Parser::Slot(const Info& info, const std::string& expected) {
  Frame& frame = frames_.back();
  const Value* value = frame.at;
  if (!info.key.empty()) {
    // Two visits of one key, a registered parameter among them, could not both be obeyed.
    ORRERY_CHECK(frame.known.emplace(info.key).second, frame.path, info.key);
    value = frame.at->Find(info.key);
  }
  if (value != nullptr && !forbidden_by_.empty()) {
    // "none" is how a later layer takes back what an earlier one says.
    if (value->kind == Value::Kind::kNull || value->text == "none") return nullptr;
    Report(value->place, PathOf(info.key),
           "got " + value->Describe() + ", expected no such key beside " + Quoted(forbidden_by_) +
               " (--set " + PathOf(info.key) + "=none takes it out)");
    return nullptr;
  }
  if (value == nullptr && info.required && forbidden_by_.empty()) {
    Report(frame.at->place, PathOf(info.key), "got nothing, expected " + expected);
  }
  if (value != nullptr) origins_[PathOf(info.key)] = value->place;
  return value;
}

void Parser::OnLeaf(const Info& info, Leaf& leaf) {
  const Value* value = Slot(info, leaf.Expected());
  if (value == nullptr) return;
  const bool scalar = value->kind == Value::Kind::kScalar;
  const bool none = value->kind == Value::Kind::kNull && !leaf.none_means().empty();
  std::optional<Complaint> complaint = Complaint{leaf.Expected(), ""};
  if (scalar && info.path) {
    complaint = leaf.Read(BesideSource(value->text, value->place));
  } else if (scalar || none) {
    complaint = leaf.Read(none ? "none" : value->text);
  }
  if (complaint) Wrong(*value, PathOf(info.key), *complaint);
}

void Parser::OnItems(const Info& info, Items& items) {
  const std::string expected = "a list of " + std::string(items.plural());
  const Value* value = Slot(info, expected);
  if (value == nullptr) return;
  if (value->kind == Value::Kind::kNull || value->kind == Value::Kind::kMap) {
    Wrong(*value, PathOf(info.key), {expected, ""});
    return;
  }
  const bool single = value->kind == Value::Kind::kScalar;
  const size_t size = single ? 1 : value->list.size();
  const auto [min, max] = items.count();
  if (size != 0 && (size < min || size > max)) {
    Report(value->place, PathOf(info.key),
           "got a list of " + std::to_string(size) + ", expected " + std::string(items.plural()));
    return;
  }
  items.Clear();
  for (size_t i = 0; i < size; ++i) {
    const Value& item = single ? *value : value->list[i];
    const std::string path = PathOf(info.key) + (single ? "" : "[" + std::to_string(i) + "]");
    const std::optional<Complaint> complaint = item.kind == Value::Kind::kScalar
                                                   ? items.Add(item.text)
                                                   : Complaint{"one of the " + expected, ""};
    if (complaint) Wrong(item, path, *complaint);
  }
}

void Parser::OnWeights(const Info& info, Weights& weights) {
  const std::string expected =
      weights.Kind().kind + ", a list of them, or a map with their weights";
  const Value* value = Slot(info, expected);
  if (value == nullptr) return;
  const std::string path = PathOf(info.key);
  weights.Clear();
  const auto add = [&](const Value& name) {
    const std::optional<Complaint> complaint = name.kind == Value::Kind::kScalar
                                                   ? weights.AddName(name.text)
                                                   : Complaint{weights.Kind().kind, ""};
    if (complaint) Wrong(name, path, *complaint);
  };
  if (value->kind == Value::Kind::kScalar) {
    add(*value);
  } else if (value->kind == Value::Kind::kList && !value->list.empty()) {
    for (const Value& name : value->list) add(name);
  } else if (value->kind == Value::Kind::kMap && !value->map.empty()) {
    for (const Value::Entry& entry : value->map) {
      const std::string entry_path = path + "." + entry.key;
      origins_[entry_path] = entry.value.place;
      if (const std::optional<Complaint> complaint = weights.AddName(entry.key)) {
        Report(entry.place, path, "got " + Quoted(entry.key) + ", " + ComplaintText(*complaint));
      } else if (const std::optional<Complaint> wrong = weights.SetWeight(entry.value.text)) {
        Wrong(entry.value, entry_path, *wrong);
      }
    }
  } else {
    Wrong(*value, path, {expected, ""});
  }
}

const Value* Parser::AsMap(const Value& value, const std::string& path, const GroupSpec& spec) {
  const bool has_shorthand = !spec.shorthand.empty();
  if (value.kind == Value::Kind::kScalar && has_shorthand) {
    Value& map = made_.emplace_back();
    map.kind = Value::Kind::kMap;
    map.place = value.place;
    map.map.push_back({std::string(spec.shorthand), value.place, value});
    AddImplied(spec, &map);
    return &map;
  }
  if (value.kind != Value::Kind::kMap) {
    Wrong(value, path, {"a map", ""});
    return nullptr;
  }
  const Value* scalar = value.Find(kShorthandKey);
  if (scalar != nullptr && !has_shorthand) {
    Wrong(*scalar, path, {"a map", ""});
    return nullptr;
  }
  if (scalar == nullptr && has_shorthand) scalar = value.under.get();
  if (scalar == nullptr) return &value;
  Value& map = made_.emplace_back(value);
  std::erase_if(map.map, [](const Value::Entry& entry) { return entry.key == kShorthandKey; });
  // `network: simple` with `--set network.level=full`: the override holds.
  if (value.Find(spec.shorthand) == nullptr && !Contradicts(value, spec)) {
    map.map.push_back({std::string(spec.shorthand), scalar->place, *scalar});
  }
  AddImplied(spec, &map);
  return &map;
}

void Parser::Enter(const Value* at, std::string path, const std::function<void()>& fields) {
  frames_.push_back({at, std::move(path), {}, false});
  fields();
  ReportStrangers(frames_.back());
  frames_.pop_back();
}

void Parser::ReportStrangers(const Frame& frame) {
  std::map<std::string_view, const Place*> seen;
  for (const Value::Entry& entry : frame.at->map) {
    const std::string path = frame.path.empty() ? entry.key : frame.path + "." + entry.key;
    const auto [first, is_new] = seen.emplace(entry.key, &entry.place);
    if (!is_new) {
      Report(
          entry.place, path,
          "got the key a second time, expected it once (first at " + first->second->Line() + ")");
    }
    if (frame.open || frame.known.contains(entry.key)) continue;
    if (const auto other = frame.elsewhere.find(entry.key); other != frame.elsewhere.end()) {
      Report(entry.place, path,
             std::string(kElsewhere) + ", expected " + other->second + " beside it");
      continue;
    }
    const std::vector<std::string> known(frame.known.begin(), frame.known.end());
    const std::string near = DidYouMean(entry.key, known);
    Report(entry.place, path,
           "got an unknown key, expected " +
               (near.empty() ? "one of " + Join(known) : "a known one" + near));
  }
}

void Parser::OnGroup(const Info& info, const GroupSpec& spec, const std::function<void()>& fields) {
  const Value* value = Slot(info, "a map");
  const bool absent = value == nullptr || (value->kind == Value::Kind::kNull && spec.present);
  if (spec.present) {
    spec.set_present(!absent);
    if (absent) return;
  }
  if (value == nullptr) {
    // Nothing of it is there: its keys have their defaults, and those without one are missed.
    if (info.required || spec.reset || !forbidden_by_.empty()) return;
    Value& empty = made_.emplace_back(kEmptyMap);
    empty.place = frames_.back().at->place;
    Enter(&empty, PathOf(info.key), fields);
    return;
  }
  const Value* map = AsMap(*value, PathOf(info.key), spec);
  if (map == nullptr) return;
  if (spec.reset) spec.reset();
  Enter(map, PathOf(info.key), fields);
}

void Parser::OnList(const Info& info, const ListSpec& spec, size_t,
                    const std::function<void(size_t)>& resize,
                    const std::function<void(size_t)>& item) {
  const Value* value = Slot(info, "a list");
  if (value == nullptr) return;
  const bool list = value->kind == Value::Kind::kList;
  if (!list && (!spec.single || value->kind == Value::Kind::kNull)) {
    Wrong(*value, PathOf(info.key), {"a list", ""});
    return;
  }
  const size_t size = list ? value->list.size() : 1;
  if (size < spec.min || size > spec.max) {
    Report(value->place, PathOf(info.key),
           "got a list of " + std::to_string(size) + ", expected " + std::to_string(spec.min) +
               " to " + std::to_string(spec.max) + " entries");
    return;
  }
  resize(0);
  resize(size);
  for (size_t i = 0; i < size; ++i) {
    const Value* entry = list ? &value->list[i] : value;
    frames_.push_back({entry, PathOf(info.key) + "[" + std::to_string(i) + "]", {}, true});
    item(i);
    frames_.pop_back();
  }
}

int Parser::TaggedAlternative(const Info& info, const ChoiceSpec& spec) {
  const std::vector<std::string> names = AlternativeNames(spec);
  const std::string expected = "one of " + Join(names);
  const Value* value = Slot({spec.tag, info.doc, info.source, info.required}, expected);
  if (value == nullptr) return info.required ? -2 : -1;
  const auto found = std::find(names.begin(), names.end(), value->text);
  if (value->kind == Value::Kind::kScalar && found != names.end()) {
    return static_cast<int>(found - names.begin());
  }
  Wrong(*value, PathOf(spec.tag), {expected, Nearest(value->text, names)});
  return -2;
}

int Parser::KeyedAlternative(const Info& info, const ChoiceSpec& spec) {
  Frame& frame = frames_.back();
  int chosen = -1;
  const Value* chosen_value = nullptr;
  for (size_t i = 0; i < spec.alternatives.size(); ++i) {
    const std::string_view key = spec.alternatives[i].name;
    frame.known.emplace(key);
    const Value* value = frame.at->Find(key);
    if (value == nullptr) continue;
    // A later layer that chooses another alternative replaces the earlier choice.
    if (chosen_value != nullptr && value->place.layer == chosen_value->place.layer) {
      Report(value->place, PathOf(key),
             "got this beside " + Quoted(spec.alternatives[static_cast<size_t>(chosen)].name) +
                 ", expected one of the two");
      return -2;
    }
    if (chosen_value != nullptr && value->place.layer < chosen_value->place.layer) continue;
    chosen = static_cast<int>(i);
    chosen_value = value;
  }
  if (chosen == -1 && info.required) {
    const std::vector<std::string> names = AlternativeNames(spec);
    // Where one of them was misspelt, that is the mistake.
    const auto misspelt =
        std::find_if(frame.at->map.begin(), frame.at->map.end(), [&](const Value::Entry& entry) {
          return !frame.known.contains(entry.key) && !DidYouMean(entry.key, names).empty();
        });
    if (misspelt != frame.at->map.end()) {
      Report(misspelt->place, PathOf(misspelt->key),
             "got an unknown key, expected a known one" + DidYouMean(misspelt->key, names));
    } else {
      Report(frame.at->place, frame.path,
             "got none of them, expected one of the keys " + Join(names));
    }
    return -2;
  }
  return chosen;
}

void Parser::OnChoice(const Info& info, const ChoiceSpec& spec, size_t current,
                      const std::function<void(size_t)>& visit) {
  const bool tagged = !spec.tag.empty();
  const int chosen = tagged ? TaggedAlternative(info, spec) : KeyedAlternative(info, spec);
  if (chosen == -2) frames_.back().open = true;
  if (chosen == -2 || (chosen == -1 && !tagged)) return;
  const size_t index = chosen == -1 ? current : static_cast<size_t>(chosen);
  if (tagged) {
    if (explains_) NoteOtherKeys(spec, index, visit);
    visit(index);
    return;
  }
  const auto& alternative = spec.alternatives[index];
  const Value* value = frames_.back().at->Find(alternative.name);
  origins_[PathOf(alternative.name)] = value->place;
  if (value->kind == Value::Kind::kNull) {
    // `- shuffle:` means the alternative with its defaults.
    Value& empty = made_.emplace_back(kEmptyMap);
    empty.place = value->place;
    value = &empty;
  }
  GroupSpec group;
  group.shorthand = alternative.shorthand;
  const Value* map = AsMap(*value, PathOf(alternative.name), group);
  if (map != nullptr) Enter(map, PathOf(alternative.name), [&] { visit(index); });
}

// An alternative's keys are those that its visit asks for.
void Parser::NoteOtherKeys(const ChoiceSpec& spec, size_t chosen,
                           const std::function<void(size_t)>& visit) {
  const std::vector<Finding> findings = findings_;
  const std::string path = frames_.back().path;
  Value& empty = made_.emplace_back(kEmptyMap);
  empty.place = frames_.back().at->place;
  std::map<std::string, std::string, std::less<>> elsewhere;
  for (size_t i = 0; i < spec.alternatives.size(); ++i) {
    if (i == chosen) continue;
    frames_.push_back({&empty, path, {}, false, {}});
    visit(i);
    for (const std::string& key : frames_.back().known) {
      std::string& owners = elsewhere[key];
      owners += (owners.empty() ? std::string(spec.tag) + ": " : " or ") +
                std::string(spec.alternatives[i].name);
    }
    frames_.pop_back();
  }
  findings_ = findings;
  frames_.back().elsewhere.merge(elsewhere);
}

void Parser::OnUnless(std::string_view other, bool there, const std::function<void()>& fields) {
  const std::string before = std::exchange(forbidden_by_, there ? std::string(other) : "");
  fields();
  forbidden_by_ = before;
}

}  // namespace orrery::scenario
