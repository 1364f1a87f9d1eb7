// Reads a results file: what it says of its run, its tables in blocks, its summary.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/result.h"
#include "sim/results/columns.h"
#include "sim/results/run.h"
#include "sim/results/summary.h"

namespace orrery::results {

// The root attribute `format` of every results file.
inline constexpr std::string_view kFormatName = "orrery results";

// Errors name the file and say what would be right: no HDF5 file, an HDF5 file of something else, a
// newer schema, a table or column that is missing or of another type, a file cut short.
class ResultsReader {
 public:
  static Result<ResultsReader> Open(const std::string& path);
  ResultsReader(ResultsReader&&) noexcept;
  ResultsReader& operator=(ResultsReader&&) noexcept;
  ~ResultsReader();

  const std::string& path() const { return path_; }
  // What the file says of its run.
  const RunDescription& run() const { return run_; }
  // How the run ended; not complete where it was interrupted or killed.
  const RunEnd& end() const { return end_; }

  // Rows of a table.
  template <typename Row>
  Result<uint64_t> Rows() const {
    return CountRows(TableOf<Row>());
  }

  // Hands the rows of a table to `block`, in order, a few thousand at a time: memory stays flat.
  // Only `columns` are read (all where none are named); other fields keep their defaults.
  template <typename Row>
  Result<void> ForEachBlock(std::initializer_list<std::string_view> columns,
                            const std::function<void(std::span<const Row>)>& block) const {
    std::vector<Row> rows(kBlockRows);
    return ReadBlocks(TableOf<Row>(), columns, reinterpret_cast<std::byte*>(rows.data()),
                      [&](size_t count) {
                        block({rows.data(), count});
                      });
  }

  // The summary that the file carries: of a partial file, the one of its last flush; nothing where
  // the run was killed before the first.
  Result<std::optional<Summary>> StoredSummary() const;

 private:
  struct File;  // the open HDF5 file
  static constexpr size_t kBlockRows = 8192;

  ResultsReader(std::string path, std::unique_ptr<File> file);
  Result<void> ReadRoot();
  Result<uint64_t> CountRows(const Table& table) const;
  Result<void> ReadBlocks(const Table& table, std::initializer_list<std::string_view> columns,
                          std::byte* rows, const std::function<void(size_t)>& block) const;
  Result<std::vector<std::string>> ReadNames(const char* list) const;

  std::string path_;
  std::unique_ptr<File> file_;
  RunDescription run_;
  RunEnd end_;
};

}  // namespace orrery::results
