// A line of a trace cut into columns, and the columns into numbers, with messages that name the
// column.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/workload/traces/line_reader.h"
#include "sim/base/result.h"
#include "sim/base/time.h"

namespace orrery::workload {

// The whole of `text` as a number; false when it is not one (or not finite, or does not fit).
bool ParseInteger(std::string_view text, int64_t* value);
bool ParseReal(std::string_view text, double* value);

// `text` in quotes, shortened beyond 40 bytes, control characters as \xNN.
std::string Quoted(std::string_view text);

// The columns of a line.
class TraceFields {
 public:
  static constexpr size_t kMost = 64;
  // False when there are more than kMost.
  bool SplitAt(char separator, std::string_view line);
  // Runs of spaces and tabs separate; leading and trailing ones do not count.
  bool SplitAtBlanks(std::string_view line);

  size_t size() const { return size_; }
  std::string_view operator[](size_t i) const { return fields_[i]; }

 private:
  std::array<std::string_view, kMost> fields_;
  size_t size_ = 0;
};

// The columns of the line that `reader` is at, and the first mistake found in them. The parse
// functions return false after a mistake, so that they chain:
//
//   if (!row.Integer(kGpus, 0, 16, &gpus) || !row.Seconds(kDuration, &work)) return row.Fail();
class TraceRow {
 public:
  // `names` (one a column) and `reader` must outlive the row.
  TraceRow(const LineReader* reader, const std::vector<std::string>* names)
      : reader_(reader), names_(names) {}

  TraceFields fields;

  // A whole number from `least` to `most`.
  bool Integer(size_t column, int64_t least, int64_t most, int64_t* value);
  // A number of seconds, whole or not, from `least` to kMostSeconds.
  bool Seconds(size_t column, int64_t least, Duration* value);
  // Notes a mistake in a column; always false.
  bool Wrong(size_t column, const std::string& expected);
  // Notes a mistake of the whole line; always false.
  bool WrongLine(const std::string& what);
  // Notes a wrong number of columns; always false.
  bool WrongCount(size_t expected);

  // The mistake; there must be one.
  tl::unexpected<Error> Fail() { return tl::unexpected<Error>(std::move(*error_)); }

  // About 95 years: a time beyond it is a slip, for example milliseconds.
  static constexpr int64_t kMostSeconds = 3'000'000'000;

 private:
  const LineReader* reader_;
  const std::vector<std::string>* names_;
  std::optional<Error> error_;
};

// Where the columns that a reader wants stand in a CSV file, from the file's first line.
class CsvHeader {
 public:
  static constexpr size_t kAbsent = SIZE_MAX;

  // Reads the first line of `reader`. An error when it lacks one of `required`, which come first in
  // columns(), then `optional` (kAbsent where missing). Further columns are ignored.
  static Result<CsvHeader> Read(LineReader* reader, const std::vector<std::string>& required,
                                const std::vector<std::string>& optional);

  // Every column's name, in the order of the file.
  const std::vector<std::string>& names() const { return names_; }
  // The column in the file of the i-th wanted one.
  size_t operator[](size_t i) const { return places_[i]; }

 private:
  std::vector<std::string> names_;
  std::vector<size_t> places_;
};

}  // namespace orrery::workload
