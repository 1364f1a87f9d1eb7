#include "models/workload/traces/fields.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace orrery::workload {
namespace {

template <typename Number>
bool ParseWhole(std::string_view text, Number* value) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *value);
  return error == std::errc() && stop == end;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

}  // namespace

bool ParseInteger(std::string_view text, int64_t* value) { return ParseWhole(text, value); }

bool ParseReal(std::string_view text, double* value) {
  return ParseWhole(text, value) && std::isfinite(*value);
}

std::string Quoted(std::string_view text) {
  constexpr size_t kMost = 40;
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string quoted = "'";
  for (const char c : text.substr(0, kMost)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      quoted += c;
    } else {
      quoted += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return quoted + (text.size() > kMost ? "…'" : "'");
}

bool TraceFields::SplitAt(char separator, std::string_view line) {
  size_ = 0;
  while (true) {
    const size_t end = line.find(separator);
    if (size_ == kMost) return false;
    fields_[size_++] = line.substr(0, end);
    if (end == std::string_view::npos) return true;
    line.remove_prefix(end + 1);
  }
}

bool TraceFields::SplitAtBlanks(std::string_view line) {
  size_ = 0;
  const char* at = line.data();
  const char* const end = at + line.size();
  while (true) {
    while (at != end && (*at == ' ' || *at == '\t')) ++at;
    if (at == end) return true;
    const char* const begin = at;
    while (at != end && *at != ' ' && *at != '\t') ++at;
    if (size_ == kMost) return false;
    fields_[size_++] = std::string_view(begin, static_cast<size_t>(at - begin));
  }
}

bool TraceRow::Wrong(size_t column, const std::string& expected) {
  error_.emplace(reader_->Place(), "column '" + (*names_)[column] + "': got " +
                                       Quoted(fields[column]) + ", expected " + expected);
  return false;
}

bool TraceRow::WrongLine(const std::string& what) {
  error_.emplace(reader_->Place(),
                 reader_->last_line_unterminated()
                     ? what + "; the line has no end, so the file seems to be cut off here"
                     : what);
  return false;
}

bool TraceRow::WrongCount(size_t expected) {
  return WrongLine("got " + std::to_string(fields.size()) + " columns, expected " +
                   std::to_string(expected) + " (" + Joined(*names_) + ")");
}

bool TraceRow::Integer(size_t column, int64_t least, int64_t most, int64_t* value) {
  if (ParseInteger(fields[column], value) && *value >= least && *value <= most) return true;
  return Wrong(column,
               "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
}

bool TraceRow::Seconds(size_t column, int64_t least, Duration* value) {
  int64_t whole = 0;
  if (ParseInteger(fields[column], &whole)) {
    if (whole >= least && whole <= kMostSeconds) {
      *value = Duration::Seconds(whole);
      return true;
    }
  } else {
    double seconds = 0;
    if (ParseReal(fields[column], &seconds) && seconds >= static_cast<double>(least) &&
        seconds <= static_cast<double>(kMostSeconds)) {
      *value = Duration::FromSeconds(seconds);
      return true;
    }
  }
  return Wrong(column, "a number of seconds from " + std::to_string(least) + " to " +
                           std::to_string(kMostSeconds));
}

Result<CsvHeader> CsvHeader::Read(LineReader* reader, const std::vector<std::string>& required,
                                  const std::vector<std::string>& optional) {
  std::string_view line;
  Result<bool> got = reader->Next(&line);
  if (!got) return tl::unexpected(got.error());
  TraceFields fields;
  if (!*got || !fields.SplitAt(',', line)) {
    return MakeError(reader->path() + ":1",
                     "expected a header line with the columns " + Joined(required));
  }
  CsvHeader header;
  for (size_t i = 0; i < fields.size(); ++i) header.names_.emplace_back(fields[i]);
  const auto place = [&names = header.names_](const std::string& name) {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? kAbsent : static_cast<size_t>(found - names.begin());
  };
  for (const std::string& name : required) {
    header.places_.push_back(place(name));
    if (header.places_.back() != kAbsent) continue;
    return MakeError(reader->Place(), "the header lacks the column '" + name + "', got " +
                                          Quoted(line) + ", expected " + Joined(required));
  }
  for (const std::string& name : optional) header.places_.push_back(place(name));
  return header;
}

}  // namespace orrery::workload
