#include "sim/scenario/echo.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/scenario/load.h"
#include "sim/scenario/visit.h"

namespace orrery::scenario {
namespace {

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Whether `text` means itself without quotes, in block and in flow style.
bool IsPlain(std::string_view text) {
  static constexpr std::string_view kInside = " _-./$%+()=";
  if (text.empty() || text.front() == ' ' || text.back() == ' ') return false;
  for (const std::string_view null : {"null", "Null", "NULL"}) {
    if (text == null) return false;
  }
  const char first = text.front();
  const char second = text.size() > 1 ? text[1] : ' ';
  const bool negative = first == '-' && (IsAlphanumeric(second) || second == '$');
  if (!IsAlphanumeric(first) && !negative && first != '$' && first != '.' && first != '/') {
    return false;
  }
  return std::all_of(text.begin(), text.end(), [](char c) {
    return IsAlphanumeric(c) || kInside.find(c) != std::string_view::npos;
  });
}

std::string Scalar(std::string_view text) {
  if (IsPlain(text)) return std::string(text);
  static constexpr char kHex[] = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      quoted += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

class Echo final : public Visitor {
 public:
  explicit Echo(Names names) : Visitor(names) {}

  struct Line {
    int indent;
    bool dash = false;  // starts an entry of a list
    std::string key;    // empty: a bare value
    std::string value;  // empty: a map or list follows
    std::string path;   // empty: no value of its own
  };
  const std::vector<Line>& lines() const { return lines_; }

  void OnLeaf(const Info& info, Leaf& leaf) override { Emit(info.key, Scalar(leaf.Write())); }
  void OnItems(const Info& info, Items& items) override {
    std::string text;
    for (const std::string& item : items.Write()) {
      text += (text.empty() ? "" : ", ") + Scalar(item);
    }
    Emit(info.key, "[" + text + "]");
  }
  void OnWeights(const Info& info, Weights& weights) override {
    std::string text;
    for (const auto& [name, weight] : weights.Write()) {
      text += (text.empty() ? "" : ", ") + Scalar(name) + ": " + weight;
    }
    if (!text.empty()) Emit(info.key, "{" + text + "}");
  }
  void OnGroup(const Info& info, const GroupSpec& spec,
               const std::function<void()>& fields) override {
    if (spec.present == false) return;
    Map(info.key, spec.shorthand, fields);
  }
  void OnList(const Info& info, const ListSpec&, size_t size, const std::function<void(size_t)>&,
              const std::function<void(size_t)>& item) override {
    if (size == 0) {
      Emit(info.key, "[]");
      return;
    }
    lines_.push_back({indent_, false, std::string(info.key), "", ""});
    const std::string outer = path_;
    indent_ += 2;
    for (size_t i = 0; i < size; ++i) {
      path_ = PathOf(outer, info.key) + "[" + std::to_string(i) + "]";
      const size_t first = lines_.size();
      item(i);
      if (lines_.size() == first) lines_.push_back({indent_, false, "", "{}", ""});
      lines_[first].dash = true;
    }
    indent_ -= 2;
    path_ = outer;
  }
  void OnChoice(const Info&, const ChoiceSpec& spec, size_t current,
                const std::function<void(size_t)>& visit) override {
    const auto& alternative = spec.alternatives[current];
    if (spec.tag.empty()) {
      Map(alternative.name, alternative.shorthand, [&] { visit(current); });
    } else {
      Emit(spec.tag, std::string(alternative.name));
      visit(current);
    }
  }
  void OnRegistered(const Info& info, const Registered&, std::string& name,
                    Parameters& parameters) override {
    const auto emit_all = [&] {
      for (const auto& [key, value] : parameters) Emit(key, Scalar(value));
    };
    if (!info.key.empty()) {
      Emit(info.key, Scalar(name));
      emit_all();
    } else if (parameters.empty()) {
      Emit("", Scalar(name));
    } else {
      Map(name, "", emit_all);
    }
  }
  void OnUnless(std::string_view, bool there, const std::function<void()>& fields) override {
    if (!there) fields();
  }

 private:
  static std::string PathOf(const std::string& path, std::string_view key) {
    if (key.empty()) return path;
    return path.empty() ? std::string(key) : path + "." + std::string(key);
  }
  void Emit(std::string_view key, std::string value) {
    lines_.push_back({indent_, false, std::string(key), std::move(value), PathOf(path_, key)});
  }
  void Map(std::string_view key, std::string_view shorthand, const std::function<void()>& fields) {
    const std::string outer = path_;
    const size_t head = lines_.size();
    path_ = PathOf(outer, key);
    if (!key.empty()) {
      lines_.push_back({indent_, false, std::string(key), "", ""});
      ++indent_;
    }
    const size_t first = lines_.size();
    fields();
    if (!key.empty()) --indent_;
    path_ = outer;
    const bool only_shorthand = lines_.size() == first + 1 && !shorthand.empty() &&
                                lines_[first].key == shorthand && !lines_[first].value.empty();
    if (only_shorthand) {
      // The scalar alone says it all.
      Line line = lines_[first];
      line.key = key;
      line.indent = indent_;
      lines_.resize(head);
      lines_.push_back(std::move(line));
    } else if (lines_.size() == first && !key.empty()) {
      lines_[head].value = "{}";
    }
  }

  std::vector<Line> lines_;
  int indent_ = 0;
  std::string path_;
};

std::string Text(const Echo::Line& line) {
  std::string text(static_cast<size_t>(2 * line.indent), ' ');
  if (line.dash) text.replace(text.size() - 2, 2, "- ");
  if (!line.key.empty()) text += Scalar(line.key) + ":";
  if (!line.key.empty() && !line.value.empty()) text += ' ';
  return text + line.value;
}

std::vector<Echo::Line> Lines(const Loaded& loaded) {
  Scenario copy = loaded.scenario;
  Echo echo(loaded.NamesFor(copy));
  Visit(echo, copy);
  return echo.lines();
}

std::string OriginOf(const Echo::Line& line, const Origins& origins) {
  const auto origin = origins.find(line.path);
  return origin == origins.end() ? "default" : origin->second.Line();
}

}  // namespace

std::string ResolvedEcho(const Loaded& loaded) {
  std::string text;
  for (const Echo::Line& line : Lines(loaded)) text += Text(line) + '\n';
  return text;
}

std::string CheckReport(const Loaded& loaded) {
  // Comments stand in one column, save beside lines longer than most.
  static constexpr size_t kColumn = 44;
  std::string text;
  for (const Echo::Line& line : Lines(loaded)) {
    std::string row = Text(line);
    if (!line.path.empty()) {
      row.resize(std::max(row.size() + 2, kColumn), ' ');
      row += "# " + OriginOf(line, loaded.origins);
    }
    text += row + '\n';
  }
  return text;
}

}  // namespace orrery::scenario
