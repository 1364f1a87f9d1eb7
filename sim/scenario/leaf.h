// Scalars of a scenario: how a value is read from text, checked against its bounds, written back,
// and described in messages, in the schema and on the reference page.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/base/text.h"

namespace orrery::scenario {

// Why a text is no value: what would be right, and the nearest right text (empty: none is near).
struct Complaint {
  std::string expected;
  std::string suggestion;
};

// "expected a duration such as 90s or 6h (did you mean '90s'?)".
std::string ComplaintText(const Complaint& complaint);

// What the schema and the reference page say of a kind of scalar.
struct KindInfo {
  std::string kind;     // "a duration"
  std::string example;  // "90s or 6h"; may be empty
  // JSON Schema: the types that are accepted, and a pattern that a string must match (empty: any).
  std::vector<std::string> types;
  std::string pattern;
  // The values there are, or (where `open`) some of them.
  std::vector<std::string> values;
  bool open = false;
};

// Text ↔ value. Write is exact: Read(Write(x)) gives x back.
template <typename T>
class Codec {
 public:
  virtual ~Codec() = default;
  // False where `text` is no such value; may leave a suggestion.
  virtual bool Read(std::string_view text, T* value, std::string* suggestion) const = 0;
  virtual std::string Write(const T& value) const = 0;
  virtual KindInfo Kind() const = 0;
};

// Bounds and words of one key. In the order in which designated initialisers must name them.
template <typename T>
struct Spec {
  std::optional<T> min = std::nullopt;
  std::optional<T> max = std::nullopt;
  // The value must be greater than `min`, not equal to it.
  bool above_min = false;
  // The value that is written "none", and what it means.
  std::optional<T> none = std::nullopt;
  std::string_view none_means = "";
  std::string_view doc = "";
  std::string_view source = "";
  bool required = false;
};

struct ListSpec {
  size_t min = 0;
  size_t max = 10'000;
  // One entry may stand alone where the list is meant.
  bool single = true;
};

// A scalar with its bounds, whatever its type.
class Leaf {
 public:
  virtual ~Leaf() = default;
  // Sets the value; where the text is wrong it stays as it was.
  virtual std::optional<Complaint> Read(std::string_view text) = 0;
  virtual std::string Write() const = 0;
  virtual KindInfo Kind() const = 0;
  // "from 1s to 10d", "above 0", or nothing.
  virtual std::string Range() const = 0;
  // Bounds as numbers where JSON Schema can state them.
  struct Bounds {
    std::optional<double> min, max;
    bool above_min = false;
  };
  virtual Bounds NumericBounds() const = 0;
  // What "none" means here; empty where it is no value.
  virtual std::string_view none_means() const = 0;
  // "a duration such as 90s or 6h, from 1s to 10d".
  std::string Expected() const;
};

std::string RangeText(const std::string* min, const std::string* max, bool above_min);

template <typename T>
class CodecLeaf final : public Leaf {
 public:
  CodecLeaf(T* value, const Codec<T>& codec, const Spec<T>& spec)
      : value_(value), codec_(codec), spec_(spec) {}

  std::optional<Complaint> Read(std::string_view text) override {
    if (spec_.none && text == "none") {
      *value_ = *spec_.none;
      return std::nullopt;
    }
    T read{};
    std::string suggestion;
    if (!codec_.Read(text, &read, &suggestion)) return Complaint{Expected(), suggestion};
    const bool low = spec_.min && (spec_.above_min ? !(read > *spec_.min) : !(read >= *spec_.min));
    if (low || (spec_.max && !(read <= *spec_.max))) return Complaint{Expected(), ""};
    *value_ = std::move(read);
    return std::nullopt;
  }
  std::string Write() const override {
    return spec_.none && *value_ == *spec_.none ? "none" : codec_.Write(*value_);
  }
  KindInfo Kind() const override { return codec_.Kind(); }
  std::string Range() const override {
    const std::string min = spec_.min ? codec_.Write(*spec_.min) : "";
    const std::string max = spec_.max ? codec_.Write(*spec_.max) : "";
    return RangeText(spec_.min ? &min : nullptr, spec_.max ? &max : nullptr, spec_.above_min);
  }
  Bounds NumericBounds() const override {
    return {NumberIn(spec_.min), NumberIn(spec_.max), spec_.above_min};
  }
  std::string_view none_means() const override {
    return spec_.none ? spec_.none_means : std::string_view();
  }

 private:
  // A bound as the number that a scenario would write; none where that has a unit.
  std::optional<double> NumberIn(const std::optional<T>& bound) const {
    if (!bound) return std::nullopt;
    const Parsed<double> number = ParseDouble(codec_.Write(*bound));
    return number ? std::optional<double>(*number) : std::nullopt;
  }

  T* value_;
  const Codec<T>& codec_;
  const Spec<T>& spec_;
};

// A value that may be absent; `spec.none_means` says what that means.
template <typename T>
class OptionalLeaf final : public Leaf {
 public:
  OptionalLeaf(std::optional<T>* value, const Codec<T>& codec, const Spec<T>& spec)
      : value_(value), held_(value->value_or(T{})), leaf_(&held_, codec, spec), spec_(spec) {}

  std::optional<Complaint> Read(std::string_view text) override {
    if (text == "none") {
      value_->reset();
      return std::nullopt;
    }
    std::optional<Complaint> complaint = leaf_.Read(text);
    if (complaint) return Complaint{Expected(), complaint->suggestion};
    *value_ = held_;
    return std::nullopt;
  }
  std::string Write() const override { return value_->has_value() ? leaf_.Write() : "none"; }
  KindInfo Kind() const override { return leaf_.Kind(); }
  std::string Range() const override { return leaf_.Range(); }
  Bounds NumericBounds() const override { return leaf_.NumericBounds(); }
  std::string_view none_means() const override { return spec_.none_means; }

 private:
  std::optional<T>* value_;
  T held_;
  CodecLeaf<T> leaf_;
  const Spec<T>& spec_;
};

// A list of scalars, whatever its type.
class Items {
 public:
  virtual ~Items() = default;
  virtual void Clear() = 0;
  virtual std::optional<Complaint> Add(std::string_view text) = 0;
  virtual std::vector<std::string> Write() const = 0;
  virtual KindInfo Kind() const = 0;
  // Of one entry; may be empty.
  virtual std::string Range() const = 0;
  // "GPU models", "24 numbers": for messages and the reference page.
  virtual std::string_view plural() const = 0;
  // How many there may be, if any: a list may always be empty.
  virtual std::pair<size_t, size_t> count() const = 0;
};

// Weights by name.
class Weights {
 public:
  virtual ~Weights() = default;
  virtual void Clear() = 0;
  virtual std::optional<Complaint> AddName(std::string_view name) = 0;
  // Sets the weight of the name added last.
  virtual std::optional<Complaint> SetWeight(std::string_view text) = 0;
  virtual std::vector<std::pair<std::string, std::string>> Write() const = 0;
  virtual KindInfo Kind() const = 0;  // of a name
};

}  // namespace orrery::scenario
