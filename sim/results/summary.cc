#include "sim/results/summary.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <type_traits>

#include "sim/results/run.h"
#include "sim/results/summary_fields.h"

namespace orrery::results {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
constexpr bool kIsVector = false;
template <typename T>
constexpr bool kIsVector<std::vector<T>> = true;
template <typename T>
constexpr bool kIsOptional = false;
template <typename T>
constexpr bool kIsOptional<std::optional<T>> = true;

class Writer {
 public:
  template <typename T>
  void operator()(const char* key, const T& value) {
    if constexpr (std::is_class_v<T> && !std::is_same_v<T, std::string>) {
      Writer inner;
      Fields(value, inner);
      json_[key] = std::move(inner.json_);
    } else if constexpr (std::is_same_v<T, double>) {
      json_[key] = std::isfinite(value) ? Json(value) : Json(nullptr);
    } else {
      json_[key] = value;
    }
  }
  // Figures by name.
  template <typename T>
  void operator()(const char* key, const std::vector<T>& list) {
    Writer inner;
    for (const T& figures : list) inner(figures.name.c_str(), figures);
    json_[key] = std::move(inner.json_);
  }
  template <typename T>
  void operator()(const char* key, const std::optional<T>& value) {
    if (value) (*this)(key, *value);
  }
  Json Take() { return std::move(json_); }

 private:
  Json json_ = Json::object();
};

class Reader {
 public:
  Reader(const Json& json, std::string path, std::string* failure)
      : json_(json), path_(std::move(path)), failure_(failure) {
    if (!json.is_object()) Expected("an object");
  }

  template <typename T>
  void operator()(const char* key, T& value) {
    if (!json_.is_object()) return;
    const auto found = json_.find(key);
    if (found == json_.end()) return;
    Read(*found, path_.empty() ? key : path_ + "." + key, value);
  }

 private:
  template <typename T>
  void Read(const Json& json, const std::string& path, T& value) {
    Reader at(json, path, failure_, nullptr);
    if constexpr (std::is_same_v<T, std::string>) {
      json.is_string() ? void(value = json.get<std::string>()) : at.Expected("a text");
    } else if constexpr (std::is_same_v<T, bool>) {
      json.is_boolean() ? void(value = json.get<bool>()) : at.Expected("true or false");
    } else if constexpr (std::is_same_v<T, double>) {
      if (json.is_null()) {
        value = kNoValue;
      } else {
        json.is_number() ? void(value = json.get<double>()) : at.Expected("a number or null");
      }
    } else if constexpr (std::is_integral_v<T>) {
      json.is_number_unsigned() ? void(value = json.get<T>()) : at.Expected("a count");
    } else if constexpr (kIsOptional<T>) {
      Read(json, path, value.emplace());
    } else if constexpr (kIsVector<T>) {
      if (!json.is_object()) return at.Expected("an object");
      for (const auto& [name, inner] : json.items()) {
        value.push_back({});
        value.back().name = name;
        Reader reader(inner, path + "." + name, failure_);
        Fields(value.back(), reader);
      }
    } else {
      Reader reader(json, path, failure_);
      Fields(value, reader);
    }
  }

  Reader(const Json& json, std::string path, std::string* failure, std::nullptr_t)
      : json_(json), path_(std::move(path)), failure_(failure) {}

  void Expected(const char* what) {
    if (!failure_->empty()) return;
    *failure_ = fmt::format("the summary's {} is {}, expected {}", path_.empty() ? "value" : path_,
                            json_.dump(), what);
  }

  const Json& json_;
  std::string path_;
  std::string* failure_;
};

}  // namespace

const char* JobRowsName(JobRows rows) {
  switch (rows) {
    case JobRows::kAll:
      return "all";
    case JobRows::kSample:
      return "sample";
    case JobRows::kAggregate:
      return "aggregate";
  }
  return "?";
}

nlohmann::ordered_json ToJson(const Summary& summary) {
  Writer writer;
  Fields(summary, writer);
  return writer.Take();
}

Result<Summary> FromJson(const nlohmann::ordered_json& json, const std::string& place) {
  Summary summary;
  std::string failure;
  Reader reader(json, "", &failure);
  Fields(summary, reader);
  if (!failure.empty()) return MakeError(place, failure);
  return summary;
}

bool SameOutcome(const Summary& a, const Summary& b) {
  Summary x = a;
  Summary y = b;
  for (Summary* summary : {&x, &y}) summary->policy_seconds = summary->wall_seconds = 0;
  return ToJson(x) == ToJson(y);
}

}  // namespace orrery::results
