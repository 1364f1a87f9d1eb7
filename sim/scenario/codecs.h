// The kinds of scalar that scenarios hold. Each function gives a codec that lives for ever.
#pragma once

#include <charconv>
#include <cmath>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "sim/base/demand.h"
#include "sim/base/ids.h"
#include "sim/base/money.h"
#include "sim/base/text.h"
#include "sim/base/time.h"
#include "sim/base/units.h"
#include "sim/scenario/leaf.h"
#include "sim/scenario/names.h"
#include "sim/scenario/words.h"

namespace orrery::scenario {

const Codec<bool>& FlagCodec();            // true, false
const Codec<std::string>& TextCodec();     // any text
const Codec<std::string>& CountryCodec();  // ISO 3166-1 alpha-2, in capitals
const Codec<Duration>& DurationCodec();    // 90s, 6h
const Codec<double>& NumberCodec();        // 0.5, 1e6
const Codec<float>& FloatCodec();          // the same, held as a float
const Codec<double>& ShareCodec();         // 0.8, 80%
const Codec<double>& SecondsCodec();       // a duration, held in seconds
const Codec<double>& PerHourCodec();       // 30/h, 0.5/s, held as a rate per hour
const Codec<uint32_t>& CoresCodec();       // CPU cores, held in thousandths
const Codec<uint16_t>& GpuShareCodec();    // a share of a GPU, held in thousandths
const Codec<uint32_t>& MemoryCodec();      // 80GiB, held in MiB
const Codec<UsdPerHour>& PriceCodec();     // $2.19/h
const Codec<Usd>& PricePerGbCodec();       // $0.09/GB
const Codec<double>& BytesCodec();         // 50GiB, held in bytes
const Codec<float>& BandwidthCodec();      // 900GB/s, held in GB/s
const Codec<float>& ComputeCodec();        // 312TFLOPS, held in TFLOP/s

// A whole number of type T.
template <typename T>
class WholeCodec final : public Codec<T> {
 public:
  bool Read(std::string_view text, T* value, std::string*) const override {
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, *value);
    if (error == std::errc() && rest == end) return true;
    // 1e6 is a whole number too.
    const Parsed<int64_t> count = ParseCount(text);
    if (!count || text.back() < '0' || text.back() > '9') return false;
    *value = static_cast<T>(*count);
    return std::in_range<T>(*count);
  }
  std::string Write(const T& value) const override { return std::to_string(value); }
  KindInfo Kind() const override { return {"a whole number", "", {"integer"}, "", {}, false}; }
};

template <typename T>
const Codec<T>& Whole() {
  static const WholeCodec<T> codec;
  return codec;
}

// One of a few words.
template <typename T>
class WordCodec final : public Codec<T> {
 public:
  explicit WordCodec(std::vector<std::pair<std::string, T>> words) : words_(std::move(words)) {}

  bool Read(std::string_view text, T* value, std::string* suggestion) const override {
    for (const auto& [word, meaning] : words_) {
      if (word != text) continue;
      *value = meaning;
      return true;
    }
    *suggestion = Nearest(text, Kind().values);
    return false;
  }
  std::string Write(const T& value) const override {
    for (const auto& [word, meaning] : words_) {
      if (meaning == value) return word;
    }
    return "?";
  }
  KindInfo Kind() const override {
    std::vector<std::string> names;
    for (const auto& [word, meaning] : words_) names.push_back(word);
    const std::string kind = "one of " + Join(names);
    return {kind, "", {"string"}, "", std::move(names), false};
  }

 private:
  std::vector<std::pair<std::string, T>> words_;
};

const Codec<OwnerKind>& OwnerCodec();    // datacentre, miner, …
const Codec<JobClass>& JobClassCodec();  // batch_training, sweep, …

// A GPU model of the catalogue, by id or alias. None reads and writes as "none".
class GpuCodec final : public Codec<GpuModelId> {
 public:
  explicit GpuCodec(const Names& names) : gpus_(*names.gpus) {}
  bool Read(std::string_view text, GpuModelId* value, std::string* suggestion) const override;
  std::string Write(const GpuModelId& value) const override;
  KindInfo Kind() const override;

 private:
  const fleet::GpuCatalogue& gpus_;
};

// A row of the scenario's throughput table, by name.
class JobTypeCodec final : public Codec<JobTypeId> {
 public:
  explicit JobTypeCodec(const Names& names) : throughputs_(names.throughputs) {}
  bool Read(std::string_view text, JobTypeId* value, std::string* suggestion) const override;
  std::string Write(const JobTypeId& value) const override;
  KindInfo Kind() const override;

 private:
  const workload::ThroughputTable* throughputs_;
};

// A region of the scenario, by id.
class RegionCodec final : public Codec<RegionId> {
 public:
  explicit RegionCodec(const Names& names) : regions_(*names.regions) {}
  bool Read(std::string_view text, RegionId* value, std::string* suggestion) const override;
  std::string Write(const RegionId& value) const override;
  KindInfo Kind() const override;

 private:
  const std::vector<Region>& regions_;
};

}  // namespace orrery::scenario
