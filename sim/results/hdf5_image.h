// An HDF5 file whose metadata the library writes into memory while its raw data lie elsewhere.
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/results/hdf5_handle.h"

namespace orrery::results {

// A virtual file driver of HDF5 (the library's own interface for places to store a file) with three
// kinds of addresses:
//   0                the superblock, kept apart: whoever writes it last makes the file valid at
//   once; base, base + 1 … all other metadata and small data, kept in memory, in one piece;
//   anywhere else    raw data that are in the file already. PlaceNext() gives their address; what
//   the
//                    library then writes there is dropped.
// So a complete, ordinary HDF5 file comes about by writing the image at `base` and then the
// superblock at 0; until the last of these bytes the file on the disk is what it was before.
//
// Needs an Hdf5Session as long as it lives. One image is built at a time.
class Hdf5Image {
 public:
  // Metadata go to `base` and up. `file_end` is the end of the raw data and all else in the file.
  Hdf5Image(uint64_t base, uint64_t file_end);
  Hdf5Image(const Hdf5Image&) = delete;
  Hdf5Image& operator=(const Hdf5Image&) = delete;
  ~Hdf5Image();

  // The open file: to be filled with HDF5's ordinary calls. Negative where the library failed.
  hid_t file() const { return file_; }
  // The raw data allocated next are at `address`.
  void PlaceNext(uint64_t address) { next_raw_ = address; }
  // True if the address of the last PlaceNext() was taken.
  bool placed() const { return !next_raw_.has_value(); }

  // Closes the file; the image is complete. False where the library failed.
  bool Close();

  // After Close():
  std::span<const std::byte> superblock() const { return superblock_; }
  std::span<const std::byte> metadata() const { return metadata_; }

 private:
  struct Driver;  // the driver's functions
  friend struct Driver;

  uint64_t base_;
  uint64_t next_;  // next free metadata address
  uint64_t file_end_;
  std::optional<uint64_t> next_raw_;
  std::vector<std::byte> superblock_;
  std::vector<std::byte> metadata_;
  hid_t file_ = -1;
};

}  // namespace orrery::results
