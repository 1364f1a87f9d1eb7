// Reads columns of one table of an open HDF5 file back into rows.
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/result.h"
#include "sim/results/columns.h"
#include "sim/results/hdf5_handle.h"

namespace orrery::results {

// Needs an Hdf5Session as long as it lives.
class TableReader {
 public:
  // `columns`: all where none are named. Errors: a column that is missing, that is no row of
  // numbers, or that is longer or shorter than its neighbours.
  static Result<TableReader> Open(const std::string& path, hid_t file, const Table& table,
                                  std::initializer_list<std::string_view> columns);

  uint64_t rows() const { return rows_; }
  // Fills the columns' fields of `count` rows from row `first` on; `rows` is an array of the
  // table's row struct.
  Result<void> Read(uint64_t first, size_t count, std::byte* rows);

 private:
  struct OpenColumn {
    const Column* column = nullptr;
    Handle dataset;
    Handle space;
  };

  TableReader(std::string path, const Table& table) : path_(std::move(path)), table_(&table) {}
  Result<void> OpenOne(hid_t file, const Column& column);

  std::string path_;
  const Table* table_;
  std::vector<OpenColumn> columns_;
  std::vector<std::byte> values_;
  uint64_t rows_ = 0;
};

}  // namespace orrery::results
