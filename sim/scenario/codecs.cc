#include "sim/scenario/codecs.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "sim/base/country.h"
#include "sim/base/units.h"

namespace orrery::scenario {
namespace {

// Patterns for editors: looser than the readers, but they catch a missing unit.
constexpr char kNumberPattern[] = R"(-?[0-9.]+([eE][-+]?[0-9]+)? ?)";

std::string Pattern(const std::string& units) {
  return "^" + std::string(kNumberPattern) + "(" + units + ")$";
}

// A codec out of two functions. `unit` is what a bare number was probably meant in.
template <typename T>
class FunctionCodec final : public Codec<T> {
 public:
  using ReadFunction = std::optional<T> (*)(std::string_view);
  using WriteFunction = std::string (*)(const T&);
  FunctionCodec(KindInfo kind, ReadFunction read, WriteFunction write, std::string prefix = "",
                std::string unit = "")
      : kind_(std::move(kind)),
        read_(read),
        write_(write),
        prefix_(std::move(prefix)),
        unit_(std::move(unit)) {}

  bool Read(std::string_view text, T* value, std::string* suggestion) const override {
    if (const std::optional<T> read = read_(text)) {
      *value = *read;
      return true;
    }
    const std::string with_unit = prefix_ + std::string(text) + unit_;
    if (with_unit.size() > text.size() && read_(with_unit)) *suggestion = with_unit;
    return false;
  }
  std::string Write(const T& value) const override { return write_(value); }
  KindInfo Kind() const override { return kind_; }

 private:
  KindInfo kind_;
  ReadFunction read_;
  WriteFunction write_;
  std::string prefix_;
  std::string unit_;
};

KindInfo MakeKind(std::string kind, std::string example, std::vector<std::string> types,
                  std::string pattern = "") {
  return {std::move(kind), std::move(example), std::move(types), std::move(pattern), {}, false};
}

template <typename T>
std::optional<T> Found(const Parsed<T>& parsed) {
  return parsed ? std::optional<T>(*parsed) : std::nullopt;
}

// A number followed by one of the units, times the factor of the unit.
struct Unit {
  std::string_view name;
  double factor;
};
template <size_t n>
std::optional<double> ReadScaled(std::string_view text, const Unit (&units)[n]) {
  for (const Unit& unit : units) {
    if (!text.ends_with(unit.name)) continue;
    std::string_view number = text.substr(0, text.size() - unit.name.size());
    if (number.ends_with(' ')) number.remove_suffix(1);
    const Parsed<double> value = ParseDouble(number);
    if (value && std::isfinite(*value * unit.factor)) return *value * unit.factor;
  }
  return std::nullopt;
}

// Thousandths of `text`, where it is a whole number of them.
template <typename T>
std::optional<T> ReadThousandths(std::string_view text) {
  const Parsed<double> value = ParseDouble(text);
  if (!value || *value < 0) return std::nullopt;
  const double thousandths = std::round(*value * 1000);
  if (thousandths > std::numeric_limits<T>::max()) return std::nullopt;
  if (std::abs(*value * 1000 - thousandths) > 1e-6) return std::nullopt;
  return static_cast<T>(thousandths);
}

template <typename T>
std::string WriteThousandths(const T& value) {
  return FormatDouble(static_cast<double>(value) / 1000);
}

std::optional<double> ReadShare(std::string_view text) {
  return text.ends_with('%') ? Found(ParsePercent(text)) : Found(ParseDouble(text));
}

// A whole number of MiB, because that is what is counted: 80GB would silently lose some bytes.
class MemoryCodecImpl final : public Codec<uint32_t> {
 public:
  bool Read(std::string_view text, uint32_t* value, std::string* suggestion) const override {
    const Parsed<Bytes> bytes = ParseBytes(text);
    if (!bytes) {
      if (ParseDouble(text)) *suggestion = std::string(text) + "GiB";
      return false;
    }
    if (bytes->count() % (int64_t{1} << 20) != 0 && text.size() > 2 && text.ends_with("B")) {
      const std::string binary = std::string(text.substr(0, text.size() - 1)) + "iB";
      if (ParseBytes(binary)) *suggestion = binary;
      return false;
    }
    const bool fits = bytes->count() >= 0 && bytes->mib() <= std::numeric_limits<uint32_t>::max();
    if (fits) *value = static_cast<uint32_t>(bytes->mib());
    return fits;
  }
  std::string Write(const uint32_t& value) const override {
    return FormatBytes(Bytes::Count(int64_t{value} << 20));
  }
  KindInfo Kind() const override {
    return {"an amount of memory with its unit (a whole number of MiB)",
            "80GiB",
            {"string"},
            Pattern("B|kB|MB|GB|TB|PB|KiB|MiB|GiB|TiB|PiB"),
            {},
            false};
  }
};

// Seconds are read as doubles, not as whole nanoseconds: they are parameters of distributions.
constexpr Unit kSeconds[] = {{"ns", 1e-9},   {"us", 1e-6}, {"ms", 1e-3},
                             {"min", 60.0},  {"h", 3600},  {"d", 86'400},
                             {"w", 604'800}, {"m", 60.0},  {"s", 1}};
// Units that end in others' names come first.
constexpr Unit kBytes[] = {{"KiB", 1024.0},
                           {"MiB", 1048576.0},
                           {"GiB", 1073741824.0},
                           {"TiB", 1099511627776.0},
                           {"PiB", 1125899906842624.0},
                           {"kB", 1e3},
                           {"MB", 1e6},
                           {"GB", 1e9},
                           {"TB", 1e12},
                           {"PB", 1e15},
                           {"B", 1}};
constexpr Unit kPerHour[] = {{"/s", 3600}, {"/min", 60}, {"/h", 1}, {"/d", 1.0 / 24}};
constexpr Unit kBandwidth[] = {{"MB/s", 1e-3}, {"GB/s", 1}, {"TB/s", 1e3}};
constexpr Unit kCompute[] = {{"GFLOPS", 1e-3}, {"TFLOPS", 1}, {"PFLOPS", 1e3}};

std::optional<float> AsFloat(const std::optional<double>& value) {
  if (!value || *value > std::numeric_limits<float>::max()) return std::nullopt;
  return static_cast<float>(*value);
}

std::string FormatFloat(float value) {
  char text[32];
  const auto result = std::to_chars(text, text + sizeof(text), value);
  return std::string(text, result.ptr);
}

template <typename T>
std::vector<std::pair<std::string, T>> EnumWords(int count, const char* (*name)(T)) {
  std::vector<std::pair<std::string, T>> words;
  for (int i = 0; i < count; ++i) words.emplace_back(name(static_cast<T>(i)), static_cast<T>(i));
  return words;
}

class CountryCodecImpl final : public Codec<std::string> {
 public:
  bool Read(std::string_view text, std::string* value, std::string* suggestion) const override {
    std::string capitals(text.substr(0, 3));
    for (char& c : capitals) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    const bool letters =
        std::all_of(capitals.begin(), capitals.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (capitals.size() != 2 || !letters) return false;
    if (!IsCountry(capitals)) {
      *suggestion = CountryMeant(capitals);
      return false;
    }
    if (capitals == text) {
      *value = std::move(capitals);
      return true;
    }
    *suggestion = std::move(capitals);
    return false;
  }
  std::string Write(const std::string& value) const override { return value; }
  KindInfo Kind() const override {
    return MakeKind("a country as two capital letters (ISO 3166-1)", "DE", {"string"},
                    "^[A-Z]{2}$");
  }
};

}  // namespace

const Codec<bool>& FlagCodec() {
  static const FunctionCodec<bool> codec(
      MakeKind("true or false", "", {"boolean"}),
      [](std::string_view text) -> std::optional<bool> {
        if (text == "true" || text == "false") return text == "true";
        return std::nullopt;
      },
      [](const bool& value) { return std::string(value ? "true" : "false"); });
  return codec;
}

const Codec<std::string>& TextCodec() {
  static const FunctionCodec<std::string> codec(
      MakeKind("a text", "", {"string", "number"}),
      [](std::string_view text) { return std::optional<std::string>(text); },
      [](const std::string& value) { return value; });
  return codec;
}

const Codec<std::string>& CountryCodec() {
  static const CountryCodecImpl codec;
  return codec;
}

const Codec<Duration>& DurationCodec() {
  static const FunctionCodec<Duration> codec(
      MakeKind("a duration with its unit", "90s or 6h", {"string"},
               Pattern("ns|us|ms|s|min|m|h|d|w")),
      [](std::string_view text) { return Found(ParseDuration(text)); },
      [](const Duration& value) { return FormatDuration(value); }, "", "s");
  return codec;
}

const Codec<double>& NumberCodec() {
  static const FunctionCodec<double> codec(
      MakeKind("a number", "", {"number"}),
      [](std::string_view text) { return Found(ParseDouble(text)); },
      [](const double& value) { return FormatDouble(value); });
  return codec;
}

const Codec<float>& FloatCodec() {
  static const FunctionCodec<float> codec(
      MakeKind("a number", "", {"number"}),
      [](std::string_view text) { return AsFloat(Found(ParseDouble(text))); },
      [](const float& value) { return FormatFloat(value); });
  return codec;
}

const Codec<double>& ShareCodec() {
  static const FunctionCodec<double> codec(
      MakeKind("a share", "0.8 or 80%", {"number", "string"}, Pattern("%")), ReadShare,
      [](const double& value) { return FormatDouble(value); });
  return codec;
}

const Codec<double>& SecondsCodec() {
  static const FunctionCodec<double> codec(
      MakeKind("a duration with its unit", "90s or 6h", {"string"},
               Pattern("ns|us|ms|s|min|m|h|d|w")),
      [](std::string_view text) { return ReadScaled(text, kSeconds); },
      [](const double& value) { return FormatDouble(value) + "s"; }, "", "s");
  return codec;
}

const Codec<double>& PerHourCodec() {
  static const FunctionCodec<double> codec(
      MakeKind("a rate with its unit", "30/h or 0.5/s", {"string"}, Pattern("/(s|min|h|d)")),
      [](std::string_view text) { return ReadScaled(text, kPerHour); },
      [](const double& value) { return FormatDouble(value) + "/h"; }, "", "/h");
  return codec;
}

const Codec<uint32_t>& CoresCodec() {
  static const FunctionCodec<uint32_t> codec(
      MakeKind("a number of cores in thousandths at the finest", "64 or 0.5", {"number"}),
      ReadThousandths<uint32_t>, WriteThousandths<uint32_t>);
  return codec;
}

const Codec<uint16_t>& GpuShareCodec() {
  static const FunctionCodec<uint16_t> codec(
      MakeKind("a share of a GPU in thousandths at the finest", "0.25", {"number"}),
      ReadThousandths<uint16_t>, WriteThousandths<uint16_t>);
  return codec;
}

const Codec<uint32_t>& MemoryCodec() {
  static const MemoryCodecImpl codec;
  return codec;
}

const Codec<UsdPerHour>& PriceCodec() {
  static const FunctionCodec<UsdPerHour> codec(
      MakeKind("a price per hour", "$2.19/h", {"string"}, R"(^-?\$[0-9.]+([eE][-+]?[0-9]+)?/h$)"),
      [](std::string_view text) { return Found(ParseUsdPerHour(text)); },
      [](const UsdPerHour& value) { return FormatUsdPerHour(value); }, "$", "/h");
  return codec;
}

const Codec<Usd>& PricePerGbCodec() {
  static const FunctionCodec<Usd> codec(
      MakeKind("a price per gigabyte", "$0.09/GB", {"string"},
               R"(^-?\$[0-9.]+([eE][-+]?[0-9]+)?/GB$)"),
      [](std::string_view text) -> std::optional<Usd> {
        if (!text.ends_with("/GB")) return std::nullopt;
        return Found(ParseUsd(text.substr(0, text.size() - 3)));
      },
      [](const Usd& value) { return FormatUsd(value) + "/GB"; }, "$", "/GB");
  return codec;
}

const Codec<double>& BytesCodec() {
  static const FunctionCodec<double> codec(
      MakeKind("an amount of data with its unit", "50GiB", {"string"},
               Pattern("B|kB|MB|GB|TB|PB|KiB|MiB|GiB|TiB|PiB")),
      [](std::string_view text) { return ReadScaled(text, kBytes); },
      [](const double& value) {
        const bool whole = value == std::floor(value) && value < 9e15;
        return whole ? FormatBytes(Bytes::Count(static_cast<int64_t>(value)))
                     : FormatDouble(value) + "B";
      },
      "", "GB");
  return codec;
}

const Codec<float>& BandwidthCodec() {
  static const FunctionCodec<float> codec(
      MakeKind("a bandwidth with its unit", "900GB/s", {"string"}, Pattern("(M|G|T)B/s")),
      [](std::string_view text) { return AsFloat(ReadScaled(text, kBandwidth)); },
      [](const float& value) { return FormatFloat(value) + "GB/s"; }, "", "GB/s");
  return codec;
}

const Codec<float>& ComputeCodec() {
  static const FunctionCodec<float> codec(
      MakeKind("a computing speed with its unit", "312TFLOPS", {"string"}, Pattern("(G|T|P)FLOPS")),
      [](std::string_view text) { return AsFloat(ReadScaled(text, kCompute)); },
      [](const float& value) { return FormatFloat(value) + "TFLOPS"; }, "", "TFLOPS");
  return codec;
}

const Codec<OwnerKind>& OwnerCodec() {
  static const WordCodec<OwnerKind> codec(EnumWords<OwnerKind>(kOwnerKinds, OwnerKindName));
  return codec;
}

const Codec<JobClass>& JobClassCodec() {
  static const WordCodec<JobClass> codec(EnumWords<JobClass>(kJobClasses, JobClassName));
  return codec;
}

bool GpuCodec::Read(std::string_view text, GpuModelId* value, std::string* suggestion) const {
  if (const std::optional<GpuModelId> found = gpus_.Find(text)) {
    *value = *found;
    return true;
  }
  *suggestion = Nearest(text, Kind().values);
  return false;
}

std::string GpuCodec::Write(const GpuModelId& value) const {
  return value.valid() ? gpus_[value].id : "none";
}

KindInfo GpuCodec::Kind() const {
  std::vector<std::string> ids;
  for (const fleet::GpuModel& model : gpus_.rows()) ids.push_back(model.id);
  return {"a GPU model of the catalogue", "h100-sxm", {"string"}, "", std::move(ids), true};
}

bool JobTypeCodec::Read(std::string_view text, JobTypeId* value, std::string* suggestion) const {
  if (throughputs_ == nullptr) return false;
  if (const std::optional<JobTypeId> found = throughputs_->FindType(text)) {
    *value = *found;
    return true;
  }
  *suggestion = Nearest(text, throughputs_->types());
  return false;
}

std::string JobTypeCodec::Write(const JobTypeId& value) const {
  return value.valid() && throughputs_ != nullptr ? throughputs_->types()[value.index()] : "none";
}

KindInfo JobTypeCodec::Kind() const {
  std::vector<std::string> types;
  if (throughputs_ != nullptr) types = throughputs_->types();
  return {"a job type of the throughput table (key `throughputs`)",
          "",
          {"string"},
          "",
          std::move(types),
          true};
}

bool RegionCodec::Read(std::string_view text, RegionId* value, std::string* suggestion) const {
  const auto found = std::find_if(regions_.begin(), regions_.end(),
                                  [&](const Region& region) { return region.id == text; });
  if (found == regions_.end()) {
    *suggestion = Nearest(text, Kind().values);
    return false;
  }
  *value = RegionId(static_cast<uint16_t>(found - regions_.begin()));
  return true;
}

std::string RegionCodec::Write(const RegionId& value) const {
  return value.valid() ? regions_[value.index()].id : "none";
}

KindInfo RegionCodec::Kind() const {
  std::vector<std::string> ids;
  for (const Region& region : regions_) ids.push_back(region.id);
  return {"a region of the scenario", "", {"string"}, "", std::move(ids), true};
}

}  // namespace orrery::scenario
