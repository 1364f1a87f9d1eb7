#include "sim/scenario/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "sim/scenario/text_check.h"
#include "sim/scenario/words.h"

namespace orrery::scenario {

std::string Place::ToString() const {
  if (source == nullptr) return "";
  if (line == 0) return *source;
  return Line() + ":" + std::to_string(column);
}

std::string Place::Line() const {
  if (source == nullptr) return "";
  if (line == 0) return *source;
  return *source + ":" + std::to_string(line);
}

const Value* Value::Find(std::string_view key) const {
  for (auto entry = map.rbegin(); entry != map.rend(); ++entry) {
    if (entry->key == key) return &entry->value;
  }
  return nullptr;
}

Value* Value::Find(std::string_view key) {
  return const_cast<Value*>(std::as_const(*this).Find(key));
}

std::string Value::Describe() const {
  switch (kind) {
    case Kind::kNull:
      return "nothing";
    case Kind::kScalar:
      return Quoted(text);
    case Kind::kList:
      return "a list";
    case Kind::kMap:
      return "a map";
  }
  return "?";
}

namespace {

// Stops yaml-cpp's parser from within; caught in ParseDocument.
struct Refused {
  YAML::Mark mark;
  std::string what;
};

// Builds the tree from yaml-cpp's events. Its own Node type would resolve aliases by sharing and
// drop repeated keys, and offers no bounds.
class Builder final : public YAML::EventHandler {
 public:
  Builder(std::shared_ptr<const std::string> source, int layer)
      : source_(std::move(source)), layer_(layer) {}

  Value TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Add(mark, anchor, Make(mark, Value::Kind::kNull));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    CheckTag(mark, tag);
    const bool quoted = tag == "!";
    const bool null = !quoted && (text.empty() || text == "~" || text == "null");
    Value value = Make(mark, null ? Value::Kind::kNull : Value::Kind::kScalar);
    value.text = text;
    Add(mark, anchor, std::move(value));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      throw Refused{mark, "got an alias inside the value that it stands for"};
    }
    Count(mark, found->second.values);
    CheckDepth(mark, found->second.depth);
    Value copy = found->second.value;
    AddFinished(mark, std::move(copy), found->second.values, found->second.depth);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, Value::Kind::kList);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, Value::Kind::kMap);
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Anchored {
    Value value;
    size_t values;
    int depth;
  };
  struct Frame {
    Value value;
    YAML::anchor_t anchor;
    YAML::Mark mark;
    size_t values = 1;  // in this subtree
    int depth = 1;      // of this subtree
    std::optional<std::pair<std::string, Place>> key;
  };

  Value Make(const YAML::Mark& mark, Value::Kind kind) const {
    Value value;
    value.kind = kind;
    value.place = {source_, mark.line + 1, mark.column + 1, layer_};
    return value;
  }
  static void CheckTag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    throw Refused{mark, "got the tag " + Quoted(tag) + ", expected a value without a tag"};
  }
  void Count(const YAML::Mark& mark, size_t values) {
    total_ += values;
    if (total_ > kMaxDocumentValues) {
      throw Refused{mark, "got more than " + std::to_string(kMaxDocumentValues) +
                              " values with aliases expanded, expected a scenario"};
    }
  }
  void CheckDepth(const YAML::Mark& mark, int below) const {
    if (static_cast<int>(frames_.size()) + below > kMaxDocumentDepth) {
      throw Refused{mark, "got values nested more than " + std::to_string(kMaxDocumentDepth) +
                              " deep, expected a scenario"};
    }
  }
  void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            Value::Kind kind) {
    CheckTag(mark, tag);
    if (AtKey()) {
      throw Refused{mark, "got a list or a map as a key, expected a name (is a bracket closed?)"};
    }
    Count(mark, 1);
    CheckDepth(mark, 1);
    frames_.push_back({Make(mark, kind), anchor, mark, 1, 1, std::nullopt});
  }
  void Close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    Keep(frame.mark, frame.anchor, frame.value, frame.values, frame.depth);
    AddFinished(frame.mark, std::move(frame.value), frame.values, frame.depth);
  }
  void Add(const YAML::Mark& mark, YAML::anchor_t anchor, Value value) {
    Count(mark, 1);
    Keep(mark, anchor, value, 1, 1);
    AddFinished(mark, std::move(value), 1, 1);
  }
  // The copy counts as well, so that nested anchors are no way around the bound.
  void Keep(const YAML::Mark& mark, YAML::anchor_t anchor, const Value& value, size_t values,
            int depth) {
    if (anchor == 0) return;
    Count(mark, values);
    anchors_[anchor] = {value, values, depth};
  }
  bool AtKey() const {
    return !frames_.empty() && frames_.back().value.kind == Value::Kind::kMap &&
           !frames_.back().key.has_value();
  }
  void AddFinished(const YAML::Mark& mark, Value value, size_t values, int depth) {
    if (frames_.empty()) {
      root_ = std::move(value);
      return;
    }
    Frame& top = frames_.back();
    top.values += values;
    top.depth = std::max(top.depth, depth + 1);
    if (top.value.kind == Value::Kind::kList) {
      top.value.list.push_back(std::move(value));
    } else if (!top.key) {
      if (value.kind != Value::Kind::kScalar || value.text.empty()) {
        throw Refused{mark, "got " + value.Describe() + " as a key, expected a name"};
      }
      top.key = {std::move(value.text), value.place};
    } else {
      // yaml-cpp places a missing value at whatever comes next, perhaps lines below.
      if (value.kind == Value::Kind::kNull) value.place = top.key->second;
      top.value.map.push_back({std::move(top.key->first), top.key->second, std::move(value)});
      top.key.reset();
    }
  }

  std::shared_ptr<const std::string> source_;
  int layer_;
  Value root_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  size_t total_ = 0;
};

// What to do about a complaint of yaml-cpp, whose words alone often do not say it.
std::string Advice(const std::string& complaint) {
  static constexpr std::pair<std::string_view, std::string_view> kAdvice[] = {
      {"end of map not found", "expected every key of a map at the same indentation"},
      {"end of sequence not found", "expected every '-' of a list at the same indentation"},
      {"end of map flow not found", "expected a closing '}'"},
      {"end of sequence flow not found", "expected a closing ']'"},
      {"illegal map value", "expected one 'key: value' a line (quote a value that contains ': ')"},
      {"illegal block entry", "expected '- ' only at the start of a list's item"},
      {"illegal flow end", "expected a ']' or '}' only after its '[' or '{'"},
      {"illegal EOF in scalar", "expected a closing quote"},
      {"illegal document indicator in scalar", "expected a closing quote"},
      {"unknown token", "expected a value (quote one that starts with % @ ` or a tab)"},
      {"the referenced anchor is not defined", "expected an alias to an anchor further up"},
      {"bad file", "expected values nested less deeply"},
  };
  for (const auto& [words, advice] : kAdvice) {
    if (complaint.find(words) != std::string::npos) return ", " + std::string(advice);
  }
  return "";
}

std::string PlaceText(const std::string& source, const YAML::Mark& mark) {
  if (mark.is_null()) return source;
  return source + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
}

}  // namespace

Result<Value> ParseDocument(const std::string& text, const std::string& source, int layer) {
  if (auto finding = CheckText(text, source)) {
    return MakeError(std::move(finding->place), std::move(finding->what));
  }
  Builder builder(std::make_shared<const std::string>(source), layer);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) {
      return MakeError(source, "got an empty file, expected a scenario in YAML");
    }
    Value root = builder.TakeRoot();
    Builder rest(nullptr, layer);
    if (parser.HandleNextDocument(rest)) {
      return MakeError(source, "got several YAML documents, expected one (remove the line '---')");
    }
    return root;
  } catch (const Refused& refused) {
    return MakeError(PlaceText(source, refused.mark), refused.what);
  } catch (const YAML::Exception& error) {
    // yaml-cpp trips over a tab somewhere behind it, in words that do not mention the tab.
    if (auto tab = FindTabIndent(text, source)) {
      return MakeError(std::move(tab->place), std::move(tab->what));
    }
    return MakeError(PlaceText(source, error.mark), "not YAML: " + error.msg + Advice(error.msg));
  }
}

}  // namespace orrery::scenario
