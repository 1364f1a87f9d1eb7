#include "models/fleet/gpu.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "sim/base/check.h"
#include "sim/base/demand.h"
#include "sim/base/text.h"

namespace orrery::fleet {
namespace {

constexpr std::array<std::string_view, 16> kColumns = {"id",
                                                       "name",
                                                       "vendor",
                                                       "fp32_tflops",
                                                       "fp16_tflops",
                                                       "memory_gib",
                                                       "bandwidth_gbs",
                                                       "tdp_w",
                                                       "market_usd_h",
                                                       "fp32_source",
                                                       "fp16_source",
                                                       "memory_source",
                                                       "bandwidth_source",
                                                       "tdp_source",
                                                       "market_source",
                                                       "aliases"};
enum Column : size_t { kId, kName, kVendor, kFirstFigure, kFirstSource = 9, kAliases = 15 };
constexpr size_t kFigures = kFirstSource - kFirstFigure;

// Far above every figure of a real GPU, so that a slip of the units (MB for GB, GFLOP/s for
// TFLOP/s) is caught.
constexpr std::array<double, kFigures> kLargest = {1e4, 1e5, 1e4, 1e5, 1e4, 1e4};

// Case and the separators that catalogues differ in do not count: "RTX_4090" is "rtx4090".
std::string Normalise(std::string_view name) {
  std::string key;
  for (const char c : name) {
    if (c == '-' || c == '_' || c == ' ') continue;
    key += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return key;
}

std::vector<std::string_view> Split(std::string_view line, char separator) {
  std::vector<std::string_view> parts;
  for (size_t begin = 0;;) {
    const size_t end = line.find(separator, begin);
    parts.push_back(line.substr(begin, end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

// Reads the figure in `text`; empty: 0, unknown. An empty message means it is well formed.
std::string ReadFigure(std::string_view text, double largest, double* figure) {
  *figure = 0;
  if (text.empty()) return "";
  const std::string got = "got '" + std::string(text) + "', expected ";
  const Parsed<double> value = ParseDouble(text);
  if (!value.has_value()) return got + "a number, or nothing where the figure is not known";
  *figure = *value;
  if (*figure <= 0) return got + "a number above 0, or nothing where the figure is not known";
  if (*figure > largest) return got + "at most " + FormatDouble(largest);
  return "";
}

// Reads one file, row by row, and collects its mistakes.
class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {}

  std::vector<Finding> findings;
  std::vector<GpuModel> rows;
  std::vector<std::pair<std::string, GpuModelId>> names;

  void ReadHeader(std::string_view line) {
    const std::vector<std::string_view> fields = Split(line, ',');
    for (size_t i = 0; i < kColumns.size(); ++i) {
      const std::string_view got = i < fields.size() ? fields[i] : std::string_view("nothing");
      if (got == kColumns[i]) continue;
      Report(1, i, "got '" + std::string(got) + "', expected this column");
      return;
    }
    if (fields.size() > kColumns.size()) {
      findings.push_back({path_ + ":1", "got " + std::to_string(fields.size()) +
                                            " columns, expected " +
                                            std::to_string(kColumns.size())});
    }
  }

  void ReadRow(int line_number, std::string_view line) {
    const std::vector<std::string_view> fields = Split(line, ',');
    if (fields.size() != kColumns.size()) {
      findings.push_back({path_ + ":" + std::to_string(line_number),
                          "got " + std::to_string(fields.size()) + " fields, expected " +
                              std::to_string(kColumns.size())});
      return;
    }
    for (const size_t column : {kId, kName, kVendor}) {
      if (fields[column].empty()) Report(line_number, column, "got nothing, expected a text");
    }
    GpuModel model;
    model.id = fields[kId];
    model.name = fields[kName];
    model.vendor = fields[kVendor];
    ReadFigures(line_number, fields, &model);
    AddNames(line_number, fields);
    rows.push_back(std::move(model));
  }

 private:
  void Report(int line_number, size_t column, std::string what) {
    findings.push_back(
        {path_ + ":" + std::to_string(line_number) + ":" + std::string(kColumns[column]),
         std::move(what)});
  }

  void ReadFigures(int line_number, const std::vector<std::string_view>& fields, GpuModel* model) {
    std::array<double, kFigures> figures;
    for (size_t i = 0; i < kFigures; ++i) {
      const size_t column = kFirstFigure + i;
      const std::string wrong = ReadFigure(fields[column], kLargest[i], &figures[i]);
      if (!wrong.empty()) Report(line_number, column, wrong);
      const std::string_view source = fields[kFirstSource + i];
      if (fields[column].empty() != source.empty()) {
        Report(line_number, kFirstSource + i,
               source.empty() ? "got nothing, expected the source of the figure '" +
                                    std::string(fields[column]) + "'"
                              : "got '" + std::string(source) +
                                    "', expected nothing, for the figure is not given");
      }
      if (source.empty()) continue;
      if (!model->sources.empty()) model->sources += "; ";
      model->sources += kColumns[column];
      model->sources += ": ";
      model->sources += source;
    }
    model->fp32_tflops = figures[0];
    model->fp16_tflops = figures[1];
    model->memory_mib = static_cast<uint32_t>(figures[2] * 1024);
    model->bandwidth_gbs = figures[3];
    model->tdp_w = figures[4];
    model->market_usd_h = figures[5];
  }

  void AddNames(int line_number, const std::vector<std::string_view>& fields) {
    const GpuModelId id(static_cast<uint16_t>(rows.size()));
    const auto add = [&](std::string_view name, size_t column) {
      std::string key = Normalise(name);
      for (const auto& [known, other] : names) {
        if (known != key) continue;
        if (other != id) {
          Report(line_number, column,
                 "got '" + std::string(name) + "', which already names '" + rows[other.index()].id +
                     "'");
        }
        return;
      }
      names.emplace_back(std::move(key), id);
    };
    add(fields[kId], kId);
    if (fields[kAliases].empty()) return;
    for (const std::string_view alias : Split(fields[kAliases], '|')) add(alias, kAliases);
  }

  std::string path_;
};

}  // namespace

Result<GpuCatalogue> GpuCatalogue::Load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return MakeError(path, "cannot be opened, expected a GPU catalogue (CSV)");
  Reader reader(path);
  std::string line;
  int line_number = 0;
  while (std::getline(file, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    ++line_number;
    if (line_number == 1) {
      reader.ReadHeader(line);
      if (!reader.findings.empty()) break;
    } else if (!line.empty()) {
      reader.ReadRow(line_number, line);
    }
  }
  if (line_number == 0) return MakeError(path, "is empty, expected a GPU catalogue (CSV)");
  if (reader.findings.empty() && reader.rows.empty()) {
    return MakeError(path, "has no rows, expected at least one GPU model");
  }
  if (reader.rows.size() > kMaxGpuModels) {
    return MakeError(path, "has " + std::to_string(reader.rows.size()) +
                               " rows, expected at most " + std::to_string(kMaxGpuModels));
  }
  if (!reader.findings.empty()) return tl::unexpected<Error>(Error(std::move(reader.findings)));
  std::sort(reader.names.begin(), reader.names.end());
  GpuCatalogue catalogue;
  catalogue.rows_ = std::move(reader.rows);
  catalogue.aliases_ = std::move(reader.names);
  return catalogue;
}

GpuCatalogue GpuCatalogue::FromRows(std::vector<GpuModel> rows) {
  GpuCatalogue catalogue;
  catalogue.rows_ = std::move(rows);
  for (size_t row = 0; row < catalogue.rows_.size(); ++row) {
    catalogue.aliases_.emplace_back(Normalise(catalogue.rows_[row].id),
                                    GpuModelId(static_cast<uint16_t>(row)));
  }
  std::sort(catalogue.aliases_.begin(), catalogue.aliases_.end());
  return catalogue;
}

std::optional<GpuModelId> GpuCatalogue::Find(std::string_view id) const {
  const std::string key = Normalise(id);
  const auto at = std::lower_bound(
      aliases_.begin(), aliases_.end(), key,
      [](const auto& entry, const std::string& wanted) { return entry.first < wanted; });
  if (at == aliases_.end() || at->first != key) return std::nullopt;
  return at->second;
}

std::string GpuCatalogue::Nearest(std::string_view id) const {
  ORRERY_CHECK(!aliases_.empty());
  const std::string key = Normalise(id);
  const auto nearest =
      std::min_element(aliases_.begin(), aliases_.end(), [&](const auto& a, const auto& b) {
        return NameDistance(key, a.first) < NameDistance(key, b.first);
      });
  return rows_[nearest->second.index()].id;
}

}  // namespace orrery::fleet
