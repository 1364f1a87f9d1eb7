#include "models/workload/throughput_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "models/workload/traces/line_reader.h"
#include "sim/base/check.h"

namespace orrery::workload {

namespace {

constexpr std::string_view kUnconsolidatedSuffix = "_unconsolidated";
constexpr size_t kMostBytes = size_t{1} << 28;
constexpr size_t kMostGpus = 1000;
constexpr size_t kMostTypes = 60'000;
constexpr uint32_t kMostScale = 65'535;

// A key of the file: "('ResNet-18 (batch size 64)', 2)".
struct TypeAndScale {
  std::string name;
  uint32_t scale = 0;
};

std::optional<TypeAndScale> ParseType(std::string_view key) {
  if (!key.starts_with("('") || !key.ends_with(')')) return std::nullopt;
  const size_t quote = key.rfind("', ");
  if (quote == std::string_view::npos || quote <= 2) return std::nullopt;
  TypeAndScale type;
  type.name = key.substr(2, quote - 2);
  const char* const end = key.data() + key.size() - 1;
  const auto [stop, error] = std::from_chars(key.data() + quote + 3, end, type.scale);
  if (error != std::errc() || stop != end || type.scale < 1 || type.scale > kMostScale) {
    return std::nullopt;
  }
  return type;
}

// "line 3, column 7" of a byte in a text.
std::string LineAndColumn(const std::string& text, size_t byte) {
  const size_t end = std::min(byte, text.size());
  size_t line = 1, column = 1;
  for (size_t i = 0; i + 1 < end; ++i) {
    ++column;
    if (text[i] == '\n') {
      ++line;
      column = 1;
    }
  }
  return std::to_string(line) + ":" + std::to_string(column);
}

}  // namespace

// Turns the JSON document into a table, noting the first mistake.
class ThroughputParser {
 public:
  ThroughputParser(std::string path, const nlohmann::json& document)
      : path_(std::move(path)), document_(document) {}

  Result<ThroughputTable> Parse() {
    if (!CollectNames()) return Failure();
    for (const auto& [gpu, types] : document_.items()) {
      if (!ParseGpu(gpu, types)) return Failure();
    }
    auto& rows = table_.rows_;
    std::sort(rows.begin(), rows.end(), [](auto& a, auto& b) { return a.key < b.key; });
    return std::move(table_);
  }

 private:
  tl::unexpected<Error> Failure() { return MakeError(path_, what_); }

  bool Wrong(const std::string& where, const std::string& expected) {
    what_ = where + ": expected " + expected;
    return false;
  }

  bool CollectNames() {
    if (!document_.is_object() || document_.empty()) {
      return Wrong("the document", "an object with a key for each GPU");
    }
    std::set<std::string> gpus, types;
    std::set<uint32_t> scales;
    for (const auto& [gpu, rows] : document_.items()) {
      const std::string_view name = gpu;
      gpus.emplace(name.ends_with(kUnconsolidatedSuffix)
                       ? name.substr(0, name.size() - kUnconsolidatedSuffix.size())
                       : name);
      if (!rows.is_object()) return Wrong("\"" + gpu + "\"", "an object with a key for each type");
      for (const auto& [key, speeds] : rows.items()) {
        const std::optional<TypeAndScale> type = ParseType(key);
        if (!type) return Wrong("\"" + gpu + "\", \"" + key + "\"", "a key \"('name', scale)\"");
        types.insert(type->name);
        scales.insert(type->scale);
      }
    }
    if (gpus.size() > kMostGpus || types.size() > kMostTypes) {
      return Wrong("the document", "at most " + std::to_string(kMostGpus) + " GPUs and " +
                                       std::to_string(kMostTypes) + " job types");
    }
    table_.gpus_.assign(gpus.begin(), gpus.end());
    table_.types_.assign(types.begin(), types.end());
    table_.scales_.assign(scales.begin(), scales.end());
    return true;
  }

  bool ParseGpu(std::string_view gpu, const nlohmann::json& types) {
    Spread spread = Spread::kConsolidated;
    const std::string whole(gpu);
    if (gpu.ends_with(kUnconsolidatedSuffix)) {
      spread = Spread::kUnconsolidated;
      gpu.remove_suffix(kUnconsolidatedSuffix.size());
    }
    const uint16_t index = table_.GpuIndex(gpu);
    for (const auto& [key, speeds] : types.items()) {
      const TypeAndScale type = *ParseType(key);
      const JobTypeId id = *table_.FindType(type.name);
      const std::string where = "\"" + whole + "\", \"" + key + "\"";
      if (!speeds.is_object()) return Wrong(where, "an object with the speeds of this type");
      for (const auto& [other, speed] : speeds.items()) {
        JobTypeId beside;
        const nlohmann::json* value = &speed;
        if (other != "null") {
          const std::optional<TypeAndScale> other_type = ParseType(other);
          const auto found = other_type ? table_.FindType(other_type->name) : std::nullopt;
          if (!found || other_type->scale != type.scale) {
            return Wrong(where + ", \"" + other + "\"",
                         "\"null\" or a type of this table at the same scale");
          }
          beside = *found;
          if (!speed.is_array() || speed.size() != 2) {
            return Wrong(where + ", \"" + other + "\"", "two speeds, [this one's, the other's]");
          }
          value = &speed[0];
        }
        if (!value->is_number() || !std::isfinite(value->get<double>()) ||
            value->get<double>() < 0) {
          return Wrong(where + ", \"" + other + "\"", "a speed in steps a second ≥ 0");
        }
        table_.rows_.push_back(
            {ThroughputTable::Key(index, spread, id, type.scale, beside), value->get<double>()});
      }
    }
    return true;
  }

  std::string path_;
  const nlohmann::json& document_;
  ThroughputTable table_;
  std::string what_;
};

Result<ThroughputTable> ThroughputTable::Load(const std::string& path) {
  Result<std::string> text = ReadWholeFile(path, kMostBytes);
  if (!text) return tl::unexpected(text.error());
  try {
    const nlohmann::json document = nlohmann::json::parse(*text);
    return ThroughputParser(path, document).Parse();
  } catch (const nlohmann::json::parse_error& error) {
    return MakeError(path + ":" + LineAndColumn(*text, error.byte), "is not valid JSON here");
  } catch (const nlohmann::json::exception& error) {
    return MakeError(path, std::string("cannot be read: ") + error.what());
  }
}

std::optional<JobTypeId> ThroughputTable::FindType(std::string_view name) const {
  const auto found = std::lower_bound(types_.begin(), types_.end(), name);
  if (found == types_.end() || *found != name) return std::nullopt;
  return JobTypeId(static_cast<uint16_t>(found - types_.begin()));
}

uint16_t ThroughputTable::GpuIndex(std::string_view gpu) const {
  const auto found = std::lower_bound(gpus_.begin(), gpus_.end(), gpu);
  if (found == gpus_.end() || *found != gpu) return kUnbound;
  return static_cast<uint16_t>(found - gpus_.begin());
}

uint16_t ThroughputTable::GpuIndex(GpuModelId gpu) const {
  return gpu.valid() ? bound_[gpu.index()] : kUnbound;
}

bool ThroughputTable::Bind(std::string_view gpu, GpuModelId model) {
  const uint16_t index = GpuIndex(gpu);
  if (index == kUnbound) return false;
  ORRERY_CHECK(model.index() < bound_.size(), model.value);
  bound_[model.index()] = index;
  return true;
}

uint64_t ThroughputTable::Key(uint16_t gpu, Spread spread, JobTypeId type, uint32_t scale,
                              JobTypeId beside) {
  return uint64_t{gpu} << 49 | uint64_t{spread == Spread::kUnconsolidated} << 48 |
         uint64_t{type.value} << 32 | uint64_t{scale} << 16 | beside.value;
}

std::optional<double> ThroughputTable::Find(uint16_t gpu, Spread spread, JobTypeId type,
                                            uint32_t scale, JobTypeId beside) const {
  if (gpu == kUnbound || !type.valid() || scale > kMostScale) return std::nullopt;
  const uint64_t key = Key(gpu, spread, type, scale, beside);
  const auto found = std::lower_bound(rows_.begin(), rows_.end(), key,
                                      [](const Row& row, uint64_t k) { return row.key < k; });
  if (found == rows_.end() || found->key != key) return std::nullopt;
  return found->steps_per_s;
}

std::optional<double> ThroughputTable::FindAtAnyScale(uint16_t gpu, Spread spread, JobTypeId type,
                                                      uint32_t scale) const {
  const auto per_gpu = [&](uint32_t measured) -> std::optional<double> {
    const std::optional<double> speed = Find(gpu, spread, type, measured, JobTypeId::None());
    if (!speed) return std::nullopt;
    return measured == scale ? *speed : *speed / measured * scale;
  };
  const auto above = std::upper_bound(scales_.begin(), scales_.end(), scale);
  for (auto s = above; s != scales_.begin();) {
    if (const auto speed = per_gpu(*--s)) return speed;
  }
  for (auto s = above; s != scales_.end(); ++s) {
    if (const auto speed = per_gpu(*s)) return speed;
  }
  return std::nullopt;
}

std::optional<double> ThroughputTable::StepsPerSecond(JobTypeId type, GpuModelId gpu,
                                                      uint32_t scale, JobTypeId beside,
                                                      Spread spread) const {
  return Find(GpuIndex(gpu), spread, type, scale, beside);
}

std::optional<double> ThroughputTable::StepsPerSecond(JobTypeId type, std::string_view gpu,
                                                      uint32_t scale, JobTypeId beside,
                                                      Spread spread) const {
  return Find(GpuIndex(gpu), spread, type, scale, beside);
}

std::optional<double> ThroughputTable::StepsPerSecondAtAnyScale(JobTypeId type, GpuModelId gpu,
                                                                uint32_t scale,
                                                                Spread spread) const {
  return FindAtAnyScale(GpuIndex(gpu), spread, type, scale);
}

std::optional<double> ThroughputTable::StepsPerSecondAtAnyScale(JobTypeId type,
                                                                std::string_view gpu,
                                                                uint32_t scale,
                                                                Spread spread) const {
  return FindAtAnyScale(GpuIndex(gpu), spread, type, scale);
}

}  // namespace orrery::workload
