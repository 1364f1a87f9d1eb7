#include "models/workload/traces/line_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/iostreams/device/file_descriptor.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <utility>

#include "sim/base/text.h"

namespace orrery::workload {

namespace io = boost::iostreams;

namespace {

constexpr size_t kBlockBytes = size_t{1} << 18;

// What may have been meant by the missing `path`.
std::string Suggestion(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  if (!std::filesystem::is_directory(folder, error)) {
    return "; its folder '" + folder.string() + "' does not exist either";
  }
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    names.insert(entry.path().filename().string());
  }
  if (names.empty()) return "; its folder is empty";
  const auto nearest = NearestName(path.filename().string(), names);
  return nearest ? " (did you mean '" + *nearest + "'?)"
                 : "; nothing in its folder has a name like it";
}

// What a file is when it is neither text nor gzip, by its first bytes; nullptr: it may be text.
const char* ForeignFormat(std::string_view head) {
  using namespace std::string_view_literals;
  if (head.starts_with("\xFD"
                       "7zXZ"sv)) {
    return "xz (unpack it with 'xz -d')";
  }
  if (head.starts_with("\x28\xB5\x2F\xFD"sv)) return "zstd (unpack it with 'zstd -d')";
  if (head.starts_with("BZh"sv)) return "bzip2 (unpack it with 'bzip2 -d')";
  if (head.starts_with("PK\x03\x04"sv)) return "a zip archive (unpack it with 'unzip')";
  if (head.starts_with("\x89HDF"sv)) return "an HDF5 file";
  if (head.starts_with("\x7F"
                       "ELF"sv)) {
    return "a program";
  }
  if (head.starts_with("\xFF\xFE"sv) || head.starts_with("\xFE\xFF"sv)) {
    return "UTF-16 text (convert it with 'iconv -f UTF-16 -t UTF-8')";
  }
  return nullptr;
}

}  // namespace

class LineReader::Input {
 public:
  Input(int fd, bool gzip) {
    if (gzip) stream_.push(io::gzip_decompressor(io::zlib::default_window_bits, kBlockBytes));
    stream_.push(io::file_descriptor_source(fd, io::close_handle), kBlockBytes);
  }
  // Bytes read into `to`; 0 at the end. Throws what Boost throws.
  size_t Read(char* to, size_t most) {
    return static_cast<size_t>(stream_.sgetn(to, static_cast<std::streamsize>(most)));
  }

 private:
  io::filtering_streambuf<io::input> stream_;
};

Result<LineReader> LineReader::Open(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    const int reason = errno;
    if (reason == ENOENT || reason == ENOTDIR) {
      return MakeError(path, "no such file" + Suggestion(path));
    }
    return MakeError(path, std::string("cannot be opened: ") + std::strerror(reason));
  }
  struct stat status {};
  if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
    close(fd);
    return MakeError(path, "is a folder, expected a file");
  }
  // A pipe cannot be looked into twice, so it is taken for plain text.
  char head[8] = {};
  const ssize_t got = S_ISREG(status.st_mode) ? pread(fd, head, sizeof(head), 0) : 1;
  if (got < 0) {
    const int reason = errno;
    close(fd);
    return MakeError(path, std::string("cannot be read: ") + std::strerror(reason));
  }
  if (got == 0) {
    close(fd);
    return MakeError(path, "is empty, expected at least one line");
  }
  const std::string_view start(head, static_cast<size_t>(got));
  if (const char* format = ForeignFormat(start)) {
    close(fd);
    return MakeError(path, std::string("is ") + format + ", expected plain text or gzip");
  }
  const bool gzip = start.starts_with("\x1f\x8b");
  return LineReader(path, std::make_unique<Input>(fd, gzip));
}

LineReader::LineReader(std::string path, std::unique_ptr<Input> input)
    : path_(std::move(path)), input_(std::move(input)), buffer_(2 * kBlockBytes, '\0') {}
LineReader::LineReader(LineReader&&) noexcept = default;
LineReader& LineReader::operator=(LineReader&&) noexcept = default;
LineReader::~LineReader() = default;

std::string LineReader::Place() const { return path_ + ":" + std::to_string(line_number_); }

// Mistakes found while looking for a line belong to the line after the last one returned.
tl::unexpected<Error> LineReader::Fail(const std::string& what) const {
  return MakeError(path_ + ":" + std::to_string(line_number_ + 1), what);
}

Result<bool> LineReader::Fill() {
  if (at_end_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    searched_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < kBlockBytes) buffer_.resize(end_ + kBlockBytes);
  size_t got = 0;
  try {
    got = input_->Read(buffer_.data() + end_, kBlockBytes);
  } catch (const io::gzip_error& error) {
    return Fail(error.error() == io::gzip::bad_crc || error.error() == io::gzip::bad_length
                    ? "the gzip stream is damaged (its checksum does not fit); get the file again"
                    : "the gzip stream is damaged or cut short; get the file again");
  } catch (const std::exception& error) {
    return Fail(std::string("cannot be read further: ") + error.what());
  }
  const std::string_view block(buffer_.data() + end_, got);
  if (line_number_ == 0 && end_ == 0 && block.starts_with("\xEF\xBB\xBF")) begin_ = searched_ = 3;
  end_ += got;
  at_end_ = got == 0;
  return got > 0;
}

Result<bool> LineReader::Next(std::string_view* line) {
  const char* newline = nullptr;
  while (true) {
    newline =
        static_cast<const char*>(std::memchr(buffer_.data() + searched_, '\n', end_ - searched_));
    if (newline != nullptr) break;
    searched_ = end_;
    if (end_ - begin_ > kMaxLineBytes) break;
    Result<bool> more = Fill();
    if (!more) return more;
    if (!*more) break;
  }
  if (newline == nullptr && begin_ == end_) return false;
  const char* first = buffer_.data() + begin_;
  size_t length = static_cast<size_t>((newline ? newline : buffer_.data() + end_) - first);
  if (std::memchr(first, '\0', length) != nullptr) {
    return Fail("has a NUL byte: a binary file, expected text");
  }
  if (length > kMaxLineBytes) {
    return Fail("the line is longer than " + std::to_string(kMaxLineBytes) +
                " bytes: not a trace, or one without line ends");
  }
  unterminated_ = newline == nullptr;
  begin_ += length + (newline != nullptr);
  searched_ = begin_;
  ++line_number_;
  if (length > 0 && first[length - 1] == '\r') --length;
  *line = std::string_view(first, length);
  return true;
}

Result<std::string> ReadWholeFile(const std::string& path, size_t max_bytes) {
  Result<LineReader> reader = LineReader::Open(path);
  if (!reader) return tl::unexpected(reader.error());
  std::string text;
  std::string_view line;
  while (true) {
    Result<bool> more = reader->Next(&line);
    if (!more) return tl::unexpected(more.error());
    if (!*more) return text;
    text.append(line);
    text.push_back('\n');
    if (text.size() > max_bytes) {
      return MakeError(path, "is larger than " + std::to_string(max_bytes) + " bytes");
    }
  }
}

}  // namespace orrery::workload
