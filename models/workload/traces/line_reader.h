// Lines of a text file, plain or gzip, one at a time in flat memory.
//
// gzip is known by its magic bytes, whatever the file is called (a pipe must be plain text);
// several gzip members in a row read as one text. Lines end in \n or \r\n, the last one may lack
// its end; a UTF-8 byte order mark is skipped. Memory: two blocks of 256 KiB, or the longest line
// where that is longer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sim/base/result.h"

namespace orrery::workload {

class LineReader {
 public:
  // No line of a trace that makes sense is longer.
  static constexpr size_t kMaxLineBytes = size_t{1} << 20;

  // Errors: no such file (with the nearest name in its folder), a folder, no permission, an empty
  // file, another compression (xz, zstd, bzip2, zip), a broken gzip header.
  static Result<LineReader> Open(const std::string& path);

  LineReader(LineReader&&) noexcept;
  LineReader& operator=(LineReader&&) noexcept;
  ~LineReader();

  // The next line without its end; false when there is none. The view holds until the next call.
  // Errors, with "file:line": a line over kMaxLineBytes, a NUL byte (a binary file), a gzip stream
  // that is cut short or damaged, a read error. After an error the reader must not be used.
  Result<bool> Next(std::string_view* line);

  // The number of the line that Next returned last: 1, 2, …
  uint64_t line_number() const { return line_number_; }
  // Whether the line that Next returned last lacked its end: the file may have been cut there.
  bool last_line_unterminated() const { return unterminated_; }
  const std::string& path() const { return path_; }
  // "path:line" of the line that Next returned last.
  std::string Place() const;

 private:
  class Input;
  explicit LineReader(std::string path, std::unique_ptr<Input> input);
  // Adds a block to what is unread. False at the end of the file.
  Result<bool> Fill();
  tl::unexpected<Error> Fail(const std::string& what) const;

  std::string path_;
  std::unique_ptr<Input> input_;
  std::string buffer_;
  size_t begin_ = 0;  // of what is unread in buffer_
  size_t end_ = 0;
  size_t searched_ = 0;  // no '\n' in [begin_, searched_)
  uint64_t line_number_ = 0;
  bool unterminated_ = false;
  bool at_end_ = false;
};

// The whole text of a file, plain or gzip, with the errors of LineReader; more than `max_bytes` is
// an error.
Result<std::string> ReadWholeFile(const std::string& path, size_t max_bytes);

}  // namespace orrery::workload
