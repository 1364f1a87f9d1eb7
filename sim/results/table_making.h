// What the lists of columns in *_tables.cc are made with: a column for each field of a row struct.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "sim/results/columns.h"

namespace orrery::results {

// The names that the rest of the project gives the codes of an enumeration, so that there is one
// list of them.
template <typename Enum, int kCount>
std::array<std::string_view, kCount> NamesBy(const char* (*name)(Enum)) {
  std::array<std::string_view, kCount> names;
  for (int code = 0; code < kCount; ++code) names[code] = name(static_cast<Enum>(code));
  return names;
}

template <typename Field>
constexpr ColumnType TypeOf() {
  if constexpr (std::is_enum_v<Field>) {
    return TypeOf<std::underlying_type_t<Field>>();
  } else if constexpr (std::is_same_v<Field, double>) {
    return ColumnType::kF64;
  } else if constexpr (std::is_same_v<Field, int32_t>) {
    return ColumnType::kI32;
  } else if constexpr (std::is_same_v<Field, int64_t>) {
    return ColumnType::kI64;
  } else if constexpr (std::is_same_v<Field, uint64_t>) {
    return ColumnType::kU64;
  } else if constexpr (std::is_same_v<Field, uint32_t>) {
    return ColumnType::kU32;
  } else if constexpr (std::is_same_v<Field, uint16_t>) {
    return ColumnType::kU16;
  } else {
    static_assert(std::is_same_v<Field, uint8_t>, "no column type for this field");
    return ColumnType::kU8;
  }
}

template <typename Row, typename Field>
Column MakeColumn(std::string_view name, size_t offset, std::string_view unit,
                  std::string_view description) {
  return Column{.name = name,
                .type = TypeOf<Field>(),
                .offset = static_cast<uint16_t>(offset),
                .unit = unit,
                .description = description};
}

inline Column Coded(Column column, std::span<const std::string_view> meanings) {
  column.meanings = meanings;
  return column;
}

inline Column Named(Column column, std::string_view names) {
  column.names = names;
  return column;
}

inline Column OrNone(Column column, int64_t missing) {
  column.has_missing = true;
  column.missing = missing;
  return column;
}

// The field `field` of `Row` as a column of the same name.
#define COLUMN(Row, field, unit, description) \
  MakeColumn<Row, decltype(Row::field)>(#field, offsetof(Row, field), unit, description)

// What stands for "none" in a time, and in an id of 16 or 32 bits.
inline constexpr int64_t kNever = -1;
inline constexpr int64_t kNone16 = 0xffff;
inline constexpr int64_t kNone32 = 0xffffffff;

template <typename Row>
Table MakeTable(std::string_view name, std::string_view description,
                std::span<const Column> columns, std::string_view dimension = {}) {
  static_assert(std::is_trivially_copyable_v<Row>);
  return Table{name, description, sizeof(Row), columns, dimension};
}

}  // namespace orrery::results
