#include "sim/scenario/schema.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "sim/scenario/visit.h"

namespace orrery::scenario {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kDurationPattern[] = R"(^-?[0-9.]+([eE][-+]?[0-9]+)? ?(ns|us|ms|s|min|m|h|d|w)$)";

Json AnyOf(std::vector<Json> schemas) {
  if (schemas.size() == 1) return schemas.front();
  return {{"anyOf", std::move(schemas)}};
}

Json KindSchema(const KindInfo& kind, const Leaf::Bounds& bounds) {
  std::vector<Json> schemas;
  if (!kind.values.empty()) schemas.push_back({{"enum", kind.values}});
  if (kind.values.empty() || kind.open) {
    for (const std::string& type : kind.types) {
      Json schema = {{"type", type}};
      if (type == "string" && !kind.pattern.empty()) schema["pattern"] = kind.pattern;
      if (type != "string") {
        if (bounds.min) schema[bounds.above_min ? "exclusiveMinimum" : "minimum"] = *bounds.min;
        if (bounds.max) schema["maximum"] = *bounds.max;
      }
      schemas.push_back(std::move(schema));
    }
  }
  return AnyOf(std::move(schemas));
}

// The default as the JSON type that an editor would insert.
Json Default(const std::string& text, const KindInfo& kind) {
  for (const std::string& type : kind.types) {
    if (type == "string") continue;
    Json value = Json::parse(text, nullptr, false);
    if (!value.is_discarded() && !value.is_object() && !value.is_array()) return value;
  }
  return text;
}

// One object in the making.
struct Object {
  struct Alternative {
    std::string tag_key;
    std::string name;
    std::string doc;
    bool is_default = false;
    Json properties = Json::object();
    std::vector<std::string> required;
  };

  Json properties = Json::object();
  std::vector<std::string> required;
  // Told apart by the value of a key; empty: no such choice here.
  std::vector<Alternative> alternatives;
  // One of these keys must be there.
  std::vector<std::string> one_of;
  // What a visit without a key said: the schema of the value itself.
  Json item;
};

Json ObjectSchema(Json properties, const std::vector<std::string>& required) {
  Json schema = {{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = required;
  schema["additionalProperties"] = false;
  return schema;
}

Json Build(const Object& object) {
  if (object.alternatives.empty()) {
    Json schema = ObjectSchema(object.properties, object.required);
    std::vector<Json> keys;
    for (const std::string& key : object.one_of) keys.push_back({{"required", Json::array({key})}});
    if (!keys.empty()) schema["oneOf"] = keys;
    return schema;
  }
  std::vector<Json> schemas;
  for (const Object::Alternative& alternative : object.alternatives) {
    Json properties = {
        {alternative.tag_key, {{"const", alternative.name}, {"description", alternative.doc}}}};
    properties.update(object.properties);
    properties.update(alternative.properties);
    std::vector<std::string> required = object.required;
    if (!alternative.is_default) required.push_back(alternative.tag_key);
    required.insert(required.end(), alternative.required.begin(), alternative.required.end());
    schemas.push_back(ObjectSchema(std::move(properties), required));
  }
  return {{"oneOf", std::move(schemas)}};
}

Json ParameterSchema(const ParamInfo& parameter) {
  Json schema = Json::object();
  if (!parameter.doc.empty()) schema["description"] = parameter.doc;
  if (!parameter.choices.empty()) {
    schema["enum"] = parameter.choices;
  } else if (parameter.type == ParamInfo::Type::kFlag) {
    schema["type"] = "boolean";
  } else if (parameter.type == ParamInfo::Type::kDuration) {
    schema["type"] = "string";
    schema["pattern"] = kDurationPattern;
  } else if (parameter.type == ParamInfo::Type::kText) {
    schema["type"] = Json::array({"string", "number", "array", "object"});
  } else {
    // Numbers may have a unit, which makes them strings.
    schema["type"] = Json::array({"number", "string"});
  }
  return schema;
}

class SchemaVisitor final : public Visitor {
 public:
  explicit SchemaVisitor(Names names) : Visitor(names) { objects_.emplace_back(); }

  Json Take() { return Build(objects_.back()); }

  void OnLeaf(const Info& info, Leaf& leaf) override {
    const KindInfo kind = leaf.Kind();
    std::vector<Json> schemas = {KindSchema(kind, leaf.NumericBounds())};
    if (!leaf.none_means().empty()) schemas.push_back({{"enum", Json::array({"none", nullptr})}});
    Json schema = AnyOf(std::move(schemas));
    if (!info.required) schema["default"] = Default(leaf.Write(), kind);
    Add(info, std::move(schema));
  }
  void OnItems(const Info& info, Items& items) override {
    const Json item = KindSchema(items.Kind(), {});
    const auto [min, max] = items.count();
    Json list = {{"type", "array"}, {"items", item}, {"maxItems", max}};
    Add(info, AnyOf({std::move(list), item}));
  }
  void OnWeights(const Info& info, Weights& weights) override {
    const Json name = KindSchema(weights.Kind(), {});
    Json list = {{"type", "array"}, {"items", name}, {"minItems", 1}};
    Json map = {{"type", "object"},
                {"additionalProperties", {{"type", "number"}, {"exclusiveMinimum", 0}}},
                {"minProperties", 1}};
    Add(info, AnyOf({std::move(map), std::move(list), name}));
  }
  void OnGroup(const Info& info, const GroupSpec& spec,
               const std::function<void()>& fields) override {
    if (spec.set_present) spec.set_present(true);
    if (spec.reset) spec.reset();
    Add(info, Nested(spec.shorthand, spec.present.has_value(), fields));
    if (spec.set_present) spec.set_present(*spec.present);
  }
  void OnList(const Info& info, const ListSpec& spec, size_t size,
              const std::function<void(size_t)>& resize,
              const std::function<void(size_t)>& item) override {
    resize(0);
    resize(1);
    objects_.emplace_back();
    item(0);
    Json entry = std::move(objects_.back().item);
    objects_.pop_back();
    resize(size);
    Json list = {{"type", "array"}, {"items", entry}};
    if (spec.min > 0) list["minItems"] = spec.min;
    list["maxItems"] = spec.max;
    Add(info, spec.single ? AnyOf({std::move(list), std::move(entry)}) : std::move(list));
  }
  void OnChoice(const Info& info, const ChoiceSpec& spec, size_t current,
                const std::function<void(size_t)>& visit) override {
    for (size_t i = 0; i < spec.alternatives.size(); ++i) {
      const auto& alternative = spec.alternatives[i];
      const std::string name(alternative.name);
      if (spec.tag.empty()) {
        const auto fields = [&] { visit(i); };
        Add({.key = name, .doc = alternative.doc}, Nested(alternative.shorthand, false, fields));
        if (info.required) objects_.back().one_of.push_back(name);
        continue;
      }
      objects_.emplace_back();
      visit(i);
      Object fields = std::move(objects_.back());
      objects_.pop_back();
      objects_.back().alternatives.push_back(
          {std::string(spec.tag), name, std::string(info.doc) + ": " + std::string(alternative.doc),
           !info.required && i == current, std::move(fields.properties),
           std::move(fields.required)});
    }
    // Leave the value as it was.
    objects_.emplace_back();
    visit(current);
    objects_.pop_back();
  }
  void OnRegistered(const Info& info, const Registered& registered, std::string& name,
                    Parameters&) override {
    std::vector<Object::Alternative> alternatives;
    for (const std::string& candidate : registered.Names()) {
      const RegisteredInfo described = registered.Describe(candidate);
      Object::Alternative alternative;
      alternative.tag_key = info.key;
      alternative.name = candidate;
      alternative.doc = described.rule;
      alternative.is_default = !info.required && candidate == name;
      for (const ParamInfo& parameter : described.parameters) {
        alternative.properties[parameter.name] = ParameterSchema(parameter);
      }
      alternatives.push_back(std::move(alternative));
    }
    if (info.key.empty()) {
      objects_.back().item = EntrySchema(alternatives);
    } else {
      objects_.back().alternatives = std::move(alternatives);
    }
  }
  void OnUnless(std::string_view, bool, const std::function<void()>& fields) override {
    objects_.emplace_back();
    fields();
    Object object = std::move(objects_.back());
    objects_.pop_back();
    objects_.back().properties.update(object.properties);
  }

 private:
  void Add(const Info& info, Json schema) {
    Object& object = objects_.back();
    if (info.key.empty()) {
      object.item = std::move(schema);
      return;
    }
    const std::string key(info.key);
    Json property = Json::object();
    if (!info.doc.empty()) property["description"] = std::string(info.doc);
    property.update(schema);
    object.properties[key] = std::move(property);
    if (info.required) object.required.push_back(key);
  }
  // The schema of a group: a map, or the scalar that its shorthand allows.
  Json Nested(std::string_view shorthand, bool may_be_null, const std::function<void()>& fields) {
    objects_.emplace_back();
    fields();
    const Object object = std::move(objects_.back());
    objects_.pop_back();
    std::vector<Json> schemas = {Build(object)};
    if (!shorthand.empty()) schemas.push_back(ShorthandSchema(object, std::string(shorthand)));
    if (may_be_null) schemas.push_back({{"type", "null"}});
    return AnyOf(std::move(schemas));
  }
  static Json ShorthandSchema(const Object& object, const std::string& key) {
    if (object.properties.contains(key)) return Bare(object.properties[key]);
    std::vector<std::string> names;
    for (const Object::Alternative& alternative : object.alternatives) {
      if (alternative.tag_key == key) names.push_back(alternative.name);
      if (alternative.properties.contains(key)) return Bare(alternative.properties[key]);
    }
    return {{"enum", names}};
  }
  static Json Bare(Json schema) {
    schema.erase("description");
    schema.erase("default");
    return schema;
  }
  static Json EntrySchema(const std::vector<Object::Alternative>& alternatives) {
    std::vector<std::string> names;
    Json properties = Json::object();
    for (const Object::Alternative& alternative : alternatives) {
      names.push_back(alternative.name);
      Json parameters = ObjectSchema(alternative.properties, {});
      parameters["type"] = Json::array({"object", "null"});
      Json property = {{"description", alternative.doc}};
      property.update(parameters);
      properties[alternative.name] = std::move(property);
    }
    Json map = ObjectSchema(std::move(properties), {});
    map["minProperties"] = 1;
    map["maxProperties"] = 1;
    return AnyOf({Json{{"enum", names}}, std::move(map)});
  }

  std::vector<Object> objects_;
};

// Moves what occurs several times into $defs, which keeps the schema a size that editors like.
class Hoister {
 public:
  Json Hoist(Json schema) {
    Count("", schema);
    Json root = Replaced(schema);
    if (!defs_.empty()) root["$defs"] = std::move(defs_);
    return root;
  }

 private:
  static constexpr size_t kWorthwhileBytes = 300;

  static Json Body(const Json& schema) {
    Json body = schema;
    body.erase("description");
    body.erase("default");
    return body;
  }
  static bool IsSchema(const Json& value) {
    return value.is_object() && (value.contains("type") || value.contains("oneOf") ||
                                 value.contains("anyOf") || value.contains("enum"));
  }
  static bool IsSchemaWord(const std::string& key) {
    return key == "properties" || key == "anyOf" || key == "oneOf" || key == "items";
  }
  void Count(const std::string& name, const Json& value) {
    if (IsSchema(value)) {
      auto& [count, first_name] = seen_[Body(value).dump()];
      // What is inside a schema that recurs is written once with it.
      if (++count > 1) return;
      first_name = name;
    }
    for (const auto& [key, child] : value.items()) {
      // The key of a property names it; "anyOf", "items" and the like name nothing.
      const bool names_nothing = value.is_array() || IsSchema(value) || IsSchemaWord(key);
      if (child.is_structured()) Count(names_nothing ? name : key, child);
    }
  }
  Json Replaced(const Json& value) {
    if (!value.is_structured()) return value;
    if (IsSchema(value)) {
      const std::string body = Body(value).dump();
      const auto& [count, name] = seen_[body];
      if (count > 1 && body.size() >= kWorthwhileBytes) return Reference(value, body, name);
    }
    return Children(value);
  }
  Json Children(const Json& value) {
    Json copy = value;
    for (auto& child : copy) child = Replaced(child);
    return copy;
  }
  Json Reference(const Json& value, const std::string& body, const std::string& wanted) {
    auto [entry, is_new] = names_.try_emplace(body);
    if (is_new) {
      std::string name = wanted;
      for (int i = 2; !taken_.insert(name).second; ++i) name = wanted + "-" + std::to_string(i);
      entry->second = name;
      Json definition = Children(Body(value));
      defs_[name] = std::move(definition);
    }
    Json reference = Json::object();
    for (const char* key : {"description", "default"}) {
      if (value.contains(key)) reference[key] = value[key];
    }
    reference["$ref"] = "#/$defs/" + names_[body];
    return reference;
  }

  std::map<std::string, std::pair<int, std::string>> seen_;
  std::map<std::string, std::string> names_;
  std::set<std::string> taken_;
  Json defs_ = Json::object();
};

}  // namespace

std::string JsonSchema(const Tables& tables) {
  Loaded loaded;
  loaded.tables = tables;
  loaded.scenario.gpus = tables.gpus;
  SchemaVisitor visitor(loaded.NamesFor(loaded.scenario));
  Visit(visitor, loaded.scenario);
  Json body = visitor.Take();
  body["properties"]["extends"] = {
      {"type", "string"},
      {"description",
       "a scenario, relative to this file, whose keys hold where this one is silent"}};
  // What a file extends gives the keys that it lacks itself.
  body["anyOf"] =
      Json::array({{{"required", Json::array({"extends"})}}, {{"required", body["required"]}}});
  body.erase("required");
  Json root = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
               {"title", "orrery scenario"}};
  root.update(Hoister().Hoist(std::move(body)));
  return root.dump(2) + "\n";
}

}  // namespace orrery::scenario
