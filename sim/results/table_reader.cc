#include "sim/results/table_reader.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "sim/base/check.h"

namespace orrery::results {
namespace {

template <typename T>
void Scatter(const std::byte* values, size_t count, size_t stride, std::byte* field) {
  for (size_t i = 0; i < count; ++i) {
    std::memcpy(field + i * stride, values + i * sizeof(T), sizeof(T));
  }
}

void ScatterColumn(size_t width, const std::byte* values, size_t count, size_t stride,
                   std::byte* field) {
  switch (width) {
    case 1:
      return Scatter<uint8_t>(values, count, stride, field);
    case 2:
      return Scatter<uint16_t>(values, count, stride, field);
    case 4:
      return Scatter<uint32_t>(values, count, stride, field);
    default:
      return Scatter<uint64_t>(values, count, stride, field);
  }
}

// HDF5 converts between all numbers, but a column of another kind is not ours.
bool IsSameKind(hid_t stored, ColumnType type) {
  return H5Tget_class(stored) == (type == ColumnType::kF64 ? H5T_FLOAT : H5T_INTEGER) &&
         H5Tget_size(stored) == BytesOf(type);
}

}  // namespace

Result<TableReader> TableReader::Open(const std::string& path, hid_t file, const Table& table,
                                      std::initializer_list<std::string_view> columns) {
  TableReader reader(path, table);
  if (columns.size() == 0) {
    for (const Column& column : table.columns) {
      if (auto opened = reader.OpenOne(file, column); !opened) {
        return tl::unexpected<Error>(opened.error());
      }
    }
  }
  for (const std::string_view name : columns) {
    const Column* column = table.Find(name);
    ORRERY_CHECK(column != nullptr, table.name, name);
    if (auto opened = reader.OpenOne(file, *column); !opened) {
      return tl::unexpected<Error>(opened.error());
    }
  }
  return reader;
}

Result<void> TableReader::OpenOne(hid_t file, const Column& column) {
  const std::string name = fmt::format("/{}/{}", table_->name, column.name);
  OpenColumn opened{.column = &column, .dataset = {}, .space = {}};
  opened.dataset = Handle(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose);
  if (!opened.dataset.ok()) {
    return MakeError(path_, fmt::format("has no column {}: it is damaged or was changed", name));
  }
  opened.space = Handle(H5Dget_space(opened.dataset), H5Sclose);
  const Handle type(H5Dget_type(opened.dataset), H5Tclose);
  hsize_t rows = 0;
  if (H5Sget_simple_extent_ndims(opened.space) != 1 ||
      H5Sget_simple_extent_dims(opened.space, &rows, nullptr) != 1 ||
      !IsSameKind(type, column.type)) {
    return MakeError(path_, fmt::format("{} is not a column of {}", name, NameOf(column.type)));
  }
  if (!columns_.empty() && rows != rows_) {
    return MakeError(path_, fmt::format("{} has {} rows, but {} has {}", name, rows,
                                        columns_.front().column->name, rows_));
  }
  rows_ = rows;
  columns_.push_back(std::move(opened));
  return {};
}

Result<void> TableReader::Read(uint64_t first, size_t count, std::byte* rows) {
  values_.resize(count * sizeof(uint64_t));
  const hsize_t start = first;
  const hsize_t length = count;
  const Handle memory(H5Screate_simple(1, &length, nullptr), H5Sclose);
  for (const OpenColumn& open : columns_) {
    if (H5Sselect_hyperslab(open.space, H5S_SELECT_SET, &start, nullptr, &length, nullptr) < 0 ||
        H5Dread(open.dataset, Hdf5TypeOf(open.column->type), memory, open.space, H5P_DEFAULT,
                values_.data()) < 0) {
      return MakeError(path_, fmt::format("/{}/{} cannot be read from row {} on: {}", table_->name,
                                          open.column->name, first, Hdf5Reason()));
    }
    ScatterColumn(BytesOf(open.column->type), values_.data(), count, table_->row_bytes,
                  rows + open.column->offset);
  }
  return {};
}

}  // namespace orrery::results
