#include "sim/results/columns.h"

#include <fmt/format.h>

#include <iterator>

namespace orrery::results {

size_t BytesOf(ColumnType type) {
  switch (type) {
    case ColumnType::kU8:
      return 1;
    case ColumnType::kU16:
      return 2;
    case ColumnType::kU32:
    case ColumnType::kI32:
      return 4;
    case ColumnType::kU64:
    case ColumnType::kI64:
    case ColumnType::kF64:
      return 8;
  }
  return 0;
}

std::string_view NameOf(ColumnType type) {
  switch (type) {
    case ColumnType::kU8:
      return "uint8";
    case ColumnType::kU16:
      return "uint16";
    case ColumnType::kU32:
      return "uint32";
    case ColumnType::kU64:
      return "uint64";
    case ColumnType::kI32:
      return "int32";
    case ColumnType::kI64:
      return "int64";
    case ColumnType::kF64:
      return "float64";
  }
  return "?";
}

const Column* Table::Find(std::string_view column) const {
  for (const Column& candidate : columns) {
    if (candidate.name == column) return &candidate;
  }
  return nullptr;
}

std::span<const Table* const> AllTables() {
  static const Table* const tables[] = {
      &TableOf<JobRow>(),           &TableOf<AttemptRow>(),    &TableOf<NodeRow>(),
      &TableOf<NodeEnergyRow>(),    &TableOf<NodeMiningRow>(), &TableOf<NodeTrustRow>(),
      &TableOf<ServiceRow>(),       &TableOf<NodeEventRow>(),  &TableOf<SampleRow>(),
      &TableOf<ServiceSampleRow>(), &TableOf<LedgerRow>()};
  return tables;
}

std::string TableReference() {
  std::string text;
  auto out = std::back_inserter(text);
  for (const Table* table : AllTables()) {
    fmt::format_to(out, "### /{}\n\n{}\n\n", table->name, table->description);
    fmt::format_to(out, "| column | type | unit | what it says |\n|---|---|---|---|\n");
    for (const Column& column : table->columns) {
      std::string says(column.description);
      if (!column.meanings.empty()) {
        says += ":";
        for (size_t code = 0; code < column.meanings.size(); ++code) {
          says += fmt::format("{} {} {}", code == 0 ? "" : ",", code, column.meanings[code]);
        }
      }
      if (!column.names.empty()) says += fmt::format("; a row of `/names/{}`", column.names);
      if (column.has_missing) says += fmt::format("; {}: none", column.missing);
      fmt::format_to(out, "| `{}` | {} | {} | {} |\n", column.name, NameOf(column.type),
                     column.unit == "1" ? "" : column.unit, says);
    }
    text += '\n';
  }
  return text;
}

}  // namespace orrery::results
