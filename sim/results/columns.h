// The schema of the results: for each row struct its table, and for each field its column. The
// writer, the reader and the table reference in docs/results.md are all driven by it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sim/results/rows.h"

namespace orrery::results {

// Raised when a column changes its meaning, its unit or its name, or goes; not when one is added.
inline constexpr int kSchemaVersion = 1;

// Stored little-endian, as the machine has it.
enum class ColumnType : uint8_t { kU8, kU16, kU32, kU64, kI32, kI64, kF64 };
// 1, 2, 4 or 8.
size_t BytesOf(ColumnType type);
// "uint8", …, "float64": numpy's names.
std::string_view NameOf(ColumnType type);

// One field of a row struct and one dataset of the file.
struct Column {
  std::string_view name;
  ColumnType type = ColumnType::kU8;
  uint16_t offset = 0;  // in the row struct [bytes]
  std::string_view unit;
  std::string_view description;
  // What the codes 0, 1, … of an enumeration mean; empty for numbers.
  std::span<const std::string_view> meanings = {};
  // The list in /names that an id indexes ("regions"); empty: none.
  std::string_view names = {};
  // The value that means "none", if `has_missing`.
  bool has_missing = false;
  int64_t missing = 0;
};

struct Table {
  std::string_view name;  // the group's name without the leading slash
  std::string_view description;
  size_t row_bytes = 0;
  std::span<const Column> columns;
  // The column the other ones are sampled at (an HDF5 dimension scale); empty: none.
  std::string_view dimension = {};

  // nullptr where there is none of that name.
  const Column* Find(std::string_view column) const;
};

// The table of a row struct: TableOf<JobRow>() is /jobs.
template <typename Row>
const Table& TableOf();
template <>
const Table& TableOf<JobRow>();
template <>
const Table& TableOf<AttemptRow>();
template <>
const Table& TableOf<NodeRow>();
template <>
const Table& TableOf<NodeEnergyRow>();
template <>
const Table& TableOf<NodeMiningRow>();
template <>
const Table& TableOf<ServiceRow>();
template <>
const Table& TableOf<ServiceSampleRow>();
template <>
const Table& TableOf<NodeTrustRow>();
template <>
const Table& TableOf<NodeEventRow>();
template <>
const Table& TableOf<LedgerRow>();
template <>
const Table& TableOf<SampleRow>();

// Every table, in the order of the reference.
std::span<const Table* const> AllTables();

// The table reference of docs/results.md: Markdown, one section a table.
std::string TableReference();

}  // namespace orrery::results
