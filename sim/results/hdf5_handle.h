// What every use of the HDF5 library here shares: one user at a time, no messages on stderr, ids
// that close themselves, and the library's reason for a failure as text.
#pragma once

#include <hdf5.h>

#include <mutex>
#include <string>
#include <utility>

#include "sim/results/columns.h"

namespace orrery::results {

// Held while HDF5 is called. Debian's library is not made for threads, and replications run on
// several; it would also print its errors itself, which this stops.
class Hdf5Session {
 public:
  Hdf5Session();
  ~Hdf5Session();
  Hdf5Session(const Hdf5Session&) = delete;
  Hdf5Session& operator=(const Hdf5Session&) = delete;

 private:
  std::lock_guard<std::recursive_mutex> lock_;
  H5E_auto2_t printer_ = nullptr;
  void* printer_data_ = nullptr;
};

// The innermost reason of the last failed call, in one line. Needs a session.
std::string Hdf5Reason();

// The type of a column's values, in the file and in memory: results are little-endian, as the
// machines are that orrery runs on.
hid_t Hdf5TypeOf(ColumnType type);

// An HDF5 id that is closed at the end of its scope; negative where the call that made it failed.
class Handle {
 public:
  using Closer = herr_t (*)(hid_t);
  Handle() = default;
  Handle(hid_t id, Closer close) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept
      : id_(std::exchange(other.id_, -1)), close_(std::exchange(other.close_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Handle() {
    if (ok()) close_(id_);
  }
  bool ok() const { return id_ >= 0; }
  operator hid_t() const { return id_; }  // NOLINT(google-explicit-constructor): stands for the id

 private:
  hid_t id_ = -1;
  Closer close_ = nullptr;
};

}  // namespace orrery::results
