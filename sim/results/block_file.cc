#include "sim/results/block_file.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <utility>

namespace orrery::results {
namespace {

constexpr size_t kMaxVectors = 64;
constexpr std::array<unsigned char, 8> kHdf5Signature = {0x89, 'H',  'D',  'F',
                                                         '\r', '\n', 0x1a, '\n'};

// True where overwriting loses nothing but older results: a new or empty file, or an HDF5 file.
bool MayOverwrite(int descriptor) {
  std::array<unsigned char, 8> head;
  const ssize_t got = pread(descriptor, head.data(), head.size(), 0);
  return got == 0 || (got == static_cast<ssize_t>(head.size()) && head == kHdf5Signature);
}

// A lock that ends with the process, however it ends. Open-file-description locks do not meet the
// flock() that HDF5 takes to read, so the file can be looked at while it grows.
bool TakeWriterLock(int descriptor) {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  const int taken = fcntl(descriptor, F_OFD_SETLK, &lock);
  // A file system without locks must not keep people from writing results.
  return taken == 0 || (errno != EAGAIN && errno != EACCES);
}

// A write past the limit on file sizes shall fail with EFBIG, which is reported, and not end the
// process by a signal that nobody reads.
void IgnoreFileSizeSignal() {
  struct sigaction action = {};
  if (sigaction(SIGXFSZ, nullptr, &action) == 0 && action.sa_handler == SIG_DFL) {
    signal(SIGXFSZ, SIG_IGN);
  }
}

tl::unexpected<Error> CannotCreate(const std::string& path) {
  return MakeError(path, fmt::format("the results file cannot be created: {}", strerror(errno)));
}

// Whether results may be written over what was opened.
Result<void> CheckOpen(const std::string& path, int descriptor) {
  struct stat info = {};
  if (fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
    return MakeError(path, "is no regular file; results are written to one");
  }
  if (!TakeWriterLock(descriptor)) {
    return MakeError(path, "another run is writing this file; give this one another name");
  }
  if (!MayOverwrite(descriptor)) {
    return MakeError(path,
                     "exists and is not a results file, so it is not overwritten; remove it or "
                     "give the results another name");
  }
  return {};
}

}  // namespace

Result<BlockFile> BlockFile::Create(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) return CannotCreate(path);
  BlockFile file(path, descriptor);
  IgnoreFileSizeSignal();
  if (auto fine = CheckOpen(path, descriptor); !fine) return tl::unexpected<Error>(fine.error());
  if (ftruncate(descriptor, 0) != 0) {
    return MakeError(path, fmt::format("the results file cannot be emptied: {}", strerror(errno)));
  }
  return file;
}

Result<void> BlockFile::CheckCreate(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor >= 0) {
    const BlockFile file(path, descriptor);
    return CheckOpen(path, descriptor);
  }
  if (errno != ENOENT) return CannotCreate(path);
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) != 0) return CannotCreate(path);
  return {};
}

BlockFile::BlockFile(BlockFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      end_(other.end_),
      extended_(other.extended_),
      error_(std::move(other.error_)) {}

BlockFile& BlockFile::operator=(BlockFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(end_, other.end_);
  std::swap(extended_, other.extended_);
  std::swap(error_, other.error_);
  return *this;
}

BlockFile::~BlockFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

uint64_t BlockFile::Reserve(uint64_t size, uint64_t alignment) {
  const uint64_t address = (end_ + alignment - 1) / alignment * alignment;
  end_ = address + size;
  return address;
}

void BlockFile::Write(std::span<const Extent> extents) {
  while (!extents.empty() && !error_) {
    // As many as lie next to each other in the file.
    std::array<iovec, kMaxVectors> vectors;
    size_t count = 0;
    uint64_t bytes = 0;
    const uint64_t address = extents.front().address;
    while (count < std::min(extents.size(), kMaxVectors) &&
           extents[count].address == address + bytes) {
      vectors[count] = {const_cast<void*>(extents[count].bytes), extents[count].size};
      bytes += extents[count].size;
      ++count;
    }
    extents = extents.subspan(count);
    iovec* next = vectors.data();
    iovec* const last = next + count;
    uint64_t done = 0;
    while (done < bytes) {
      const ssize_t wrote = pwritev(descriptor_, next, static_cast<int>(last - next),
                                    static_cast<off_t>(address + done));
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote <= 0) return Fail("writing", wrote < 0 ? errno : ENOSPC);
      done += static_cast<uint64_t>(wrote);
      uint64_t left = static_cast<uint64_t>(wrote);
      while (next < last && left >= next->iov_len) left -= (next++)->iov_len;
      if (next < last) {
        next->iov_base = static_cast<char*>(next->iov_base) + left;
        next->iov_len -= left;
      }
    }
  }
}

void BlockFile::Extend() {
  if (error_ || extended_ >= end_) return;
  // Only ever longer: a block that was reserved but not written yet reads as zeros.
  if (ftruncate(descriptor_, static_cast<off_t>(end_)) != 0) return Fail("extending", errno);
  extended_ = end_;
}

Result<void> BlockFile::status() const {
  if (error_) return tl::unexpected<Error>(*error_);
  return {};
}

std::string BlockFile::open_path() const { return fmt::format("/proc/self/fd/{}", descriptor_); }

void BlockFile::Fail(const char* action, int error_number) {
  const char* advice = "";
  if (error_number == ENOSPC || error_number == EDQUOT) {
    advice = "; free some space, write elsewhere, or set outputs.jobs to `sample` or `aggregate`";
  } else if (error_number == EFBIG) {
    advice = "; the limit on the size of a file (ulimit -f) is too small for these results";
  }
  error_.emplace(path_,
                 fmt::format("{} the results failed after {:.1f} MB: {}{}", action,
                             static_cast<double>(end_) / 1e6, strerror(error_number), advice));
}

}  // namespace orrery::results
