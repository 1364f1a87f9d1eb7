// Lists of scalars and maps of weights for the visitors.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/scenario/codecs.h"
#include "sim/scenario/leaf.h"

namespace orrery::scenario {

// A vector of T, one codec and one range for all entries.
template <typename T>
class CodecItems final : public Items {
 public:
  CodecItems(std::vector<T>* values, const Codec<T>& codec, Spec<T> spec, std::string_view plural,
             std::pair<size_t, size_t> count)
      : values_(values), codec_(codec), spec_(spec), plural_(plural), count_(count) {}

  void Clear() override { values_->clear(); }
  std::optional<Complaint> Add(std::string_view text) override {
    T value{};
    CodecLeaf<T> leaf(&value, codec_, spec_);
    std::optional<Complaint> complaint = leaf.Read(text);
    if (!complaint) values_->push_back(std::move(value));
    return complaint;
  }
  std::vector<std::string> Write() const override {
    std::vector<std::string> texts;
    for (const T& value : *values_) texts.push_back(codec_.Write(value));
    return texts;
  }
  KindInfo Kind() const override { return codec_.Kind(); }
  std::string Range() const override {
    T value{};
    return CodecLeaf<T>(&value, codec_, spec_).Range();
  }
  std::string_view plural() const override { return plural_; }
  std::pair<size_t, size_t> count() const override { return count_; }

 private:
  std::vector<T>* values_;
  const Codec<T>& codec_;
  Spec<T> spec_;
  std::string_view plural_;
  std::pair<size_t, size_t> count_;
};

// A set of T over a fixed universe, kept wherever `has`, `add` and `clear` keep it.
template <typename T>
class SetItems final : public Items {
 public:
  SetItems(const Codec<T>& codec, std::vector<T> universe, std::function<bool(T)> has,
           std::function<void(T)> add, std::function<void()> clear, std::string_view plural)
      : codec_(codec),
        universe_(std::move(universe)),
        has_(std::move(has)),
        add_(std::move(add)),
        clear_(std::move(clear)),
        plural_(plural) {}

  void Clear() override { clear_(); }
  std::optional<Complaint> Add(std::string_view text) override {
    T value{};
    std::string suggestion;
    if (!codec_.Read(text, &value, &suggestion)) return Complaint{codec_.Kind().kind, suggestion};
    add_(value);
    return std::nullopt;
  }
  std::vector<std::string> Write() const override {
    std::vector<std::string> texts;
    for (const T& value : universe_) {
      if (has_(value)) texts.push_back(codec_.Write(value));
    }
    return texts;
  }
  KindInfo Kind() const override { return codec_.Kind(); }
  std::string Range() const override { return ""; }
  std::string_view plural() const override { return plural_; }
  std::pair<size_t, size_t> count() const override { return {0, universe_.size()}; }

 private:
  const Codec<T>& codec_;
  std::vector<T> universe_;
  std::function<bool(T)> has_;
  std::function<void(T)> add_;
  std::function<void()> clear_;
  std::string_view plural_;
};

// A vector of Row, which has a `weight` and, in the member `name`, what the weight belongs to.
template <typename Row, typename Name>
class CodecWeights final : public Weights {
 public:
  CodecWeights(std::vector<Row>* rows, Name Row::*name, const Codec<Name>& codec)
      : rows_(rows), name_(name), codec_(codec) {}

  void Clear() override { rows_->clear(); }
  std::optional<Complaint> AddName(std::string_view text) override {
    Name name{};
    std::string suggestion;
    if (!codec_.Read(text, &name, &suggestion)) return Complaint{codec_.Kind().kind, suggestion};
    for (const Row& row : *rows_) {
      if (row.*name_ == name) return Complaint{"each of them once", ""};
    }
    rows_->emplace_back();
    rows_->back().*name_ = name;
    rows_->back().weight = 1;
    return std::nullopt;
  }
  std::optional<Complaint> SetWeight(std::string_view text) override {
    return CodecLeaf<double>(&rows_->back().weight, NumberCodec(), WeightSpec()).Read(text);
  }
  std::vector<std::pair<std::string, std::string>> Write() const override {
    std::vector<std::pair<std::string, std::string>> texts;
    for (const Row& row : *rows_) {
      texts.emplace_back(codec_.Write(row.*name_), FormatDouble(row.weight));
    }
    return texts;
  }
  KindInfo Kind() const override { return codec_.Kind(); }

 private:
  static const Spec<double>& WeightSpec() {
    static const Spec<double> spec{.min = 0.0, .max = 1e9, .above_min = true};
    return spec;
  }

  std::vector<Row>* rows_;
  Name Row::*name_;
  const Codec<Name>& codec_;
};

}  // namespace orrery::scenario
