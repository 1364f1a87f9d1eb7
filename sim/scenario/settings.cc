// --set a.b[0].c=value: overrides from the command line.
#include <charconv>
#include <optional>
#include <utility>

#include "sim/scenario/layers.h"
#include "sim/scenario/words.h"

namespace orrery::scenario {
namespace {

struct Step {
  std::string key;
  std::vector<std::string> indices;  // the x of each [x]
};

// "a.b[0].c" in steps; nothing where it is not a path.
std::optional<std::vector<Step>> ParsePath(std::string_view text) {
  std::vector<Step> steps;
  while (true) {
    Step& step = steps.emplace_back();
    const size_t end = std::min(text.find_first_of(".[]"), text.size());
    if (end == 0) return std::nullopt;
    step.key = std::string(text.substr(0, end));
    text.remove_prefix(end);
    while (text.starts_with('[')) {
      const size_t close = text.find(']');
      if (close == std::string_view::npos || close == 1) return std::nullopt;
      step.indices.emplace_back(text.substr(1, close - 1));
      text.remove_prefix(close + 1);
    }
    if (text.empty()) return steps;
    if (!text.starts_with('.')) return std::nullopt;
    text.remove_prefix(1);
  }
}

// What an entry of a list can be called by, beside its number.
const std::string* EntryName(const Value& item) {
  if (item.kind == Value::Kind::kScalar) return &item.text;
  for (const std::string_view key : {"name", "id"}) {
    const Value* name = item.Find(key);
    if (name != nullptr && name->kind == Value::Kind::kScalar) return &name->text;
  }
  return nullptr;
}

void PlaceAll(const Place& place, Value* value) {
  value->place = place;
  for (Value& item : value->list) PlaceAll(place, &item);
  for (Value::Entry& entry : value->map) {
    entry.place = place;
    PlaceAll(place, &entry.value);
  }
}

// One setting on its way down the document. Each step returns false and leaves a complaint.
class Setter {
 public:
  Setter(const Place& place, Value* root) : place_(place), at_(root) {}

  bool Descend(const Step& step) {
    if (at_->kind == Value::Kind::kList && !OnlyEntry()) return false;
    if (at_->kind == Value::Kind::kScalar) KeepAsShorthand();
    if (at_->kind == Value::Kind::kNull) at_->kind = Value::Kind::kMap;
    path_ += (path_.empty() ? "" : ".") + step.key;
    Value* next = at_->Find(step.key);
    if (next == nullptr) {
      Value empty;
      empty.place = place_;
      at_->map.push_back({step.key, place_, std::move(empty)});
      next = &at_->map.back().value;
    }
    at_ = next;
    for (const std::string& index : step.indices) {
      if (!Index(index)) return false;
    }
    return true;
  }
  void Assign(Value value) { *at_ = std::move(value); }
  const std::string& complaint() const { return complaint_; }

 private:
  bool OnlyEntry() {
    if (at_->list.size() == 1) {
      at_ = &at_->list[0];
      return true;
    }
    complaint_ = path_ + ": got no index for a list of " + std::to_string(at_->list.size()) +
                 " entries, expected " + path_ + "[0] or " + path_ + "[name]";
    return false;
  }
  void KeepAsShorthand() {
    Value scalar = std::move(*at_);
    *at_ = Value();
    at_->kind = Value::Kind::kMap;
    at_->place = scalar.place;
    at_->map.push_back({std::string(kShorthandKey), scalar.place, std::move(scalar)});
  }
  bool Index(const std::string& index) {
    // One entry may stand where a list is meant.
    const bool single = at_->kind == Value::Kind::kMap || at_->kind == Value::Kind::kScalar;
    Value* const items = single ? at_ : at_->list.data();
    const size_t count = single ? 1 : at_->list.size();
    size_t number = 0;
    const auto [end, error] = std::from_chars(index.data(), index.data() + index.size(), number);
    const bool is_number = error == std::errc() && end == index.data() + index.size();
    std::vector<std::string> names;
    for (size_t i = 0; i < count; ++i) {
      const std::string* name = EntryName(items[i]);
      if (name != nullptr) names.push_back(*name);
      if (is_number ? i != number : name == nullptr || *name != index) continue;
      at_ = &items[i];
      path_ += "[" + index + "]";
      return true;
    }
    complaint_ = path_ + ": got the index " + Quoted(index) + ", expected ";
    if (count == 0) {
      complaint_ += "no index: the list is empty";
    } else {
      complaint_ += count == 1 ? "0" : "0 to " + std::to_string(count - 1);
      if (!names.empty()) complaint_ += " or a name";
      if (!is_number) complaint_ += DidYouMean(index, names);
    }
    return false;
  }

  Place place_;
  Value* at_;
  std::string path_;
  std::string complaint_;
};

std::optional<Finding> Apply(const std::string& setting, int layer, Value* root) {
  const Place place{std::make_shared<const std::string>("--set " + setting), 0, 0, layer};
  const size_t equals = setting.find('=');
  const std::optional<std::vector<Step>> steps =
      ParsePath(std::string_view(setting).substr(0, equals));
  if (equals == std::string::npos || !steps) {
    return Finding{*place.source, "got " + Quoted(setting) +
                                      ", expected key=value such as scheduler.order=fifo "
                                      "or fleet[0].count=12"};
  }
  const std::string text = setting.substr(equals + 1);
  Value value;
  if (text.find_first_not_of(' ') != std::string::npos) {
    Result<Value> parsed = ParseDocument(text, *place.source);
    if (!parsed) return Finding{*place.source, parsed.error().findings().front().what};
    value = std::move(*parsed);
  }
  PlaceAll(place, &value);
  Setter setter(place, root);
  for (const Step& step : *steps) {
    if (!setter.Descend(step)) return Finding{*place.source, setter.complaint()};
  }
  setter.Assign(std::move(value));
  return std::nullopt;
}

}  // namespace

std::vector<Finding> ApplySettings(const std::vector<std::string>& settings, Value* root) {
  std::vector<Finding> findings;
  int layer = root->place.layer;
  for (const std::string& setting : settings) {
    if (auto finding = Apply(setting, ++layer, root)) findings.push_back(std::move(*finding));
  }
  return findings;
}

}  // namespace orrery::scenario
