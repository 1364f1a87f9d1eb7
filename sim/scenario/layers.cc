#include "sim/scenario/layers.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "sim/scenario/words.h"

namespace orrery::scenario {
namespace {

namespace fs = std::filesystem;

// Keys whose change makes the rest of a map meaningless.
constexpr std::string_view kTagKeys[] = {"policy", "format", "law"};

bool SameTag(const Value& below, const Value& above) {
  for (const std::string_view key : kTagKeys) {
    const Value* old_tag = below.Find(key);
    const Value* new_tag = above.Find(key);
    if (old_tag != nullptr && new_tag != nullptr && old_tag->text != new_tag->text) return false;
  }
  return true;
}

void Merge(Value above, Value* below) {
  if (above.kind != Value::Kind::kMap || below->kind != Value::Kind::kMap ||
      !SameTag(*below, above)) {
    const bool over = above.kind == Value::Kind::kMap && below->kind == Value::Kind::kScalar;
    if (over) above.under = std::make_shared<const Value>(std::move(*below));
    *below = std::move(above);
    return;
  }
  below->place = above.place;
  // Repeated keys of one layer must stay repeated, so that they are reported: only entries of
  // lower layers are merged into.
  std::map<std::string, size_t> lower;
  for (size_t i = 0; i < below->map.size(); ++i) lower[below->map[i].key] = i;
  for (Value::Entry& entry : above.map) {
    const auto found = lower.find(entry.key);
    Value::Entry* const old = found == lower.end() ? nullptr : &below->map[found->second];
    if (old != nullptr && old->place.layer < entry.place.layer) {
      old->place = entry.place;
      Merge(std::move(entry.value), &old->value);
    } else {
      below->map.push_back(std::move(entry));
    }
  }
}

// Takes the entry `extends` out of the root.
std::optional<Value::Entry> TakeExtends(Value* root) {
  const auto found = std::find_if(root->map.begin(), root->map.end(),
                                  [](const Value::Entry& e) { return e.key == "extends"; });
  if (found == root->map.end()) return std::nullopt;
  Value::Entry entry = std::move(*found);
  root->map.erase(found);
  return entry;
}

void SetLayer(int layer, Value* value) {
  value->place.layer = layer;
  for (Value& item : value->list) SetLayer(layer, &item);
  for (Value::Entry& entry : value->map) {
    entry.place.layer = layer;
    SetLayer(layer, &entry.value);
  }
}

std::string Canonical(const std::string& path) {
  std::error_code ignored;
  const fs::path canonical = fs::weakly_canonical(path, ignored);
  return canonical.empty() ? path : canonical.string();
}

std::string CycleText(const std::vector<std::string>& chain, const std::string& again) {
  const auto start = std::find_if(chain.begin(), chain.end(), [&](const std::string& path) {
    return Canonical(path) == Canonical(again);
  });
  std::string text;
  for (auto path = start; path != chain.end(); ++path) text += *path + " -> ";
  return text + *start;
}

// The document in `path`'s place in the chain, merged onto what it extends. `chain` holds the paths
// from the root scenario down to this one.
Result<Value> ResolveExtends(Value root, const fs::path& folder, std::vector<std::string> chain) {
  if (root.kind != Value::Kind::kMap) {
    return MakeError(root.place.ToString(), "got " + root.Describe() +
                                                ", expected a map with keys such as 'name', "
                                                "'fleet' and 'workload'");
  }
  std::optional<Value::Entry> extends = TakeExtends(&root);
  if (!extends) return root;
  const std::string place = extends->value.place.ToString();
  if (extends->value.kind != Value::Kind::kScalar) {
    return MakeError(place, "extends: got " + extends->value.Describe() +
                                ", expected the name of a scenario file");
  }
  const std::string base_path = (folder / extends->value.text).lexically_normal().string();
  for (const std::string& path : chain) {
    if (Canonical(path) != Canonical(base_path)) continue;
    return MakeError(place, "extends: got " + Quoted(extends->value.text) +
                                ", which leads in a circle (" + CycleText(chain, base_path) +
                                "), expected a scenario that does not extend this one");
  }
  chain.push_back(base_path);
  Result<Value> base = ReadDocument(base_path, 0, place + ": extends");
  if (!base) return base;
  base = ResolveExtends(std::move(*base), fs::path(base_path).parent_path(), std::move(chain));
  if (!base) return base;
  SetLayer(base->place.layer + 1, &root);
  Value merged = std::move(*base);
  Merge(std::move(root), &merged);
  return merged;
}

}  // namespace

Result<Value> ReadLayers(const std::string& path) {
  Result<Value> root = ReadDocument(path);
  if (!root) return root;
  return ResolveExtends(std::move(*root), fs::path(path).parent_path(), {path});
}

Result<Value> ParseLayers(const std::string& text, const std::string& source) {
  Result<Value> root = ParseDocument(text, source);
  if (!root) return root;
  return ResolveExtends(std::move(*root), fs::path(), {});
}

}  // namespace orrery::scenario
