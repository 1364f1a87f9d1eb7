#include "sim/results/reader.h"

#include <errno.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/results/hdf5_handle.h"
#include "sim/results/table_reader.h"

namespace orrery::results {
namespace {

// HDF5 would tell neither from a file of another format.
Result<void> CheckIsThere(const std::string& path) {
  struct stat info = {};
  if (stat(path.c_str(), &info) != 0) {
    return MakeError(path, fmt::format("cannot be opened: {}", strerror(errno)));
  }
  if (S_ISDIR(info.st_mode)) return MakeError(path, "is a folder, expected a results file");
  if (info.st_size == 0) {
    return MakeError(path, "is empty: the run ended before it wrote anything");
  }
  return {};
}

std::optional<std::string> ReadText(hid_t object, const char* name) {
  const Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
  if (!attribute.ok()) return std::nullopt;
  const Handle type(H5Aget_type(attribute), H5Tclose);
  if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) <= 0) return std::nullopt;
  char* text = nullptr;
  if (H5Aread(attribute, type, &text) < 0 || text == nullptr) return std::nullopt;
  std::string copy(text);
  H5free_memory(text);
  return copy;
}

template <typename T>
std::optional<T> ReadNumber(hid_t object, const char* name, hid_t type) {
  const Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
  T value{};
  if (!attribute.ok() || H5Aread(attribute, type, &value) < 0) return std::nullopt;
  return value;
}

std::optional<int64_t> ReadInteger(hid_t object, const char* name) {
  return ReadNumber<int64_t>(object, name, H5T_NATIVE_INT64);
}

}  // namespace

struct ResultsReader::File {
  Handle id;
  Handle root;

  ~File() {
    const Hdf5Session session;
    root = Handle();
    id = Handle();
  }
};

ResultsReader::ResultsReader(std::string path, std::unique_ptr<File> file)
    : path_(std::move(path)), file_(std::move(file)) {}
ResultsReader::ResultsReader(ResultsReader&&) noexcept = default;
ResultsReader& ResultsReader::operator=(ResultsReader&&) noexcept = default;
ResultsReader::~ResultsReader() = default;

Result<ResultsReader> ResultsReader::Open(const std::string& path) {
  if (auto there = CheckIsThere(path); !there) return tl::unexpected<Error>(there.error());
  const Hdf5Session session;
  if (H5Fis_hdf5(path.c_str()) <= 0) {
    return MakeError(path, "is not an HDF5 file, expected results of `orrery run`");
  }
  auto file = std::make_unique<File>();
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  // Some file systems know no locks; what is only read needs none.
  H5Pset_file_locking(access, /*use_file_locking=*/true, /*ignore_when_disabled=*/true);
  file->id = Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access), H5Fclose);
  if (!file->id.ok()) return MakeError(path, "HDF5 cannot open it: " + Hdf5Reason());
  file->root = Handle(H5Gopen2(file->id, "/", H5P_DEFAULT), H5Gclose);
  ResultsReader reader(path, std::move(file));
  if (auto read = reader.ReadRoot(); !read) return tl::unexpected<Error>(read.error());
  return reader;
}

Result<void> ResultsReader::ReadRoot() {
  const hid_t root = file_->root;
  if (ReadText(root, "format") != kFormatName) {
    return MakeError(path_, "is an HDF5 file, but not one of orrery's results");
  }
  const auto schema = ReadInteger(root, "schema_version");
  if (!schema) return MakeError(path_, "has no readable attribute schema_version");
  const std::string version = ReadText(root, "orrery_version").value_or("?");
  if (*schema > kSchemaVersion) {
    return MakeError(path_,
                     fmt::format("was written by orrery {} with schema {}, but this one reads "
                                 "schemas up to {}; use that version or a newer one",
                                 version, *schema, kSchemaVersion));
  }
  run_.version = version;
  run_.name = ReadText(root, "name").value_or("");
  run_.scenario = ReadText(root, "scenario").value_or("");
  run_.seed = static_cast<uint64_t>(ReadInteger(root, "seed").value_or(0));
  run_.replicate = static_cast<uint32_t>(ReadInteger(root, "replicate").value_or(0));
  run_.warm_up = SimTime::FromNanos(ReadInteger(root, "warm_up_ns").value_or(0));
  const int64_t horizon = ReadInteger(root, "horizon_ns").value_or(-1);
  if (horizon >= 0) run_.horizon = SimTime::FromNanos(horizon);
  const std::string rows = ReadText(root, "job_rows").value_or("all");
  for (const JobRows candidate : {JobRows::kSample, JobRows::kAggregate}) {
    if (rows == JobRowsName(candidate)) run_.job_rows = candidate;
  }
  run_.sample_fraction = ReadNumber<double>(root, "sample_fraction", H5T_NATIVE_DOUBLE).value_or(1);
  end_.complete = ReadInteger(root, "complete").value_or(0) == 1;
  end_.partial_reason = ReadText(root, "partial_reason").value_or("");
  end_.trace_digest = ReadText(root, "trace_digest").value_or("");
  end_.outcome_digest = ReadText(root, "outcome_digest").value_or("");
  const std::pair<const char*, std::vector<std::string>*> lists[] = {
      {"gpu_models", &run_.gpu_models},
      {"regions", &run_.regions},
      {"users", &run_.users},
      {"accounts", &run_.accounts}};
  for (const auto& [list, names] : lists) {
    auto read = ReadNames(list);
    if (!read) return tl::unexpected<Error>(read.error());
    *names = std::move(*read);
  }
  return {};
}

Result<std::vector<std::string>> ResultsReader::ReadNames(const char* list) const {
  const std::string path = fmt::format("/names/{}", list);
  const Handle dataset(H5Dopen2(file_->id, path.c_str(), H5P_DEFAULT), H5Dclose);
  const Handle type(dataset.ok() ? H5Dget_type(dataset) : -1, H5Tclose);
  const Handle space(dataset.ok() ? H5Dget_space(dataset) : -1, H5Sclose);
  if (!type.ok() || !space.ok() || H5Tget_class(type) != H5T_STRING ||
      H5Sget_simple_extent_ndims(space) != 1) {
    return MakeError(path_, fmt::format("has no list {}", path));
  }
  const size_t width = H5Tget_size(type);
  const auto count = static_cast<size_t>(H5Sget_simple_extent_npoints(space));
  std::string bytes(width * count, '\0');
  if (count > 0 && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0) {
    return MakeError(path_, fmt::format("{} cannot be read: {}", path, Hdf5Reason()));
  }
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) {
    std::string_view name(&bytes[i * width], width);
    names.emplace_back(name.substr(0, name.find('\0')));
  }
  return names;
}

Result<uint64_t> ResultsReader::CountRows(const Table& table) const {
  const Hdf5Session session;
  auto reader = TableReader::Open(path_, file_->id, table, {table.columns.front().name});
  if (!reader) return tl::unexpected<Error>(reader.error());
  return reader->rows();
}

Result<void> ResultsReader::ReadBlocks(const Table& table,
                                       std::initializer_list<std::string_view> columns,
                                       std::byte* rows,
                                       const std::function<void(size_t)>& block) const {
  const Hdf5Session session;
  auto reader = TableReader::Open(path_, file_->id, table, columns);
  if (!reader) return tl::unexpected<Error>(reader.error());
  for (uint64_t first = 0; first < reader->rows(); first += kBlockRows) {
    const size_t count = std::min<uint64_t>(kBlockRows, reader->rows() - first);
    if (auto read = reader->Read(first, count, rows); !read) return read;
    block(count);
  }
  return {};
}

Result<std::optional<Summary>> ResultsReader::StoredSummary() const {
  const Hdf5Session session;
  if (H5Lexists(file_->id, "summary", H5P_DEFAULT) <= 0) return std::nullopt;
  const Handle group(H5Gopen2(file_->id, "summary", H5P_DEFAULT), H5Gclose);
  const std::optional<std::string> text = group.ok() ? ReadText(group, "json") : std::nullopt;
  if (!text) return MakeError(path_, "/summary has no readable attribute json");
  const auto json = nlohmann::ordered_json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return MakeError(path_, "the attribute json of /summary is no JSON");
  auto summary = FromJson(json, path_);
  if (!summary) return tl::unexpected<Error>(summary.error());
  return std::optional<Summary>(std::move(*summary));
}

}  // namespace orrery::results
