// The bytes of a results file below HDF5: a file that hands out address ranges at its end and
// writes to them. HDF5 itself is called only when the file's catalogue is written (catalogue.h).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "sim/base/result.h"

namespace orrery::results {

// Bytes of memory and the address in the file they go to.
struct Extent {
  uint64_t address = 0;
  const void* bytes = nullptr;
  uint64_t size = 0;
};

// The first error sticks: every later write does nothing, and status() goes on telling it. So the
// path on which rows are recorded need not look at each write.
class BlockFile {
 public:
  // Creates `path`, or empties the results file that is there. Errors: cannot be created; something
  // else than an HDF5 file stands there; another run is writing it.
  static Result<BlockFile> Create(const std::string& path);
  // What Create would refuse as things stand now. Nothing is created or changed.
  static Result<void> CheckCreate(const std::string& path);
  BlockFile(BlockFile&& other) noexcept;
  BlockFile& operator=(BlockFile&& other) noexcept;
  ~BlockFile();

  // The address of `size` new bytes at the end, a multiple of `alignment`. They take no space on
  // the disk before they are written.
  uint64_t Reserve(uint64_t size, uint64_t alignment);
  // The first address after everything reserved.
  uint64_t end() const { return end_; }

  // Writes `extents`; neighbours in the file go out in one call to the kernel.
  void Write(std::span<const Extent> extents);
  // Makes the file at least end() bytes long.
  void Extend();

  // The error that made writing stop, if any.
  Result<void> status() const;
  const std::string& path() const { return path_; }
  // A path that leads to this very file as long as it is open, whatever becomes of its name.
  std::string open_path() const;

 private:
  BlockFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  void Fail(const char* action, int error_number);

  std::string path_;
  int descriptor_ = -1;
  uint64_t end_ = 0;
  uint64_t extended_ = 0;  // length that ftruncate has given the file
  std::optional<Error> error_;
};

}  // namespace orrery::results
